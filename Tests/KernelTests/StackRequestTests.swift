import CLinux
import Glibc
import Synchronization
import Testing
import Trace
import WasixABI

@testable import Kernel

/// A thread that is asked for its stack shows it in the middle of whatever it waits in, and waits on.
@Suite struct StackRequestTests {
    /// A wait, and what ends it.
    enum Wait: CaseIterable {
        case futex, join, epoll, epollOfHost, pipeRead, pipeWrite, pairRead, counter, poll, hostRead, sleep
    }

    private struct Waiting {
        /// True when the wait ended as it should.
        var thread: Running<Bool>
        var end: () -> Void
    }

    private func begin(_ wait: Wait, _ guest: KernelGuest) throws -> Waiting {
        switch wait {
        case .futex:
            let word = GuestWord()
            let thread = guest.start { thread in
                guest.locked { guest.process.image.futexes.wait(word.base, expected: 0, until: .max, thread) }
            }
            return Waiting(thread: thread) {
                guest.locked { _ = guest.process.image.futexes.wake(UnsafeMutableRawPointer(word.base), limit: 1) }
            }
        case .join:
            let counter = guest.counter()
            let other = guest.start { _ = guest.take(counter, $0) }
            try other.untilBlocked()
            let thread = guest.start { thread in
                guest.locked { guest.process.join(other.thread.id, thread) } == .woken
            }
            return Waiting(thread: thread) { _ = guest.add(counter, 1) }
        case .epoll:
            let (epoll, pipe) = (guest.epoll(), guest.pipe())
            _ = guest.add(epoll, pipe.reader, 3, .in)
            let thread = guest.start { guest.wait(epoll, until: .max, $0).events == [SeenEvent(3, .in)] }
            return Waiting(thread: thread) { _ = guest.write(pipe.writer, [1]) }
        case .epollOfHost:
            let (epoll, pipe) = (guest.epoll(), guest.hostPipe())
            _ = guest.add(epoll, pipe.reader, 3, .in)
            let thread = guest.start { guest.wait(epoll, until: .max, $0).events == [SeenEvent(3, .in)] }
            return Waiting(thread: thread) { _ = Glibc.write(pipe.writer, "x", 1) }
        case .pipeRead:
            let pipe = guest.pipe()
            let thread = guest.start { guest.read(pipe.reader, 8, $0).bytes == [1] }
            return Waiting(thread: thread) { _ = guest.write(pipe.writer, [1]) }
        case .pipeWrite:
            let pipe = guest.pipe(nonblock: false)
            _ = guest.write(pipe.writer, count: 65_536)
            let thread = guest.start { guest.write(pipe.writer, count: 8, $0).isSuccess }
            return Waiting(thread: thread) { _ = guest.read(pipe.reader, 65_536) }
        case .pairRead:
            let pair = guest.pair()
            let thread = guest.start { guest.receive(pair.0, 8, [], $0).bytes == [1] }
            return Waiting(thread: thread) { _ = guest.write(pair.1, [1]) }
        case .counter:
            let counter = guest.counter()
            let thread = guest.start { guest.take(counter, $0).value == 5 }
            return Waiting(thread: thread) { _ = guest.add(counter, 5) }
        case .poll:
            let pipe = guest.pipe()
            let thread = guest.start { thread in
                let storage = thread.pollScratch(1)
                storage.entries[0] = PollEntry(file: .passUnretained(pipe.reader), interest: .in)
                let end = guest.locked {
                    var set = PollSet(storage, count: 1)
                    defer { set.release() }
                    return set.wait(until: .max, thread)
                }
                return end == .woken && storage.entries[0].found == .in
            }
            return Waiting(thread: thread) { _ = guest.write(pipe.writer, [1]) }
        case .hostRead:
            let pipe = guest.hostPipe()
            let thread = guest.start { guest.read(pipe.reader, 8, $0).bytes == Array("x".utf8) }
            return Waiting(thread: thread) { _ = Glibc.write(pipe.writer, "x", 1) }
        case .sleep:
            let thread = guest.start { thread in guest.locked { thread.sleep(until: .max) } == .interrupted }
            return Waiting(thread: thread) { guest.process.end(.exited(code: 0)) }
        }
    }

    /// What is known of a thread.
    private struct Picture: Equatable {
        var since: UInt64
        var wakes: UInt64
        var stack: [GuestFrame]
    }

    private func picture(_ thread: GuestThread) -> Picture {
        thread.kernel.locked {
            let isOfThisWait = thread.blockedSince != 0 && thread.stackWait == thread.blockedSince
            return Picture(
                since: thread.blockedSince, wakes: thread.wakes, stack: isOfThisWait ? thread.stack : [])
        }
    }

    /// Asks as if a second had gone by.
    private func ask(_ thread: GuestThread) -> Bool {
        thread.kernel.locked { thread.askForStack(at: cl_monotonic_ns() + 1_000_000_000) }
    }

    @Test(arguments: Wait.allCases) func theWaitGoesOnAsTheSameWait(_ wait: Wait) throws {
        let guest = KernelGuest(tracer: Tracer())
        let runner = FrameRunner()
        guest.process.image.runner = runner
        let waiting = try begin(wait, guest)
        let thread = waiting.thread.thread
        try waiting.thread.untilBlocked()
        let before = picture(thread)
        #expect(ask(thread))
        for round in 1...3 {
            try awaitCondition("it has shown its stack and sleeps again") {
                runner.served.withLock { $0.count } == round
                    && picture(thread) == Picture(since: before.since, wakes: before.wakes, stack: FrameRunner.frames)
            }
            #expect(!ask(thread), "what is known is of this wait")
            if round < 3 { guest.locked { thread.interrupt(.stack) } }
        }
        #expect(runner.served.withLock { $0 } == [.stack, .stack, .stack])
        waiting.end()
        #expect(try waiting.thread.value())
    }

