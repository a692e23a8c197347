import Glibc
import Synchronization
import Testing
import Trace
import WasixABI

@testable import Kernel

/// Pausing all processes of a guest (article Pause).
@Suite struct PauseTests {
    /// Passes borders until the process ends, and counts them.
    private func start(_ guest: KernelGuest, as thread: GuestThread? = nil) -> (Running<Bool>, Borders) {
        let passed = Borders()
        let running = guest.start(as: thread) { thread in
            while !thread.isEnding {
                if thread.pendingInterrupts.contains(.pause) { thread.pause(.beforeCall) }
                passed.add()
                if thread.pendingInterrupts.contains(.pause) { thread.pause(.afterCall, of: .schedYield) }
            }
            return true
        }
        return (running, passed)
    }

    private func untilPaused(_ guest: KernelGuest, _ threads: [GuestThread]) throws {
        try awaitCondition("all stand still") {
            guest.locked { threads.allSatisfy { $0.pausedAt != nil } }
        }
    }

    @Test func allThreadsStandStillAndGoOn() throws {
        let guest = KernelGuest()
        let threads = (0..<8).map { _ in start(guest) }
        for _ in 0..<50 {
            guest.kernel.pauseGuest()
            try untilPaused(guest, threads.map(\.0.thread))
            let counts = threads.map(\.1.value)
            for _ in 0..<100 { sched_yield() }
            #expect(threads.map(\.1.value) == counts)
            guest.kernel.resumeGuest()
            for (thread, before) in zip(threads, counts) {
                try awaitCondition("it goes on") { thread.1.value != before }
            }
        }
        guest.process.end(.exited(code: 0))
        for thread in threads { #expect(try thread.0.value()) }
    }

    @Test func aStepIsForOneThread() throws {
        let guest = KernelGuest()
        guest.kernel.pauseGuest()
        let threads = (0..<3).map { _ in start(guest) }
        try untilPaused(guest, threads.map(\.0.thread))
        for step in 1...20 {
            #expect(guest.kernel.step(threads[1].0.thread.id))
            try awaitCondition("it has stepped") { threads[1].1.value == step }
            try untilPaused(guest, threads.map(\.0.thread))
        }
        #expect(threads.map(\.1.value) == [0, 20, 0])
        #expect(!guest.kernel.step(ThreadID(rawValue: 999)))
        guest.kernel.resumeGuest()
        #expect(!guest.kernel.step(threads[1].0.thread.id), "nothing is paused")
        guest.process.end(.exited(code: 0))
        for thread in threads { #expect(try thread.0.value()) }
    }

    @Test func oneProcessStandsStillWhileAnotherRuns() throws {
        let guest = KernelGuest()
        let child = try guest.child()
        let (parent, ran) = start(guest)
        let (_, passed) = start(guest, as: child)
        guest.kernel.setPaused(true, of: child.process.id)
        try untilPaused(guest, [child])
        let count = passed.value
        func expectOnlyTheOtherRuns(_ count: Int) throws {
            let before = ran.value
            try awaitCondition("the other goes on") { ran.value > before + 100 }
            #expect(passed.value == count)
        }
        try expectOnlyTheOtherRuns(count)
        #expect(!guest.kernel.step(parent.thread.id))
        // Out of a call, and over the next one.
        for _ in 0..<2 {
            #expect(guest.kernel.step(child.id))
            try awaitCondition("it has stepped") { guest.locked { child.pausedAt != nil && !child.mayStep } }
        }
        let stepped = passed.value
        #expect((count + 1...count + 2).contains(stepped))
        // A pause of all and its end change nothing for it.
        guest.kernel.pauseGuest()
        try untilPaused(guest, [child, parent.thread])
        guest.kernel.resumeGuest()
        try expectOnlyTheOtherRuns(stepped)
        // A new thread of it stands still, too.
        let late = try #require(child.process.makeThread())
        let (_, lateRan) = start(guest, as: late)
        try untilPaused(guest, [late])
        #expect(lateRan.value == 0)

        guest.kernel.setPaused(false, of: child.process.id)
        try awaitCondition("it goes on") { passed.value > stepped && lateRan.value > 0 }
        guest.kernel.setPaused(true, of: ProcessID(rawValue: 999))
        guest.kernel.setPaused(true, of: child.process.id)
        child.process.end(.exited(code: 0))
        guest.process.end(.exited(code: 0))
        #expect(try parent.value())
    }

    @Test func theEndEndsAPauseWhereverItComes() throws {
        for _ in 0..<50 {
            let guest = KernelGuest()
            let threads = (0..<4).map { _ in start(guest) }
            guest.kernel.pauseGuest()
            guest.process.end(.exited(code: 0))
            for thread in threads { #expect(try thread.0.value()) }
        }
    }

    /// What a thread is asked for while it stands still is done there: its stack, say.
    @Test func requestsAreServedMeanwhile() throws {
        let guest = KernelGuest()
        let runner = FrameRunner()
        guest.process.image.runner = runner
        guest.kernel.pauseGuest()
        let (running, _) = start(guest)
        try untilPaused(guest, [running.thread])
        try awaitCondition("its stack is known") {
            guest.process.snapshot(asksForStacks: true).threads.contains { $0.pausedAt != nil && !$0.stack.isEmpty }
        }
        guest.process.end(.exited(code: 0))
        #expect(try running.value())
    }

    /// Processes that are made in a pause, and those that stand still beside it because of SIGSTOP.
    @Test func allProcessesArePausedAndStoppedOnesStayStopped() throws {
        let guest = KernelGuest()
        let child = try guest.child()
        let (parent, _) = start(guest)
        guest.kernel.pauseGuest()
        let (running, passed) = start(guest, as: child)
        try untilPaused(guest, [parent.thread, child])
        #expect(passed.value == 0)
        guest.kernel.resumeGuest()
        try awaitCondition("it goes on") { passed.value > 0 }
        child.process.end(.exited(code: 0))
        guest.process.end(.exited(code: 0))
        #expect(try running.value())
        #expect(try parent.value())
    }
}

/// How many borders a thread has passed.
private final class Borders: Sendable {
    private let count = Atomic(0)

    func add() { count.add(1, ordering: .relaxed) }
    var value: Int { count.load(ordering: .relaxed) }
}
