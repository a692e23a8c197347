import Glibc
import Synchronization
import Testing
import Trace
import WasixABI

@testable import Kernel

/// The guest's clock while the guest is paused (article Pause).
@Suite struct GuestClockTests {
    private static let millisecond: UInt64 = 1_000_000

    /// Lets the host's clock go on by more than `nanoseconds`.
    private func pass(_ nanoseconds: UInt64) {
        let end = HostClock.now() + nanoseconds
        while HostClock.now() <= end { sched_yield() }
    }

    /// Starts a thread that sleeps for a while, and pauses the guest in that sleep. On a busy machine the sleep may be over
    /// first: then once more, and longer.
    /// - Returns: the thread, and for how many nanoseconds it was to sleep.
    private func pause<Result>(
        _ guest: KernelGuest, whileAsleep start: (_ length: UInt64) throws -> Running<Result>
    ) throws -> (running: Running<Result>, length: UInt64) {
        for length in [20, 200, 2_000, 20_000].map({ $0 * Self.millisecond }) {
            let running = try start(length)
            try awaitCondition("it sleeps, or its time is up") { running.isBlocked || running.isDone }
            guest.kernel.pauseGuest()
            if running.isBlocked { return (running, length) }
            guest.kernel.resumeGuest()
            _ = try running.value()
        }
        throw ConditionNotMet(description: "no sleep was paused before its end")
    }

    @Test func itIsTheHostsUntilTheGuestIsPaused() {
        let guest = KernelGuest(freezesClock: true)
        let before = HostClock.now()
        let now = guest.kernel.clock.now()
        #expect(before <= now && now <= HostClock.now())
    }

    @Test(arguments: [CLOCK_MONOTONIC, CLOCK_REALTIME])
    func itStandsWhileTheGuestIsPausedAndGoesOnWhereItStood(_ clock: clockid_t) {
        let guest = KernelGuest(freezesClock: true)
        let jitter = Self.millisecond / 2
        guest.kernel.pauseGuest()
        let stood = guest.kernel.clock.now(clock)
        pass(5 * Self.millisecond)
        let later = guest.kernel.clock.now(clock)
        #expect(later &- stood &+ jitter < 2 * jitter)
        guest.kernel.resumeGuest()
        let behind = HostClock.now(clock) - guest.kernel.clock.now(clock)
        #expect(behind >= 5 * Self.millisecond - jitter)
    }

    @Test func withoutTheOptionItGoesOn() {
        let guest = KernelGuest()
        guest.kernel.pauseGuest()
        let before = guest.kernel.clock.now()
        pass(Self.millisecond)
        #expect(guest.kernel.clock.now() >= before + Self.millisecond)
    }

    /// It never goes back for anybody who reads it, however often it is stopped meanwhile.
    @Test func itNeverGoesBack() throws {
        let guest = KernelGuest(freezesClock: true)
        let isOver = Atomic(false)
        let readers = (0..<2).map { _ in
            guest.start { thread in
                var last: UInt64 = 0
                while !isOver.load(ordering: .relaxed) {
                    let now = thread.kernel.clock.now()
                    guard now >= last else { return false }
                    last = now
                }
                return true
            }
        }
        for _ in 0..<20_000 {
            guest.kernel.pauseGuest()
            guest.kernel.resumeGuest()
        }
        isOver.store(true, ordering: .relaxed)
        for reader in readers { #expect(try reader.value()) }
    }

    /// A wait that a pause came into has as much time left afterwards as before.
    @Test(arguments: [false, true])
    func aPauseTakesNoTimeFromAWait(inHost: Bool) throws {
        let guest = KernelGuest(freezesClock: true)
        let pipe = guest.hostPipe()
        defer { close(pipe.writer) }
        let (running, length) = try pause(guest) { length in
            guest.start { thread in
                let deadline = thread.kernel.clock.now() + length
                let end = thread.kernel.locked {
                    guard inHost else { return thread.sleep(until: deadline) }
                    var end = WaitEnd.woken
                    while end == .woken { end = pipe.reader.hostWait(for: .in, thread, until: deadline) }
                    return end
                }
                return (end, woke: thread.kernel.clock.now(), deadline)
            }
        }
        pass(length + 40 * Self.millisecond)
        #expect(running.isBlocked, "its time is over in the host alone")
        guest.kernel.resumeGuest()
        let (end, woke, deadline) = try running.value()
        #expect(end == .timedOut)
        #expect(woke >= deadline)
    }

    /// A step over a sleep ends, because time passes meanwhile; one into a wait for ever lets none pass.
    @Test func timePassesInStepsThatNeedIt() throws {
        let guest = KernelGuest(freezesClock: true)
        guest.kernel.pauseGuest()
        let ends = Atomic(0)
        let running = guest.start { thread in
            for deadline in [thread.kernel.clock.now() + 5 * Self.millisecond, .max] {
                thread.pause(.beforeCall)
                _ = thread.kernel.locked { thread.sleep(until: deadline) }
                ends.add(1, ordering: .relaxed)
                thread.pause(.afterCall, of: .threadSleep)
            }
            return true
        }
        let thread = running.thread
        func isPaused() -> Bool { guest.locked { thread.pausedAt != nil } }
        try awaitCondition("it stands before the sleep", isPaused)
        #expect(guest.locked { guest.kernel.clock.stands })
        #expect(guest.kernel.step(thread.id))
        try awaitCondition("the sleep is over, and the next call is to be made") { ends.load(ordering: .relaxed) == 1 }
        try awaitCondition("it stands again", isPaused)
        #expect(guest.locked { guest.kernel.clock.stands })
        #expect(guest.kernel.step(thread.id))
        try awaitCondition("it sleeps for ever") { guest.locked { thread.blockedSince != 0 } }
        #expect(guest.locked { guest.kernel.clock.stands })
        guest.process.end(.exited(code: 0))
        #expect(try running.value())
    }

    /// A thread that slept when the guest was paused is stepped out of its sleep.
    @Test func aStepGivesASleeperItsTime() throws {
        let guest = KernelGuest(freezesClock: true)
        let (running, length) = try pause(guest) { length in
            guest.start { thread in
                _ = thread.kernel.locked { thread.sleep(until: thread.kernel.clock.now() + length) }
                if thread.pendingInterrupts.contains(.pause) { thread.pause(.afterCall, of: .threadSleep) }
                thread.pause(.beforeCall)
                return true
            }
        }
        let thread = running.thread
        pass(length + 20 * Self.millisecond)
        #expect(running.isBlocked)
        #expect(guest.kernel.step(thread.id))
        try awaitCondition("it stands before its next call") { guest.locked { thread.pausedAt == .beforeCall } }
        #expect(guest.locked { guest.kernel.clock.stands })
        guest.kernel.resumeGuest()
        #expect(try running.value())
    }
}
