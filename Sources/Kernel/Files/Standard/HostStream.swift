import CLinux
import Glibc
import Trace
import WasixABI

/// A terminal, pipe, or other stream of the host: standard input and output as inherited, or a FIFO or device from a
/// granted directory.
///
/// A descriptor lent by the program that started us shares its O_NONBLOCK with that program and is never switched.
/// Where the host allows it we open the same pipe or terminal a second time, for ourselves and O_NONBLOCK; where not,
/// it is polled before each transfer, and transfers are small enough not to block after that.
public final class HostStream: HostBacked {
    /// What a write may put into a pipe or terminal that has just polled as writable, without blocking (PIPE_BUF).
    private static let unblockedWrite = 4096

    /// The host descriptor blocks, because it is shared.
    private let blocks: Bool
    private let type: FileType
    private let name: [UInt8]
    private let access: Rights
    /// A FIFO opened for reading, and to be waited for: Linux waits for the first writer in open(2), we wait in the first
    /// read, where it can be interrupted. Until then a poll of the host reports nothing.
    private var awaitsWriter: Bool

    /// Lock held. `hostFd` is O_NONBLOCK unless `blocks`; `access` says what it is open for: `.fdRead`, `.fdWrite`, or
    /// both.
    public init(
        kernel: Kernel, hostFd: Int32, ownsHostFd: Bool, blocks: Bool, type: FileType, access: Rights, name: [UInt8],
        awaitsWriter: Bool = false, flags: FdFlags = []
    ) {
        self.awaitsWriter = awaitsWriter
        self.blocks = blocks
        self.type = type
        self.access = access
        self.name = name
        super.init(kernel: kernel, hostFd: hostFd, ownsHostFd: ownsHostFd, flags: flags)
    }

    /// A libc takes a character device that cannot seek for a terminal.
    public var isTerminal: Bool { type == .characterDevice }

    public override var kind: ObjectKind { isTerminal ? .terminal : .hostPipe }
    public override var detail: ObjectDetail { .path(String(decoding: name, as: UTF8.self)) }
    public override var fileType: FileType { type }
    public override var rights: Rights { access.union([.fdFdstatSetFlags, .pollFdReadwrite, .fdFilestatGet]) }

    public override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        guard vectors.total > 0 else { return .done(0) }
        if awaitsWriter, !isNonBlocking {
            if hostWait(for: .in, thread) == .interrupted { return .failed(.intr) }
            awaitsWriter = false
        }
        while true {
            let count = transfer(.in) {
                let count = readv(hostFd, vectors.base, Int32(vectors.count))
                guard count < 0, isTerminal, Glibc.errno == EIO else { return count }
                return Self.stoppable { readv(hostFd, vectors.base, Int32(vectors.count)) }
            }
            if count >= 0 {
                bytesIn &+= UInt64(count)
                return .done(count)
            }
            if let end = waitAfterFailure(-count, .in, thread) { return .failed(end) }
        }
    }

    /// Runs a read of the terminal with SIGTTIN unblocked. The host stops a background job that reads by sending that
    /// signal; guest threads block all signals, and would get EIO instead.
    private static func stoppable(_ body: () -> Int) -> Int {
        var only = sigset_t()
        var before = sigset_t()
        sigemptyset(&only)
        sigaddset(&only, SIGTTIN)
        pthread_sigmask(SIG_UNBLOCK, &only, &before)
        let count = body()
        pthread_sigmask(SIG_SETMASK, &before, nil)
        return count
    }

    public override func write(from vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        var rest = vectors
        var done = 0
        while done < vectors.total {
            let count = transfer(.out) {
                guard blocks else { return writev(hostFd, rest.base, Int32(rest.count)) }
                return Glibc.write(hostFd, rest.base[0].iov_base, min(rest.base[0].iov_len, Self.unblockedWrite))
            }
            if count >= 0 {
                bytesOut &+= UInt64(count)
                done += count
                rest.drop(count)
            } else if let end = waitAfterFailure(-count, .out, thread) {
                return done > 0 ? .done(done) : .failed(end)
            }
        }
        return .done(done)
    }

    /// Runs one host transfer without the lock.
    /// - Returns: its count, or the negative host errno.
    private func transfer(_ events: EpollEvents, _ body: () -> Int) -> Int {
        let edges = edgeCount
        let answer = withoutLock {
            if blocks, HostPoll.now(hostFd).isDisjoint(with: events.union([.hup, .err])) { return -Int(EAGAIN) }
            return HostCall.answer(events == .in ? .read : .write, body)
        }
        if answer == -Int(EAGAIN) { wouldBlock(events, since: edges) }
        return answer
    }

    /// Called after a transfer that failed: waits if it would have blocked and the call may wait.
    /// - Returns: what the call has to end with, nil to try again.
    private func waitAfterFailure(_ code: Int, _ events: EpollEvents, _ thread: GuestThread) -> Errno? {
        guard code == Int(EAGAIN) else { return Errno(host: Int32(code)) }
        if isNonBlocking { return .again }
        return hostWait(for: events, thread) == .interrupted ? .intr : nil
    }

    public override var readableCount: UInt64 {
        var count: Int32 = 0
        return ioctl(hostFd, UInt(FIONREAD), &count) == 0 ? UInt64(max(0, count)) : 1
    }
}

extension IoVectors {
    /// Leaves out the first `count` bytes. Changes the vectors in place: they belong to the call in progress.
    mutating func drop(_ count: Int) {
        var left = count
        var base = base
        var vectorCount = self.count
        while vectorCount > 0, left >= base[0].iov_len {
            left -= base[0].iov_len
            base += 1
            vectorCount -= 1
        }
        if left > 0 {
            base[0].iov_base += left
            base[0].iov_len -= left
        }
        self = IoVectors(base: base, count: vectorCount, total: total - count)
    }
}
