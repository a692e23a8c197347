import Glibc
import Testing

@testable import Trace

@Suite struct TickClockTests {
    @Test func itNeverGoesBack() {
        var last = TickClock.now()
        for _ in 0..<100_000 {
            let now = TickClock.now()
            #expect(now >= last)
            last = now
        }
    }

    /// Unless something comes between the readings of the two clocks, which on a busy machine it does now and then.
    @Test func itKeepsTimeWithTheHost() {
        #expect((0..<100).contains { _ in agrees() })
    }

    private func agrees() -> Bool {
        let clock = TickClock()
        let start = Self.hostTime()
        usleep(20_000)
        let ticks = TickClock.now()
        let passed = Double(Self.hostTime() - start)
        let measured = Double(clock.nanoseconds(at: ticks, rate: clock.nanosecondsPerTick()))
        return abs(measured - passed) < passed / 10
    }

    private static func hostTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    @Test func whatWasBeforeTheStartIsTheStart() {
        let clock = TickClock()
        #expect(clock.nanoseconds(at: clock.startTicks, rate: 1) == 0)
        #expect(clock.nanoseconds(at: clock.startTicks - 100, rate: 1) == 0)
        #expect(clock.nanoseconds(at: clock.startTicks + 100, rate: 2) == 200)
    }
}
