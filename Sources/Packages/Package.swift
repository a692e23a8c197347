/// What a package says of itself, and where in it everything is (article Packages).
package struct Package: Sendable {
    /// `namespace/name`; published packages mostly bear none.
    package var name: String?
    /// The command that runs unless another one is asked for.
    package var entrypoint: String?
    package var commands: [String: PackageCommand] = [:]
    /// Modules by their names.
    package var atoms: [String: PackageFile] = [:]
    package var volumes: [String: PackageVolume] = [:]
    package var mounts: [PackageMount] = []
    /// The packages that it needs, by the names it has for them.
    package var dependencies: [String: PackageDependency] = [:]
    /// The manifest's own place in the file, where a checksum comes with it.
    package var manifest: PackageFile?
}

/// A command of a package: a module and how it is started.
package struct PackageCommand: Sendable, Equatable {
    /// What kind of program it is.
    package var runner: String
    package var atom: AtomReference
    /// What stands before the user's arguments.
    package var arguments: [String] = []
    /// `KEY=VALUE` each.
    package var environment: [String] = []
    /// The program's name for itself, in place of the command's.
    package var executableName: String?
    package var workingDirectory: String?

    /// Whether it is a program for WASI, not a server or a game for a host of another kind.
    package var isRunnable: Bool {
        runner.hasPrefix(Self.runners + "wasi")
    }

    /// What all runners' names begin with.
    static let runners = "https://webc.org/runner/"
}

/// The module of a command, perhaps of another package.
package struct AtomReference: Sendable, Equatable {
    /// By the name that the command's package has for it; nil for the command's own.
    package var dependency: String?
    package var name: String
}

/// A package that another one needs.
package struct PackageDependency: Sendable, Equatable {
    /// `namespace/name`.
    package var name: String
    /// Which versions will do, as the manifest has it.
    package var version: String?
}

/// Bytes of a package.
package enum PackageFile: Sendable, Equatable {
    /// In the file itself. `digest` is the SHA-256 that they must have; `modified` is in seconds since 1970, 0 when
    /// nobody says.
    case span(Range<Int>, digest: [UInt8], modified: UInt64)
    /// A file of the host, from the package's directory on.
    case host(String)
}

/// Files for the guest.
package enum PackageVolume: Sendable, Equatable {
    case tree([VolumeEntry])
    /// A directory of the host, from the package's directory on, and inside of it.
    case host(String)
}

package struct VolumeEntry: Sendable, Equatable {
    /// A single component of a path: not empty, not `.` or `..`, without slashes and zero bytes, at most 255 bytes.
    package let name: [UInt8]
    package let node: VolumeNode
}

package indirect enum VolumeNode: Sendable, Equatable {
    case file(PackageFile)
    case directory([VolumeEntry])
}

/// A volume at its place in the guest's tree.
package struct PackageMount: Sendable, Equatable {
    /// The package that the volume is of, by the name that the manifest has for it; nil for the package itself.
    package var dependency: String?
    package var volume: String
    /// The directory of the volume that is meant, as components of its path.
    package var subdirectory: [String] = []
    /// Absolute and normalized.
    package var path: String
}
