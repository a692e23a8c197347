import CLinux
import Glibc
import TestSupport
import Trace
import WasixABI

@testable import Kernel

/// The same pipes, socket pairs, event counters and epoll instances twice: our kernel's and the host's. Every operation is
/// done in both.
final class TwoWorlds {
    /// One open description in both; its number is the host's.
    struct End {
        let file: OpenFile
        let fd: Int32
        let isCounter: Bool
    }

    /// What one `epoll_wait` says of a registration.
    struct Event: Equatable, CustomStringConvertible {
        let fd: UInt32
        let events: EpollEvents
        var description: String { "\(fd):\(events.rawValue)" }
    }

    /// The two did not answer alike: nothing that follows means anything.
    struct Divergence: Error, CustomStringConvertible {
        let description: String
    }

    let kernel: Kernel
    private let process: GuestProcess
    private let thread: GuestThread
    private(set) var instances: [End] = []
    private(set) var ends: [End] = []
    private var scratch = [UInt8](repeating: 7, count: 1 << 17)

    init(instances count: Int) throws {
        var options = TraceOptions()
        options.keepsDecisions = true
        kernel = Kernel(tracer: Tracer(options: options))
        process = GuestProcess(kernel: kernel, arguments: [], environment: [], workingDirectory: Array("/".utf8))
        thread = process.makeThread(isMain: true)!
        for _ in 0..<count {
            let fd = epoll_create1(Int32(EPOLL_CLOEXEC))
            try expect(fd >= 0, "epoll_create1")
            instances.append(End(file: kernel.locked { held(Epoll(kernel: kernel)) }, fd: fd, isCounter: false))
        }
    }

    deinit {
        for end in ends + instances {
            Glibc.close(end.fd)
            kernel.locked { end.file.release() }
        }
        process.end(.exited(code: 0))
    }

    private func expect(_ holds: Bool, _ what: @autoclosure () -> String) throws {
        guard holds else { throw Divergence(description: what()) }
    }

    private func held<File: OpenFile>(_ file: File) -> File {
        file.hold()
        if file.kind != .epoll { file.flags.insert(.nonblock) }
        return file
    }

    /// What stands under a number, for a message.
    func kind(of fd: FdNumber) -> String {
        (ends + instances).first { $0.fd == Int32(fd.rawValue) }.map {
            "\($0.file.kind.name) \($0.file.queueLevel?.used ?? 0)"
        } ?? "closed"
    }

    // MARK: making and closing

    func makePipe() throws {
        var fds: [Int32] = [0, 0]
        try expect(cl_pipe2(&fds, O_CLOEXEC | O_NONBLOCK) == 0, "pipe2")
        let (reader, writer) = kernel.locked {
            let (reader, writer) = PipeEnd.makePair(kernel)
            return (held(reader), held(writer))
        }
        ends += [End(file: reader, fd: fds[0], isCounter: false), End(file: writer, fd: fds[1], isCounter: false)]
    }

    func makeSocketPair() throws {
        var fds: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        try expect(socketpair(AF_UNIX, type, 0, &fds) == 0, "socketpair")
        let (first, second) = kernel.locked {
            let (first, second) = SocketPairEnd.makePair(kernel, isStream: true)
            return (held(first), held(second))
        }
        ends += [End(file: first, fd: fds[0], isCounter: false), End(file: second, fd: fds[1], isCounter: false)]
    }

    func makeCounter() throws {
        let fd = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        try expect(fd >= 0, "eventfd")
        let file = kernel.locked { held(EventCounter(kernel: kernel, initial: 0, flags: .nonblock)) }
        ends.append(End(file: file, fd: fd, isCounter: true))
    }

    func close(_ index: Int) {
        let end = ends.remove(at: index)
        Glibc.close(end.fd)
        kernel.locked { end.file.release() }
    }

    // MARK: data

    /// Bytes and messages that wait in a socket at most: how many more it takes is the host's memory management.
    private static let mostInSocket = 8_192
    private static let mostToSocket = 2_000
    private static let mostMessages = 9
    /// Messages since the other end was empty, by the number of the sender.
    private var sent: [Int32: Int] = [:]

