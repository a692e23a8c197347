import Glibc
import Kernel
import Trace
import WasixABI

/// What a wait for events costs in the kernel alone: one ready counter among several that are not, edge-triggered as in a
/// loop. A round is the write that makes it ready, the wait, and the read.
final class WaitCost {
    enum Listener: CaseIterable {
        /// Nobody: the guest runs freely.
        case nobody
        /// Records are kept of what calls do to others.
        case records
        /// As the inspector: what waits decide is kept as well.
        case decisions
    }

    private static let rounds = 200_000

    private let kernel: Kernel
    private let process: GuestProcess
    private let thread: GuestThread
    private let epoll: Epoll
    private var counters: [EventCounter] = []

    init(items: Int, _ listener: Listener) throws {
        var options = TraceOptions()
        options.keepsDecisions = listener == .decisions
        let kernel = Kernel(tracer: listener == .nobody ? nil : Tracer(options: options))
        self.kernel = kernel
        process = GuestProcess(kernel: kernel, arguments: [], environment: [], workingDirectory: [])
        thread = process.makeThread(isMain: true)!
        epoll = kernel.locked { Epoll(kernel: kernel) }
        _ = try kernel.locked { () throws(Errno) in try process.descriptors.install(epoll) }
        for _ in 0..<items {
            try kernel.locked { () throws(Errno) in
                let counter = EventCounter(kernel: kernel, initial: 0, flags: .nonblock)
                let fd = try process.descriptors.install(counter)
                let data = EpollData(pointer: 0, fd: fd.rawValue, data1: 0, data2: UInt64(fd.rawValue))
                try epoll.add(counter, fd, events: [.in, .et], data: data)
                counters.append(counter)
            }
        }
    }

    deinit { process.end(.exited(code: 0)) }

    /// Nanoseconds a round.
    func round() -> Double {
        var word: UInt64 = 1
        let output = thread.eventScratch(64)
        return withUnsafeMutablePointer(to: &word) { word in
            var vector = iovec(iov_base: word, iov_len: 8)
            return withUnsafeMutablePointer(to: &vector) { vector in
                let vectors = IoVectors(base: vector, count: 1, total: 8)
                let start = HostClock.now()
                for index in 0..<Self.rounds { one(counters[index % counters.count], vectors, output) }
                return Double(HostClock.now() - start) / Double(Self.rounds)
            }
        }
    }

    @inline(__always)
    private func one(_ counter: EventCounter, _ vectors: IoVectors, _ output: UnsafeMutablePointer<DeliveredEvent>) {
        vectors.base[0].iov_base.storeBytes(of: 1, as: UInt64.self)
        call { _ = counter.write(from: vectors, thread) }
        call { _ = epoll.wait(into: output, limit: 64, until: 0, thread) }
        call { _ = counter.read(into: vectors, thread) }
    }

    /// A call as far as the kernel sees it: whoever listens has its changes logged.
    @inline(__always)
    private func call(_ body: () -> Void) {
        thread.channel?.changes.begin()
        kernel.locked(body)
        thread.channel?.changes.end()
    }
}
