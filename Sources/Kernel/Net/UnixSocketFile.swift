import CLinux
import Glibc
import Trace
import WasixABI

/// The way to the file of a Unix-domain socket, which stays inside the granted directories: the host is never given a
/// path of the guest's, but an open descriptor of ours that the sandbox's own door has opened.
struct UnixSocketFile: ~Copyable {
    /// What to bind or connect to.
    let host: HostAddress
    private let fd: Int32

    private init(fd: Int32, name: [UInt8]) throws(Errno) {
        let host: HostAddress
        do throws(Errno) {
            host = try HostAddress(unix: Array("/proc/self/fd/\(fd)".utf8) + name)
        } catch {
            close(fd)
            throw error
        }
        self.host = host
        self.fd = fd
    }

    deinit { close(fd) }

    /// Where a socket is to be made: its directory is open for as long as this lives, which makes the host's name for
    /// it unique. Lock held, released while the host works.
    /// - Throws: INVAL for an empty path; ACCES when it leads outside; what any path can.
    static func place(_ path: [UInt8], _ thread: GuestThread) throws(Errno) -> UnixSocketFile {
        try resolve(path, thread) { path throws(Errno) in
            let (directory, name) = try path.openParent()
            return try UnixSocketFile(fd: directory, name: [UInt8(ascii: "/")] + name)
        }
    }

    /// The file of a socket that is there. Links are followed here, where they cannot lead out, and not by the host's
    /// connect. Lock held, released while the host works.
    /// - Throws: as `place`.
    static func existing(_ path: [UInt8], _ thread: GuestThread) throws(Errno) -> UnixSocketFile {
        try resolve(path, thread) { path throws(Errno) in
            try UnixSocketFile(fd: try path.open(CL_O_PATH).fd, name: [])
        }
    }

    private static func resolve(
        _ bytes: [UInt8], _ thread: GuestThread, _ body: (borrowing GuestPath) throws(Errno) -> UnixSocketFile
    ) throws(Errno) -> UnixSocketFile {
        guard !bytes.isEmpty else { throw .inval }
        try GuestPath.check(bytes)
        let process = thread.process
        let path = try GuestPath(absolute: PathText.join(process.workingDirectory, bytes), process)
        process.kernel.unlock()
        defer { process.kernel.lock() }
        return try withoutLock(path, body)
    }

    /// Its own function, so that the path is gone before the lock is taken again.
    private static func withoutLock(
        _ path: consuming GuestPath, _ body: (borrowing GuestPath) throws(Errno) -> UnixSocketFile
    ) throws(Errno) -> UnixSocketFile {
        do throws(Errno) {
            return try body(path)
        } catch {
            throw error == .notcapable ? .acces : error
        }
    }
}
