import Glibc
import Synchronization
import WasixABI

/// Renaming and linking where rules name Unix-domain sockets by path: a socket must not get to where they say something
/// else of it, or whoever may write in a granted directory could evade them. Landlock treats files that change their
/// directory likewise (landlock(7), LANDLOCK_ACCESS_FS_REFER).
enum SocketMove {
    /// One such call at a time, so that the file that was checked is the file that is moved.
    private static let order = Mutex<Void>(())

    /// Runs `call`, which gives the file `source` in the host directory `from` the name `target` in `to`. No lock held.
    /// - Throws: ACCES when the rules do not let it get there; what `call` throws.
    static func perform(
        _ from: Int32, _ source: [UInt8], _ to: Int32, _ target: [UInt8], _ thread: GuestThread,
        _ call: () throws(Errno) -> Void
    ) throws(Errno) {
        let process = thread.process
        guard process.kernel.network.distinguishesPaths else { return try call() }
        try order.withLock { _ throws(Errno) in
            if let isDirectory = isDirectory(source, in: from) {
                let old = try FileLocation(of: source, in: from, process.mounts)
                let new = try FileLocation(of: target, in: to, process.mounts)
                if isDirectory {
                    try thread.permitMovingSockets(below: old, to: new)
                } else {
                    try thread.permitMovingSocket(at: old, to: new)
                }
            }
            try call()
        }
    }

    /// Nil for what is neither a directory nor a socket, or is not there.
    private static func isDirectory(_ name: [UInt8], in directory: Int32) -> Bool? {
        var status = stat()
        let bare = Array(name.prefix { $0 != PathText.slash })
        guard PathText.withCString(bare, { fstatat(directory, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
            return nil
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return true
        case S_IFSOCK: return false
        default: return nil
        }
    }
}
