import Glibc
import WasixABI

/// A granted directory at its place in the guest's tree. Owns the host descriptor that everything below it is reached by.
public final class Mount: Sendable {
    /// Where the guest finds it: absolute and normalized.
    let path: [UInt8]
    let hostFd: Int32
    /// Nothing in it may be changed.
    let isReadOnly: Bool
    private let temporary: TemporaryDirectory?

    /// - Parameter temporary: makes the directory behind `hostFd` when it is first looked at.
    init(path: [UInt8], hostFd: Int32, isReadOnly: Bool = false, temporary: TemporaryDirectory? = nil) {
        self.path = path
        self.hostFd = hostFd
        self.isReadOnly = isReadOnly
        self.temporary = temporary
    }

    deinit { close(hostFd) }

    /// Makes the directory, if that is made on demand. Must have succeeded before any host call below it. No lock held.
    func prepare() throws(Errno) { try temporary?.make(behind: hostFd) }

    /// Whether `hostFd` is the directory already: false for one that is made on demand and was not needed yet.
    var isPrepared: Bool { temporary?.isMade ?? true }
}

/// The granted directories of a process: one tree, as mounts make it on Linux. Complete before the guest runs.
public struct MountTable: Sendable {
    private var mounts: [Mount] = []
    /// A granted directory lies inside another one, so that a path resolved by the host alone could miss it.
    private(set) var isNested = false

    public init() {}

    /// Adds one; it covers what was granted under the same name before.
    mutating func add(_ mount: Mount) {
        mounts.append(mount)
        isNested = mounts.contains { one in
            mounts.contains { $0.path != one.path && PathText.remainder(of: $0.path, below: one.path) != nil }
        }
    }

    /// The directory granted at exactly this place.
    func mount(at path: [UInt8]) -> Mount? { mounts.last { $0.path == path } }

    /// The granted directory with the longest name that contains the absolute `path`, and what is left of the path, "."
    /// when nothing is.
    func covering(_ path: [UInt8]) -> (mount: Mount, rest: [UInt8])? {
        var best: (mount: Mount, rest: [UInt8])?
        for mount in mounts where mount.path.count >= best?.mount.path.count ?? 0 {
            if let rest = PathText.remainder(of: path, below: mount.path) { best = (mount, rest) }
        }
        return best
    }

    /// Names of granted directories below the normalized `path`, each by its first component there, once.
    func names(below path: [UInt8]) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for mount in mounts where mount.path != path {
            guard let rest = PathText.remainder(of: mount.path, below: path) else { continue }
            let name = Array(rest.prefix { $0 != PathText.slash })
            if !found.contains(name) { found.append(name) }
        }
        return found
    }

    /// All granted directories, including those that another one of the same name covers.
    var all: [Mount] { mounts }

    /// Whether a directory is granted at the normalized `path` or below it: such a path can be neither removed nor
    /// replaced.
    func isPinned(_ path: [UInt8]) -> Bool {
        mounts.contains { PathText.remainder(of: $0.path, below: path) != nil }
    }
}
