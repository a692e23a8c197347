import CLinux
import Glibc
import WasixABI

/// The only place that opens host files below a directory. No lock held.
enum Sandbox {
    /// How often a path is tried: when a rename happens while the host resolves `..`, it answers EAGAIN (openat2(2)).
    private static let retries = 64

    /// What the host may do while it resolves a path.
    enum Reach {
        /// Anywhere below the directory.
        case below
        /// The directory is the guest's root: `..` above it stays there, and absolute links start from it.
        case root
        /// Below the directory, and through no link.
        case withoutLinks

        fileprivate var resolve: UInt64 {
            switch self {
            case .below: UInt64(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS)
            case .root: UInt64(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)
            case .withoutLinks: UInt64(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS)
            }
        }
    }

    /// Opens `path` below the host directory `directory` of `mount`; the host does not let it lead out.
    /// - Throws: XDEV when it would lead out; LOOP for a link that `reach` does not allow; ROFS for what would change a
    ///   directory granted for reading; the host's reason.
    static func open(
        _ mount: Mount, _ directory: Int32, _ path: [UInt8], _ flags: Int32, _ mode: mode_t, _ reach: Reach
    ) throws(Errno) -> Int32 {
        guard mount.isReadOnly, flags & (O_ACCMODE | O_CREAT | O_TRUNC) != O_RDONLY, flags & CL_O_PATH == 0 else {
            return try open(directory, path, flags, mode, reach.resolve)
        }
        let fd: Int32
        do throws(Errno) {
            fd = try open(directory, path, flags & ~(O_CREAT | O_EXCL | O_TRUNC), 0, reach.resolve)
        } catch {
            throw error == .noent && flags & O_CREAT != 0 ? .rofs : error
        }
        if flags & (O_CREAT | O_EXCL) == O_CREAT | O_EXCL {
            close(fd)
            throw .exist
        }
        guard flags & (O_ACCMODE | O_TRUNC) != O_RDONLY else { return fd }
        // Devices and FIFOs can be written: nothing of the file system changes.
        var status = stat()
        guard fstat(fd, &status) == 0, FileType(hostMode: status.st_mode) != .regularFile else {
            close(fd)
            throw .rofs
        }
        return fd
    }

    /// Opens the entry `name` of a host directory; a link is never followed.
    static func openName(_ directory: Int32, _ name: [UInt8], _ flags: Int32) throws(Errno) -> Int32 {
        try open(directory, name, flags, 0, Reach.withoutLinks.resolve)
    }

    /// The directory above a host directory. The caller makes sure that it is inside.
    static func parent(_ directory: Int32) throws(Errno) -> Int32 {
        Int32(try HostCall.value(.open) { openat(directory, "..", CL_O_PATH | O_DIRECTORY | O_CLOEXEC) })
    }

    private static func open(
        _ directory: Int32, _ path: [UInt8], _ flags: Int32, _ mode: mode_t, _ resolve: UInt64
    ) throws(Errno) -> Int32 {
        let hostFlags = UInt64(UInt32(bitPattern: flags | O_CLOEXEC))
        var failure = Errno.again
        for _ in 0..<retries where failure == .again {
            let answer = PathText.withCString(path) { path in
                HostCall.answer(.open) { cl_openat2(directory, path, hostFlags, UInt64(mode), resolve) }
            }
            if answer >= 0 { return Int32(answer) }
            failure = Errno(failure: answer)
        }
        throw failure
    }
}
