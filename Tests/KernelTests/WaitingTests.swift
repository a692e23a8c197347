import CLinux
import Glibc
import Testing
import WasixABI

@testable import Kernel

/// Wake-ups are accounted for once: whoever was chosen uses its wake-up or passes it on, whatever else happens to it.
@Suite struct WaitingTests {
    /// A queue of exclusive waiters, and what each of them came to.
    private func start(_ guest: KernelGuest, _ queue: WaitQueue, until deadline: UInt64 = .max) -> Running<WaitEnd> {
        nonisolated(unsafe) let queue = queue
        return guest.start { thread in
            guest.locked { thread.wait(in: queue, key: .in, until: deadline) }
        }
    }

    private func pair(_ guest: KernelGuest, _ queue: WaitQueue) throws -> (
        first: Running<WaitEnd>, second: Running<WaitEnd>
    ) {
        let first = start(guest, queue)
        try first.untilBlocked()
        let second = start(guest, queue)
        try second.untilBlocked()
        return (first, second)
    }

    @Test func aChosenWaiterWhoseProcessEndsPassesOn() throws {
        let (guest, queue) = (KernelGuest(), WaitQueue())
        let (first, second) = try pair(guest, queue)
        guest.locked {
            queue.wake(key: .in)
            first.thread.interrupt(.ending)
        }
        #expect(try first.value() == .interrupted)
        #expect(try second.value() == .woken)
    }

    /// It looks again, and leaves if there is nothing for it (Linux: prepare_to_wait_event).
    @Test func aChosenWaiterTakesWhatItIsChosenForBeforeASignal() throws {
        let (guest, queue) = (KernelGuest(), WaitQueue())
        let (first, second) = try pair(guest, queue)
        guest.locked {
            queue.wake(key: .in)
            first.thread.interrupt(.signal)
        }
        #expect(try first.value() == .woken)
        #expect(second.isBlocked)
        guest.locked { second.thread.interrupt(.signal) }
        #expect(try second.value() == .interrupted)
    }

    @Test func aWaiterChosenAsItsTimeIsUpWasWoken() throws {
        let (guest, queue) = (KernelGuest(), WaitQueue())
        let (running, deadline) = try guest.lock { start(guest, queue, until: $0) }
        while cl_monotonic_ns() < deadline + 5_000_000 { sched_yield() }
        queue.wake(key: .in)
        guest.kernel.unlock()
        #expect(try running.value() == .woken)
        #expect(try start(guest, queue, until: KernelGuest.after(milliseconds: 5)).value() == .timedOut)
        #expect(guest.locked { queue.isEmpty })
    }

    /// A wake-up through a description: the bytes are for whoever still looks.
    @Test func everyQueueOfExclusiveWaitersPassesOn() throws {
        let guest = KernelGuest()
        let (pipe, packets) = (guest.pipe(), guest.pair(isStream: false))
        let typed = guest.locked { TypedInput(kernel: guest.kernel) }
        guest.locked { typed.hold() }
        defer { guest.close(typed) }
        let queues: [(OpenFile, () -> Void)] = [
            (pipe.reader, { write(pipe.writer) }), (packets.0, { write(packets.1) }), (typed, { typed.append([7]) }),
        ]
        for (file, feed) in queues {
            let first = guest.start { guest.read(file, 1, $0).result.errno }
            try first.untilBlocked()
            let second = guest.start { guest.read(file, 1, $0).bytes }
            try second.untilBlocked()
            guest.locked {
                feed()
                first.thread.interrupt(.ending)
            }
            #expect(try first.value() == .intr)
            #expect(try second.value() == [7])
        }
        func write(_ file: OpenFile) {
            var byte: UInt8 = 7
            withUnsafeMutablePointer(to: &byte) {
                _ = withVector($0, 1) { file.write(from: $0, guest.main) }
            }
        }
    }

    @Test func aFutexWakeUpGoesToTheNextWaiterForThatWord() throws {
        let guest = KernelGuest()
        nonisolated(unsafe) let word = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
        word.pointee = 0
        defer { word.deallocate() }
        func wait() throws -> Running<Bool> {
            let running = guest.start { thread in
                guest.locked { guest.process.image.futexes.wait(word, expected: 0, until: .max, thread) }
            }
            try running.untilBlocked()
            return running
        }
        let (first, second) = (try wait(), try wait())
        guest.locked {
            #expect(guest.process.image.futexes.wake(UnsafeMutableRawPointer(word), limit: 1) == 1)
            first.thread.interrupt(.ending)
        }
        #expect(try first.value())
        #expect(try second.value())
    }

