import CLinux
import Glibc
import Trace
import WasixABI

/// The file of a Unix-domain socket, found inside the granted directories. The host never gets a path of the guest's,
/// but `/proc/self/fd` and a descriptor that `Sandbox` has opened.
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
        let (fd, name) = try open(path, .in, thread) { path throws(Errno) in
            let (fd, name) = try path.openParent()
            return (fd, name)
        }
        // Datagrams of the name's last owner would seem to come from the new one: more slashes make another name of it.
        let names = thread.kernel.unixNames
        let number = Array("/proc/self/fd/\(fd)".utf8)
        var slashes = [PathText.slash]
        while names.isTaken(number + slashes + name, otherThan: path), number.count + slashes.count + name.count < 100 {
            slashes.append(PathText.slash)
        }
        return try UnixSocketFile(fd: fd, name: slashes + name)
    }

    /// The file of a socket that exists. Links are followed here, where they cannot lead out, and not by the host's
    /// connect. Lock held, released while the host works.
    /// - Throws: as `place`.
    static func existing(_ path: [UInt8], _ thread: GuestThread) throws(Errno) -> UnixSocketFile {
        let fd = try open(path, .out, thread) { path throws(Errno) in (try path.open(CL_O_PATH).fd, []) }.fd
        return try UnixSocketFile(fd: fd, name: [])
    }

    /// A file, or a directory and a name in it.
    private typealias Opened = (fd: Int32, name: [UInt8])

    private static func open(
        _ bytes: [UInt8], _ direction: NetworkDirection, _ thread: GuestThread,
        _ body: (borrowing GuestPath) throws(Errno) -> Opened
    ) throws(Errno) -> Opened {
        thread.kernel.assertLocked()
        guard !bytes.isEmpty else { throw .inval }
        try GuestPath.check(bytes)
        let process = thread.process
        let whole = PathText.join(process.workingDirectory, bytes)
        process.kernel.unlock()
        defer { process.kernel.lock() }
        let opened: Opened
        do throws(Errno) {
            opened = try body(GuestPath(absolute: whole, process))
        } catch {
            try thread.permit(direction, path: PathText.normalize(whole))
            throw error == .notcapable ? .acces : error
        }
        do throws(Errno) {
            try thread.permit(direction, at: try location(opened, process.mounts))
            return opened
        } catch {
            close(opened.fd)
            throw error
        }
    }

    private static func location(_ opened: Opened, _ mounts: MountTable) throws(Errno) -> FileLocation {
        opened.name.isEmpty
            ? try FileLocation(of: opened.fd, mounts) : try FileLocation(of: opened.name, in: opened.fd, mounts)
    }
}
