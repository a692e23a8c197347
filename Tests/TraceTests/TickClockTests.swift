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

    @Test func itKeepsTimeWithTheHost() {
        let clock = TickClock()
        var start = timespec()
        clock_gettime(CLOCK_MONOTONIC, &start)
        usleep(20_000)
        let ticks = TickClock.now()
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let passed = Double((end.tv_sec - start.tv_sec) * 1_000_000_000 + end.tv_nsec - start.tv_nsec)
        let measured = Double(clock.nanoseconds(at: ticks, rate: clock.nanosecondsPerTick()))
        #expect(abs(measured - passed) < passed / 10 + 2_000_000)
    }

    @Test func whatWasBeforeTheStartIsTheStart() {
        let clock = TickClock()
        #expect(clock.nanoseconds(at: clock.startTicks, rate: 1) == 0)
        #expect(clock.nanoseconds(at: clock.startTicks - 100, rate: 1) == 0)
        #expect(clock.nanoseconds(at: clock.startTicks + 100, rate: 2) == 200)
    }
}