    @Test func eventsWinOverASignal() throws {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter())
        let (reader, writer) = guest.hostPipe()
        defer { Glibc.close(writer) }
        #expect(guest.add(epoll, counter, 3, [.in, .et]) == .success)
        for host in [false, true] {
            if host { #expect(guest.add(epoll, reader, 4, [.in, .et]) == .success) }
            let running = guest.startWait(epoll)
            try running.untilBlocked()
            guest.locked {
                var value: UInt64 = 1
                withUnsafeMutablePointer(to: &value) {
                    _ = withVector($0, 8) { counter.write(from: $0, guest.main) }
                }
                running.thread.interrupt(.signal)
            }
            #expect(try running.value().events == [SeenEvent(3, .in)])
            // The signal is still there for the next call that finds nothing.
            let silent = guest.startWait(epoll)
            try silent.untilBlocked()
            guest.locked { silent.thread.interrupt(.signal) }
            #expect(try silent.value().errno == .intr)
        }
    }

    /// The host tells an edge once, to one of the threads that wait for it: one that cannot report it leaves it to others.
    @Test func anEdgeOfTheHostIsNotLostWithTheThreadThatWasTold() throws {
        for _ in 0..<50 {
            let guest = KernelGuest()
            let epoll = guest.epoll()
            let (reader, writer) = guest.hostPipe()
            defer { Glibc.close(writer) }
            #expect(guest.add(epoll, reader, 3, [.in, .et]) == .success)
            let first = guest.startWait(epoll)
            try first.untilBlocked()
            let second = guest.startWait(epoll)
            try second.untilBlocked()
            guest.locked {
                #expect(Glibc.write(writer, "x", 1) == 1)
                first.thread.interrupt(.ending)
            }
            #expect(try first.value().errno == .intr)
            #expect(try second.value().events == [SeenEvent(3, .in)])
        }
    }

    // MARK: reasons

    private final class Runner: GuestRunner {
        let served = Locked<[Interrupts]>([])
        func canStart(_ entry: ThreadEntry) -> Bool { false }
        func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool { false }
        func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool { false }
        func destroy(_ value: ThreadLocalValue, on thread: GuestThread) {}
        func serve(_ requests: Interrupts, on thread: GuestThread) { served.withLock { $0.append(requests) } }
    }

    /// A thread that is looked at goes on with its call, in our own waits and in those of the host; one that was to stop
    /// and need not any more never notices.
    @Test func requestsAreServedInTheMiddleOfAWait() throws {
        let guest = KernelGuest()
        let runner = Runner()
        guest.process.image.runner = runner
        let counter = guest.counter()
        let (reader, writer) = guest.hostPipe()
        defer { Glibc.close(writer) }
        let waits = [
            guest.start { guest.take(counter, $0).errno }, guest.start { guest.read(reader, 1, $0).result.errno },
        ]
        var expected: [Interrupts] = []
        for running in waits {
            try running.untilBlocked()
            for request in [Interrupts.stop, .stack, [.stop, .stack]] {
                guest.locked { running.thread.interrupt(request) }
                // The kernel itself stops threads.
                if request.contains(.stack) { expected.append(.stack) }
                try awaitCondition("the request is served") {
                    runner.served.withLock { $0 == expected }
                        && running.thread.pendingInterrupts.isDisjoint(with: .requests)
                }
                try running.untilBlocked()
            }
        }
        _ = guest.add(counter, 1)
        #expect(Glibc.write(writer, "x", 1) == 1)
        for running in waits { #expect(try running.value() == .success) }
    }

    @Test func reasonsAreTakenOneByOne() {
        let guest = KernelGuest()
        let thread = guest.main
        guest.locked {
            thread.interrupt(.signal)
            thread.interrupt(.stop)
        }
        #expect(thread.isInterrupted && !thread.isEnding)
        #expect(thread.takeInterrupts(.signal) == .signal)
        #expect(!thread.isInterrupted && thread.pendingInterrupts == .stop)
        #expect(thread.takeInterrupts([.signal, .stop]) == .stop)
        guest.process.end(.exited(code: 0))
        #expect(thread.isInterrupted && thread.isEnding)
    }

    // MARK: scratch memory

    @Test func unusuallyLargeScratchMemoryIsGivenBack() {
        let guest = KernelGuest()
        let thread = guest.main
        weak var large: PollStorage?
        do {
            let storage = thread.pollScratch(100_000)
            large = storage
            #expect(storage.capacity == 100_000)
        }
        #expect(large == nil)
        #expect(thread.pollScratch(100) === thread.pollScratch(64))
        _ = thread.eventScratch(1000)
        thread.trimScratch()
        #expect(thread.eventCapacity == 1000)
        _ = thread.eventScratch(60_000)
        thread.trimScratch()
        #expect(thread.eventCapacity == 64)
    }
}
