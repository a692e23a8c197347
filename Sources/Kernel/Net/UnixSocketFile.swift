import CLinux
import Glibc
import Trace
import WasixABI

/// The way to the file of a Unix-domain socket, which stays inside the granted directories: the host is never given a
/// path of the guest's, but an open descriptor of ours that the sandbox's own door has opened.
///
/// Rules are asked about where it was found. A path that leads nowhere is judged as it is written.
struct UnixSocketFile: ~Copyable {
    /// What to bind or connect to.
    let host: HostAddress
    private let fd: Int32

    /// Takes the descriptor over.
    /// - Parameter name: the rest of the path below it, with slashes in front.
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

    /// Where a socket is to be made. Its directory is open for as long as this lives, which keeps the host's name for it
    /// from being given to another one. Lock held, released while the host works.
    /// - Throws: INVAL for an empty path; ACCES when it leads outside, or rules do not let the guest be reached there;
    ///   what any path can.
    static func place(_ path: [UInt8], _ thread: GuestThread) throws(Errno) -> UnixSocketFile {
        let names = thread.kernel.unixNames
        let (fd, name) = try resolve(path, .in, thread) { path throws(Errno) in
            let (directory, name) = try path.openParent()
            do throws(Errno) {
                try thread.permit(.in, at: try FileLocation(of: name, in: directory, thread.process.mounts))
            } catch {
                close(directory)
                throw error
            }
            return (directory, name)
        }
        // Datagrams of the name's last owner would seem to come from the new one: more slashes make another name of it.
        var slashes = [PathText.slash]
        let number = Array("/proc/self/fd/\(fd)".utf8)
        while names.isTaken(number + slashes + name, otherThan: path), number.count + slashes.count + name.count < 100 {
            slashes.append(PathText.slash)
        }
        return try UnixSocketFile(fd: fd, name: slashes + name)
    }

    /// The file of a socket that is there. Links are followed here, where they cannot lead out, and not by the host's
    /// connect. Lock held, released while the host works.
    /// - Throws: as `place`.
    static func existing(_ path: [UInt8], _ thread: GuestThread) throws(Errno) -> UnixSocketFile {
        let fd = try resolve(path, .out, thread) { path throws(Errno) in
            let fd = try path.open(CL_O_PATH).fd
            do throws(Errno) {
                try thread.permit(.out, at: try FileLocation(of: fd, thread.process.mounts))
            } catch {
                close(fd)
                throw error
            }
            return fd
        }
        return try UnixSocketFile(fd: fd, name: [])
    }

    private static func resolve<Result>(
        _ bytes: [UInt8], _ direction: NetworkDirection, _ thread: GuestThread,
        _ body: (borrowing GuestPath) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        guard !bytes.isEmpty else { throw .inval }
        try GuestPath.check(bytes)
        let process = thread.process
        let whole = PathText.join(process.workingDirectory, bytes)
        process.kernel.unlock()
        defer { process.kernel.lock() }
        do throws(Errno) {
            return try body(GuestPath(absolute: whole, process))
        } catch {
            if thread.refusal == nil { try thread.permit(direction, path: PathText.normalize(whole)) }
            throw error == .notcapable ? .acces : error
        }
    }
}
