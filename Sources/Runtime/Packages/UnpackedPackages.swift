import Glibc
import Kernel
import Packages
import WasixABI

/// What is on the host for a guest's packages, as long as somebody holds this: a private directory with what came out of
/// files, and the directories of packages that are directories themselves.
struct UnpackedPackages: Sendable {
    /// For reading.
    fileprivate(set) var volumes: [DirectoryGrant] = []
    fileprivate(set) var commands: [CommandMapping] = []
    /// `/bin`, with a file for each of the commands.
    fileprivate(set) var commandDirectory: DirectoryGrant?
    fileprivate var directory: TemporaryDirectory?
    /// Where volumes of files are, by their packages and names: one with several places is there once.
    fileprivate var trees: [String: ByteString] = [:]
}

extension PackageSet {
    /// - Parameter withCommands: the guest can start programs.
    func unpack(withCommands: Bool) throws(LaunchError) -> UnpackedPackages {
        var unpacked = UnpackedPackages()
        for (mount, source) in try mounts() { try add(mount, source, to: &unpacked) }
        if withCommands { try addCommands(to: &unpacked) }
        return unpacked
    }

    // MARK: volumes

    private func add(
        _ mount: PackageMount, _ source: OpenPackage, to unpacked: inout UnpackedPackages
    ) throws(LaunchError) {
        guard let volume = source.package.volumes[mount.volume] else {
            throw source.failure("there is no volume \(source.quoted(mount.volume))")
        }
        let path: ByteString
        switch volume {
        case .host(let name): path = try source.directory(name)
        case .tree(let entries):
            try checkDirectory(mount, entries, source)
            let tree = try unpacked.tree(mount.volume, entries, source)
            path = ByteString(tree.bytes + mount.subdirectory.flatMap { Array("/\($0)".utf8) })
        }
        unpacked.volumes.append(DirectoryGrant(hostPath: path, guestPath: ByteString(mount.path), isReadOnly: true))
    }

    private func checkDirectory(
        _ mount: PackageMount, _ entries: [VolumeEntry], _ source: OpenPackage
    ) throws(LaunchError) {
        var entries = entries
        for name in mount.subdirectory {
            guard case .directory(let below) = entries.first(where: { $0.name == Array(name.utf8) })?.node else {
                throw source.failure(
                    "the volume \(source.quoted(mount.volume)) has no directory \(source.quoted(name))")
            }
            entries = below
        }
    }

    // MARK: commands

    private func addCommands(to unpacked: inout UnpackedPackages) throws(LaunchError) {
        let choices = try commands()
        guard let first = choices.first else { return }
        let bin = try unpacked.newDirectory("bin", first.package)
        defer { bin.close() }
        // Packages of many commands often have one module for all.
        var written: [String: String] = [:]
        for choice in choices {
            guard let atom = choice.source.package.atoms[choice.command.atom.name] else { continue }
            let key = "\(choice.source.path)\0\(choice.command.atom.name)"
            if let other = written[key] {
                try bin.link(other, as: choice.name, choice.source)
            } else {
                try bin.write(Array(choice.name.utf8), atom, choice.source)
                written[key] = choice.name
            }
            var command = CommandMapping(
                name: Array(choice.name.utf8), file: ByteString(bin.path.bytes + Array("/\(choice.name)".utf8)))
            command.programName = choice.command.executableName.map { Array($0.utf8) }
            command.leadingArguments = choice.command.arguments.map { Array($0.utf8) }
            command.variables = choice.command.environment.map { Array($0.utf8) }
            unpacked.commands.append(command)
        }
        unpacked.commandDirectory = DirectoryGrant(hostPath: bin.path, guestPath: "/bin", isReadOnly: true)
    }
}

extension UnpackedPackages {
    /// Where the files of a volume are, which are written when they are first asked for.
    fileprivate mutating func tree(
        _ volume: String, _ entries: [VolumeEntry], _ package: OpenPackage
    ) throws(LaunchError) -> ByteString {
        let key = "\(package.path)\0\(volume)"
        if let path = trees[key] { return path }
        let tree = try newDirectory("volume-\(trees.count)", package)
        defer { tree.close() }
        try tree.write(entries)
        trees[key] = tree.path
        return tree.path
    }

    /// A directory in the private one, which is made for the first.
    fileprivate mutating func newDirectory(
        _ name: String, _ package: OpenPackage
    ) throws(LaunchError) -> UnpackedDirectory {
        let directory = directory ?? TemporaryDirectory()
        self.directory = directory
        do throws(Errno) {
            return try UnpackedDirectory(ByteString(try directory.path().bytes + Array("/\(name)".utf8)), package)
        } catch {
            throw LaunchError(.failure, "\(package.path): cannot make a temporary directory: \(error.text)")
        }
    }
}
