import Glibc
import Trace
import WasixABI

/// A description of something in a host file system: a file or a directory. Always ready, so nothing waits for it; host
/// calls on it are made without the lock.
public class HostNode: OpenFile {
    public final let hostFd: Int32
    private let ownsHostFd: Bool
    /// The name the guest opened it by, absolute where that is known.
    public final let path: [UInt8]
    /// It is in a directory that was granted for reading only.
    private let isReadOnly: Bool

    /// Lock held. With `ownsHostFd` the host descriptor is closed with the last holder.
    public init(
        kernel: Kernel, hostFd: Int32, ownsHostFd: Bool = true, path: [UInt8], isReadOnly: Bool = false,
        flags: FdFlags = []
    ) {
        self.isReadOnly = isReadOnly
        self.hostFd = hostFd
        self.ownsHostFd = ownsHostFd
        self.path = path
        super.init(kernel: kernel, flags: flags)
    }

    public override final func lastHolderLeft() {
        if ownsHostFd { kernel.wakeups.close(hostFd) }
    }

    public override var detail: ObjectDetail { .path(String(decoding: path, as: UTF8.self)) }
    public override final var isPollable: Bool { false }
    public override final func readiness() -> EpollEvents { [.in, .out] }

    /// Makes the directory behind `hostFd` when that is made on demand. Must have succeeded before the host is asked
    /// about it. No lock held.
    func prepare() throws(Errno) {}

    /// Makes a host call that answers -1 on failure, without the lock.
    @discardableResult
    final func host<Answer: BinaryInteger>(
        _ kind: HostCall.Kind, _ body: (Int32) -> Answer
    ) throws(Errno) -> Int {
        try withoutLock { () throws(Errno) in
            try prepare()
            return try HostCall.value(kind) { body(hostFd) }
        }
    }

    /// Makes everything written so far durable; `data` leaves out what is not needed to read it back. Lock held,
    /// released while the host works.
    public final func synchronize(data: Bool) throws(Errno) {
        try host(.sync) { data ? fdatasync($0) : fsync($0) }
    }

    /// Sets its times. Lock held, released while the host works.
    /// - Throws: ROFS in a directory that was granted for reading only; the host's reason.
    public final func set(_ times: FileTimes) throws(Errno) {
        guard !isReadOnly || times.isEmpty else { throw .rofs }
        try host(.change) { times.hostCall(on: $0) }
    }
}

extension OpenFile {
    /// What `filestat` tells of the description. Lock held, released while the host is asked.
    public final func status() throws(Errno) -> FileStatus {
        if let directory = self as? VirtualDirectory { return VirtualDirectory.status(of: directory.path) }
        var status = stat()
        if let node = self as? HostNode {
            try node.host(.status) { fstat($0, &status) }
        } else if let fd = (self as? HostBacked)?.hostFd {
            _ = try withoutLock { () throws(Errno) in try HostCall.value(.status) { fstat(fd, &status) } }
        } else {
            return FileStatus(type: fileType, id: id.rawValue)
        }
        return FileStatus(host: status)
    }
}