    @Test func aSnapshotHasTheStackOfAWaitThatWasAskedFor() throws {
        let guest = KernelGuest(tracer: Tracer())
        guest.process.image.runner = FrameRunner()
        let counter = guest.counter()
        let waiter = guest.start { guest.take(counter, $0).value }
        try waiter.untilBlocked()
        func seen(asks: Bool) -> ThreadSnapshot? {
            guest.process.snapshot(asksForStacks: asks).threads.first { $0.thread == waiter.thread.id }
        }
        let first = try #require(seen(asks: false))
        #expect(first.state == .blocked && first.stack.isEmpty)
        // It is asked once it has waited for a moment.
        var last = first
        try awaitCondition("the stack is there, and it waits again") {
            last = seen(asks: true) ?? first
            return last.state == .blocked && last.stack == FrameRunner.frames
        }
        #expect(last.blockedSince == first.blockedSince && last.wakes == first.wakes)
        _ = guest.add(counter, 3)
        #expect(try waiter.value() == 3)
    }

    @Test func aWaitOfAMomentIsLeftAlone() throws {
        let guest = KernelGuest(tracer: Tracer())
        guest.process.image.runner = FrameRunner()
        let waiter = guest.start { thread in guest.locked { thread.sleep(until: .max) } }
        try waiter.untilBlocked()
        let thread = waiter.thread
        #expect(!guest.locked { thread.askForStack(at: thread.blockedSince + 100_000_000) })
        #expect(guest.locked { thread.askForStack(at: thread.blockedSince + 100_000_001) })
        guest.process.end(.exited(code: 0))
        #expect(try waiter.value() == .interrupted)
        try awaitCondition("it has ended") { guest.locked { thread.hasEnded } }
        #expect(!ask(thread))
    }

    @Test func timeUpIsStillTimeUp() throws {
        let guest = KernelGuest(tracer: Tracer())
        let runner = FrameRunner()
        guest.process.image.runner = runner
        let counter = guest.counter()
        let (sleeper, deadline) = try guest.lock { deadline in
            guest.start { thread in
                guest.locked { thread.wait(in: counter.waiters, key: .in, until: deadline) }
            }
        }
        guest.kernel.unlock()
        _ = ask(sleeper.thread)
        #expect(try sleeper.value() == .timedOut)
        #expect(cl_monotonic_ns() >= deadline)
    }

    @Test func aThreadThatRunsServesAtItsNextCall() throws {
        let guest = KernelGuest(tracer: Tracer())
        let runner = FrameRunner()
        guest.process.image.runner = runner
        let counter = guest.counter()
        let isThere = Atomic(false)
        let goesOn = Atomic(false)
        let worker = guest.start { thread in
            isThere.store(true, ordering: .releasing)
            while !goesOn.load(ordering: .acquiring) { sched_yield() }
            thread.serveRequestsBetweenCalls()
            return guest.take(counter, thread).value
        }
        try awaitCondition("it runs") { isThere.load(ordering: .acquiring) }
        func seen(asks: Bool) -> [GuestFrame]? {
            guest.process.snapshot(asksForStacks: asks).threads.first { $0.thread == worker.thread.id }?.stack
        }
        #expect(seen(asks: true) == [])
        #expect(runner.nudges.withLock { $0 } == 1)
        #expect(seen(asks: true) == [])
        #expect(runner.nudges.withLock { $0 } == 2, "it may have been nudged while it could not notice")
        #expect(seen(asks: false) == [] && runner.nudges.withLock { $0 } == 2)
        #expect(runner.served.withLock { $0 } == [])
        goesOn.store(true, ordering: .releasing)
        try worker.untilBlocked()
        #expect(runner.served.withLock { $0 } == [.stack], "however often it was asked")
        #expect(guest.locked { worker.thread.stack } == FrameRunner.frames)
        // That was not in the wait.
        #expect(seen(asks: false) == [])
        _ = guest.add(counter, 1)
        #expect(try worker.value() == 1)
    }

    @Test func whoeverIsShowingItsStackIsNotAskedOnceMore() throws {
        let guest = KernelGuest(tracer: Tracer())
        let answers = Mutex<[Bool]>([])
        let runner = FrameRunner { thread in
            let isAsked = thread.kernel.locked { thread.askForStack(at: .max) }
            answers.withLock { $0.append(isAsked) }
        }
        guest.process.image.runner = runner
        let counter = guest.counter()
        let waiter = guest.start { guest.take(counter, $0).value }
        try waiter.untilBlocked()
        let before = picture(waiter.thread)
        #expect(ask(waiter.thread))
        try awaitCondition("it sleeps again") {
            picture(waiter.thread) == Picture(since: before.since, wakes: before.wakes, stack: FrameRunner.frames)
        }
        #expect(answers.withLock { $0 } == [false])
        _ = guest.add(counter, 2)
        #expect(try waiter.value() == 2)
        #expect(guest.locked { waiter.thread.wakes } == before.wakes + 1)
    }

    @Test func theEndOfTheProcessIsNotHeldUp() throws {
        let guest = KernelGuest(tracer: Tracer())
        let runner = FrameRunner()
        guest.process.image.runner = runner
        let waiter = guest.start { thread in guest.locked { thread.sleep(until: .max) } }
        try waiter.untilBlocked()
        guest.locked { waiter.thread.interrupt(.stack) }
        guest.process.end(.exited(code: 0))
        #expect(try waiter.value() == .interrupted)
    }
}