    func write(_ end: End, count: Int) throws {
        var size = end.isCounter ? 8 : min(count, scratch.count)
        if let socket = end.file as? SocketPairEnd {
            size = min(size, Self.mostToSocket)
            let waiting = kernel.locked { socket.otherEnd?.queueLevel?.used ?? 0 }
            if waiting == 0 { sent[end.fd] = 0 }
            guard Int(waiting) + size <= Self.mostInSocket, sent[end.fd, default: 0] < Self.mostMessages else { return }
            sent[end.fd, default: 0] += 1
        }
        var one = UInt64(count % 3)
        let (theirs, ours) = withUnsafeMutableBytes(of: &one) { word in
            scratch.withUnsafeMutableBytes { bytes in
                let base = end.isCounter ? word.baseAddress! : bytes.baseAddress!
                let theirs = Self.withoutSignal { Glibc.write(end.fd, base, size) }
                return (theirs, transfer(base, size) { end.file.write(from: $0, thread) })
            }
        }
        try expect(
            theirs < 0 ? !ours.isSuccess : ours.isSuccess && ours.count == theirs,
            "write(\(end.fd), \(size)): \(theirs) and \(ours.count) \(ours.errno)")
    }

    /// SIGPIPE of a write whose reader has gone is taken back.
    private static func withoutSignal<Result>(_ body: () -> Result) -> Result {
        var (signals, before) = (sigset_t(), sigset_t())
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, &before)
        let result = body()
        var now = timespec()
        sigtimedwait(&signals, nil, &now)
        pthread_sigmask(SIG_SETMASK, &before, nil)
        return result
    }

    func read(_ end: End, count: Int) throws {
        let size = end.isCounter ? 8 : min(count, scratch.count)
        let (theirs, ours) = scratch.withUnsafeMutableBytes { bytes in
            let theirs = Glibc.read(end.fd, bytes.baseAddress!, size)
            return (theirs, transfer(bytes.baseAddress!, size) { end.file.read(into: $0, thread) })
        }
        try expect(
            theirs < 0 ? !ours.isSuccess : ours.isSuccess && ours.count == theirs,
            "read(\(end.fd), \(size)): \(theirs) and \(ours.count) \(ours.errno)")
    }

    private func transfer(
        _ base: UnsafeMutableRawPointer, _ size: Int, _ body: (IoVectors) -> IoResult
    ) -> IoResult {
        var vector = iovec(iov_base: base, iov_len: size)
        return withUnsafeMutablePointer(to: &vector) { vector in
            kernel.locked { body(IoVectors(base: vector, count: 1, total: size)) }
        }
    }

    // MARK: registrations

    enum Operation: CaseIterable { case add, modify, delete }

    func control(_ operation: Operation, _ instance: End, _ target: End, _ events: EpollEvents) throws {
        var event = epoll_event()
        event.events = HostPoll.hostMask(events.subtracting(.modes))
        if events.contains(.et) { event.events |= 1 << 31 }
        if events.contains(.oneshot) { event.events |= 1 << 30 }
        event.data.u64 = UInt64(target.fd)
        let code = [EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL][Operation.allCases.firstIndex(of: operation)!]
        let theirs = epoll_ctl(instance.fd, code, target.fd, &event)
        let fd = FdNumber(rawValue: UInt32(target.fd))
        let data = EpollData(pointer: 0, fd: 0, data1: 0, data2: UInt64(target.fd))
        let ours = kernel.locked { () -> Errno in
            let epoll = instance.file.asEpoll!
            do throws(Errno) {
                switch operation {
                case .add: try epoll.add(target.file, fd, events: events, data: data)
                case .modify: try epoll.modify(target.file, fd, events: events, data: data)
                case .delete: try epoll.delete(target.file, fd)
                }
                return .success
            } catch { return error }
        }
        try expect((theirs == 0) == (ours == .success), "epoll_ctl(\(operation), \(target.fd)): \(theirs) and \(ours)")
    }

    // MARK: waits

    func snapshot(_ instance: End) -> EpollSnapshot {
        instance.file.asEpoll!.snapshot(process.descriptors, fd: FdNumber(rawValue: UInt32(instance.fd)), portion: 64)
    }

    func history(_ instance: End) -> WaitHistory { instance.file.asEpoll!.history(portion: 64) }

    /// One look of both, with the host's answer.
    func wait(_ instance: End, limit: Int) throws -> (theirs: [Event], ours: [Event]) {
        var buffer = [epoll_event](repeating: epoll_event(), count: limit)
        let count = epoll_wait(instance.fd, &buffer, Int32(limit), 0)
        try expect(count >= 0, "epoll_wait")
        let theirs = buffer.prefix(Int(count)).map {
            Event(fd: UInt32($0.data.u64), events: HostPoll.wireEvents($0.events))
        }
        let output = thread.eventScratch(limit)
        let result = kernel.locked { instance.file.asEpoll!.wait(into: output, limit: limit, until: 0, thread) }
        let ours = (0..<result.count).map { Event(fd: output[$0].fd, events: output[$0].events) }
        return (theirs, ours)
    }
}
