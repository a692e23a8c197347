import Synchronization
import TestSupport
import Testing

@testable import Model

@Suite struct PollingThreadTests {
    /// What rounds were made for.
    private final class Rounds: Sendable {
        private let made = Mutex<[PollingThread.Reason]>([])
        var all: [PollingThread.Reason] { made.withLock { $0 } }

        /// A thread that sleeps for an hour between two rounds.
        func thread() -> PollingThread {
            PollingThread { reason in
                self.made.withLock { $0.append(reason) }
                return 3_600_000
            }
        }
    }

    @Test func whoWakesItNeedNotWait() throws {
        let rounds = Rounds()
        let thread = rounds.thread()
        thread.start()
        try awaitCondition("rounds") { rounds.all == [.due] }
        thread.wake()
        try awaitCondition("rounds") { rounds.all == [.due, .woken] }
        thread.stop()
        #expect(rounds.all == [.due, .woken, .last])
    }

    /// A pipe full of wake-ups neither blocks who wakes nor hides the end.
    @Test func aFloodOfWakeUpsEndsWithTheThread() {
        let rounds = Rounds()
        let thread = rounds.thread()
        for _ in 0..<100_000 { thread.wake() }
        thread.start()
        for _ in 0..<1_000 { thread.wake() }
        thread.stop()
        #expect(rounds.all.last == .last && rounds.all.count { $0 == .last } == 1)
    }

    @Test func afterAWakeUpDrainsFollowEachOtherSoon() {
        var pace = DrainPace()
        for _ in 0..<10 { _ = pace.next(count: 0, fill: 0) }
        #expect(pace.next(count: 0, fill: 0) == 20)
        pace.hurry()
        #expect((0..<6).map { _ in pace.next(count: 0, fill: 0) } == [1, 2, 4, 8, 16, 20])
    }
}
