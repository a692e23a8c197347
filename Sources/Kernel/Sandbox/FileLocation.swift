import CLinux
import Glibc
import WasixABI

/// Where an open host file is, in the guest's own tree: what is opened is judged by this and not by the path that led
/// there, which may go through links and over directories that move meanwhile.
///
/// A file has a name for each granted directory that it is in. All of them are asked about: what is denied under one
/// name must not be had under another.
struct FileLocation {
    /// Absolute and normalized; none for what has left the granted directories.
    private(set) var names: [[UInt8]]

    /// Of an open file, at this moment. Asks the host; no lock held.
    /// - Throws: NOENT when its name is gone.
    init(of hostFd: Int32, _ mounts: MountTable) throws(Errno) {
        guard let path = try Self.hostPath(hostFd) else { throw .noent }
        names = []
        for mount in mounts.all where mount.isPrepared {
            guard let root = try Self.hostPath(mount.hostFd), let rest = PathText.remainder(of: path, below: root)
            else { continue }
            names.append(rest == PathText.here ? mount.path : PathText.join(mount.path, rest))
        }
    }

    /// The file called `name`, with or without slashes behind it, in an open directory.
    init(of name: [UInt8], in directory: Int32, _ mounts: MountTable) throws(Errno) {
        try self.init(of: directory, mounts)
        let bare = name.prefix { $0 != PathText.slash }
        names = names.map { PathText.join($0, Array(bare)) }
    }

    /// The host's path of an open file at this moment (proc(5)); nil when its name was removed, which the host marks
    /// with " (deleted)" behind the path.
    private static func hostPath(_ fd: Int32) throws(Errno) -> [UInt8]? {
        let room = Int(PATH_MAX)
        let path = try [UInt8](unsafeUninitializedCapacity: room) { (buffer, count) throws(Errno) in
            count = try buffer.withMemoryRebound(to: CChar.self) { text throws(Errno) in
                try HostCall.value(.status) { readlink("/proc/self/fd/\(fd)", text.baseAddress!, room) }
            }
        }
        guard path.count < room else { throw .nametoolong }
        return path.suffix(removed.count).elementsEqual(removed) ? nil : path
    }

    private static let removed = Array(" (deleted)".utf8)
}
