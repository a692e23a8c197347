import CLinux
import Testing
import Trace

@testable import Kernel

/// A wake-up that found nobody just before a wait on the same value is told of that wait.
@Suite struct MissedWakeTests {
    private let word = GuestWord()

    @discardableResult
    private func wake(_ guest: KernelGuest, by thread: GuestThread? = nil) -> Int {
        guest.locked {
            guest.process.image.futexes.wake(UnsafeMutableRawPointer(word.base), limit: 1, by: thread ?? guest.main)
        }
    }

    /// What a wait that begins now has missed; the wait is over afterwards.
    private func missed(_ guest: KernelGuest, expecting value: UInt32 = 0) throws -> MissedWake? {
        let waiter = guest.start { [word] thread in
            guest.locked { guest.process.image.futexes.wait(word.base, expected: value, until: .max, thread) }
        }
        try waiter.untilBlocked()
        let missed = guest.locked { waiter.thread.missedWake }
        let seen = guest.process.snapshot().threads.first { $0.thread == waiter.thread.id }
        #expect(seen?.missedWake == missed)
        wake(guest)
        #expect(try waiter.value())
        #expect(guest.locked { waiter.thread.missedWake } == nil)
        return missed
    }

    @Test func aWakeUpJustBeforeTheWaitIsTold() throws {
        let guest = KernelGuest(tracer: Tracer())
        wake(guest)
        let before = cl_monotonic_ns()
        #expect(wake(guest) == 0)
        let after = cl_monotonic_ns()
        let missed = try #require(try missed(guest))
        #expect(missed.thread == guest.main.id && (before...after).contains(missed.at))
    }

    @Test func aWaitBeforeItIsHistoryEnough() throws {
        let guest = KernelGuest(tracer: Tracer())
        let timed = guest.start { [word] thread in
            guest.locked {
                guest.process.image.futexes.wait(
                    word.base, expected: 0, until: KernelGuest.after(milliseconds: 1), thread)
            }
        }
        #expect(try !timed.value())
        wake(guest)
        #expect(try missed(guest) != nil)
    }

    @Test func aWordThatChangedMeansThatTheWaiterKnew() throws {
        let guest = KernelGuest(tracer: Tracer())
        wake(guest)
        wake(guest)
        word.base.pointee = 1
        #expect(try missed(guest, expecting: 1) == nil)
        // Changed before the wake-up, as it should be.
        word.base.pointee = 2
        wake(guest)
        #expect(try missed(guest, expecting: 2) == nil)
    }

    @Test func aWaitThatComesLaterIsForAnother() throws {
        let guest = KernelGuest(tracer: Tracer())
        wake(guest)
        wake(guest)
        let end = guest.locked { guest.main.sleep(until: KernelGuest.after(milliseconds: 60)) }
        #expect(end == .timedOut)
        #expect(try missed(guest) == nil)
    }

    @Test func withoutHistoryNothingIsTold() throws {
        #expect(try missed(KernelGuest(tracer: Tracer())) == nil)
        let guest = KernelGuest(tracer: Tracer())
        wake(guest)
        #expect(try missed(guest) == nil, "nobody knows whether the word had changed")
    }

    @Test func aWakeUpThatFoundSomebodyWasNotMissed() throws {
        let guest = KernelGuest(tracer: Tracer())
        wake(guest)
        // Ends with a wake-up that finds its waiter.
        _ = try missed(guest)
        #expect(try missed(guest) == nil)
    }

    @Test func aWakeUpIsMissedOnce() throws {
        let guest = KernelGuest(tracer: Tracer())
        wake(guest)
        wake(guest)
        #expect(try missed(guest) != nil)
        #expect(try missed(guest) == nil)
    }

    @Test func wakeUpsByTheKernelItselfAreNone() throws {
        let guest = KernelGuest(tracer: Tracer())
        for _ in 0..<2 {
            guest.locked { _ = guest.process.image.futexes.wake(UnsafeMutableRawPointer(word.base), limit: 1) }
        }
        #expect(try missed(guest) == nil)
    }

    @Test func nothingIsNotedWhileNobodyListens() throws {
        let guest = KernelGuest()
        wake(guest)
        wake(guest)
        #expect(try missed(guest) == nil)
    }
}
