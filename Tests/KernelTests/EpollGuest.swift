import CLinux
import Glibc
import Trace
import WasixABI

@testable import Kernel

/// An event as a test names it: the 64 bits of its registration and what is ready.
struct SeenEvent: Equatable, Sendable {
    let data: UInt64
    let events: EpollEvents

    init(_ data: UInt64, _ events: EpollEvents) {
        self.data = data
        self.events = events
    }
}

/// What one `epoll_wait` came to.
struct SeenWait: Equatable, Sendable {
    var errno = Errno.success
    var events: [SeenEvent] = []
}

extension KernelGuest {
    /// ADD with `number` as key and as data.
    func add(_ epoll: Epoll, _ file: OpenFile, _ number: UInt32, _ events: EpollEvents) -> Errno {
        outcome { () throws(Errno) in
            try epoll.add(file, FdNumber(rawValue: number), events: events, data: Self.data(UInt64(number)))
        }
    }

    func modify(
        _ epoll: Epoll, _ file: OpenFile, _ number: UInt32, _ events: EpollEvents, data: UInt64? = nil
    ) -> Errno {
        outcome { () throws(Errno) in
            try epoll.modify(
                file, FdNumber(rawValue: number), events: events, data: Self.data(data ?? UInt64(number)))
        }
    }

    func delete(_ epoll: Epoll, _ file: OpenFile, _ number: UInt32) -> Errno {
        outcome { () throws(Errno) in try epoll.delete(file, FdNumber(rawValue: number)) }
    }

    private static func data(_ value: UInt64) -> EpollData { EpollData(pointer: 0, fd: 0, data1: 0, data2: value) }

    /// `epoll_wait` until `deadline` (CLOCK_MONOTONIC nanoseconds); 0 looks once.
    func wait(_ epoll: Epoll, limit: Int = 64, until deadline: UInt64 = 0, _ thread: GuestThread? = nil) -> SeenWait {
        let thread = thread ?? main
        let output = thread.eventScratch(limit)
        let result = locked { epoll.wait(into: output, limit: limit, until: deadline, thread) }
        return SeenWait(
            errno: result.errno,
            events: (0..<result.count).map { SeenEvent(output[$0].data.data2, output[$0].events) })
    }

    /// The events of one look.
    func look(_ epoll: Epoll, limit: Int = 64) -> [SeenEvent] { wait(epoll, limit: limit).events }

    /// Starts a thread that waits on `epoll`, for ever unless there is a `deadline` (CLOCK_MONOTONIC nanoseconds).
    func startWait(_ epoll: Epoll, limit: Int = 64, until deadline: UInt64 = .max) -> Running<SeenWait> {
        start { [self] in wait(epoll, limit: limit, until: deadline, $0) }
    }

    func snapshot(_ epoll: Epoll) -> EpollSnapshot {
        epoll.snapshot(process.descriptors, fd: FdNumber(rawValue: 0), portion: 2)
    }

    /// Why a wait would or would not report the registration under `number`; nil when there is none.
    func reason(_ epoll: Epoll, _ number: UInt32) -> ReasonCode? {
        snapshot(epoll).items.first { $0.fd.rawValue == number }?.reason
    }

    static func after(milliseconds: UInt64) -> UInt64 { cl_monotonic_ns() + milliseconds * 1_000_000 }

    /// Starts a wait that ends at a deadline, and takes the kernel lock while that wait sleeps. On a busy machine the deadline may
    /// come first: then once more with a later one.
    /// - Returns: what was started, and its deadline. The lock is held.
    func lock<Result>(
        whileAsleep start: (_ deadline: UInt64) throws -> Running<Result>
    ) throws -> (running: Running<Result>, deadline: UInt64) {
        for milliseconds: UInt64 in [20, 200, 2_000, 20_000] {
            let deadline = Self.after(milliseconds: milliseconds)
            let running = try start(deadline)
            try awaitCondition("it sleeps, or its time is up") { running.isBlocked || running.isDone }
            kernel.lock()
            if running.thread.blockedSince != 0 { return (running, deadline) }
            kernel.unlock()
        }
        throw ConditionNotMet(description: "no wait was seen asleep before its deadline")
    }
}
