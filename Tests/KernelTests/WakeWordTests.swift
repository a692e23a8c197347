import CLinux
import Foundation
import Synchronization
import Testing

@testable import Kernel

@Suite struct WakeWordTests {
    private static func soon() -> UInt64 { cl_monotonic_ns() + 5_000_000 }

    private func sleep(_ word: WakeWord, until deadline: UInt64 = .max) -> Bool {
        var spin = SpinBudget()
        return word.sleep(until: deadline, &spin)
    }

    @Test func aWakeUpBeforeTheSleepIsKept() {
        let word = WakeWord()
        #expect(!word.mark(), "nobody sleeps in the host")
        #expect(sleep(word))
    }

    @Test func manyWakeUpsAreOne() {
        let word = WakeWord()
        for _ in 0..<3 { #expect(!word.mark()) }
        #expect(sleep(word, until: Self.soon()))
        #expect(!sleep(word, until: Self.soon()))
    }

    @Test func aSleepEndsAtItsDeadline() {
        let word = WakeWord()
        let deadline = Self.soon()
        #expect(!sleep(word, until: deadline))
        #expect(cl_monotonic_ns() >= deadline)
        #expect(!word.mark(), "it is awake again")
    }

    /// A guest that makes threads for as long as it runs needs no more memory for that.
    @Test func wordsOfThreadsThatHaveEndedAreUsedAgain() throws {
        let guest = KernelGuest()
        var words: Set<WakeWord> = []
        for _ in 0..<1_000 {
            let running = guest.start { _ in }
            try running.value()
            words.insert(running.thread.wakeWord)
        }
        // Other tests take some of them.
        #expect(words.count < 500)
    }

    /// Whatever its last owner was told: the next one begins awake.
    @Test func aWordIsNewToItsNextOwner() {
        for _ in 0..<100 {
            let first = WakeWord()
            _ = first.mark()
            first.retire()
            let next = WakeWord()
            #expect(!sleep(next, until: 1))
            next.retire()
        }
    }

    @Test func noWakeUpIsEverLost() throws {
        let (there, back) = (WakeWord(), WakeWord())
        let rounds = 20_000
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            var spin = SpinBudget()
            for _ in 0..<rounds {
                _ = there.sleep(until: .max, &spin)
                if back.mark() { back.signal() }
            }
            done.signal()
        }
        var spin = SpinBudget()
        for _ in 0..<rounds {
            if there.mark() { there.signal() }
            #expect(back.sleep(until: cl_monotonic_ns() + 30_000_000_000, &spin))
        }
        #expect(done.wait(timeout: .now() + .seconds(30)) == .success)
    }

    @Test func wakeUpsUnderOneHoldAreAllDelivered() throws {
        let guest = KernelGuest()
        // More than one batch holds.
        let sleepers = (0..<40).map { _ in guest.start { thread in guest.locked { thread.park(until: .max) } } }
        for sleeper in sleepers { try sleeper.untilBlocked() }
        guest.locked { for sleeper in sleepers { sleeper.thread.wake() } }
        for sleeper in sleepers { #expect(try sleeper.value() == .woken) }
    }
}
