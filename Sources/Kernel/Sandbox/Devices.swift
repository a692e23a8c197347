import CLinux
import Glibc
import Trace
import WasixABI

/// The files below `/dev` that every WASIX module may open, whatever directories it was granted.
public enum Device: Sendable {
    /// Another descriptor's description: one of the three standard streams.
    case standard(FdNumber)
    /// The terminal that one of the standard streams is.
    case terminal
    /// A device of the host through which nothing of the host can be reached.
    case host(String)

    /// The directory that the devices are in.
    static let directory = Array("/dev".utf8)

    private static let all: [(name: String, device: Device)] = [
        ("stdin", .standard(FdNumber(rawValue: 0))), ("stdout", .standard(FdNumber(rawValue: 1))),
        ("stderr", .standard(FdNumber(rawValue: 2))), ("tty", .terminal), ("null", .host("/dev/null")),
        ("zero", .host("/dev/zero")), ("random", .host("/dev/random")), ("urandom", .host("/dev/urandom")),
    ]

    /// The names of all devices in that directory.
    static let names = all.map { Array($0.name.utf8) }

    /// The device that an absolute path names, nil when it names none.
    public init?(_ path: [UInt8]) {
        let place = PathText.normalize(path)
        let name = place.dropFirst(Self.directory.count + 1)
        guard place.starts(with: Self.directory + [PathText.slash]),
            let found = Self.all.first(where: { name.elementsEqual($0.name.utf8) })
        else { return nil }
        self = found.device
    }

    /// Opens it and gives it the lowest free number of `process`, which is the thread's own unless given. No lock held.
    /// - Throws: NXIO when the stream is closed or there is no terminal; EXIST and NOTDIR as for any file.
    public func open(
        _ request: OpenRequest, _ thread: GuestThread, in process: GuestProcess? = nil
    ) throws(Errno) -> FdNumber {
        if request.oflags.contains(.exclusive), request.oflags.contains(.create) { throw .exist }
        if request.oflags.contains(.directory) { throw .notdir }
        let opened = try openHost()
        let kernel = thread.kernel
        return try kernel.locked { () throws(Errno) in
            let descriptors = (process ?? thread.process).descriptors
            let file: OpenFile
            if let opened {
                file = HostFile(
                    kernel: kernel, hostFd: opened.fd, path: opened.path, type: .characterDevice,
                    flags: request.fdflags)
            } else {
                guard let shared = stream(descriptors, thread) else { throw .nxio }
                file = shared
            }
            file.hold()
            defer { file.release() }
            return try descriptors.add(
                file, rights: request.rights.intersection(file.rights), isCloseOnExec: request.isCloseOnExec)
        }
    }

    private func openHost() throws(Errno) -> (fd: Int32, path: [UInt8])? {
        guard case .host(let path) = self else { return nil }
        let fd = try HostCall.value(.open) { Glibc.open(path, O_RDWR | O_CLOEXEC | O_NOCTTY) }
        return (Int32(fd), Array(path.utf8))
    }

    /// The description of the standard stream that this device stands for. Lock held.
    private func stream(_ descriptors: FdTable, _ thread: GuestThread) -> OpenFile? {
        if case .standard(let fd) = self { return descriptors.file(fd, thread)?.takeUnretainedValue() }
        return (0...2).lazy.compactMap { descriptors.file(FdNumber(rawValue: $0), thread)?.takeUnretainedValue() }
            .first { $0.kind == .terminal }
    }

    /// What `filestat` tells of it. No lock held.
    public func status(_ thread: GuestThread) throws(Errno) -> FileStatus {
        if let (fd, _) = try openHost() {
            defer { close(fd) }
            return try FileStatus(hostFd: fd)
        }
        return try thread.kernel.locked { () throws(Errno) in
            guard let file = stream(thread.process.descriptors, thread) else { throw .nxio }
            return try file.status()
        }
    }
}
