import Testing
import Trace

@testable import Model

@Suite struct TraceTimeTests {
    /// What a line showed it shows for ever, however the rate is known later.
    @Test func anInstantKeepsItsTime() {
        let clock = TickClock()
        // A rate as wrong as can be.
        var time = TraceTime(clock: clock, startWall: 0, rate: 3)
        var shown: [(ticks: UInt64, nanoseconds: UInt64)] = []
        var last = time
        while clock.elapsed().nanoseconds < 20_000_000 {
            let now = TickClock.now()
            shown.append((now, time.sinceStart(now)))
            last = time
            time = time.refined(by: clock)
        }
        #expect(shown.allSatisfy { time.sinceStart($0.ticks) == $0.nanoseconds })
        #expect(shown.allSatisfy { last.sinceStart($0.ticks) == $0.nanoseconds })
        #expect(zip(shown, shown.dropFirst()).allSatisfy { $0.nanoseconds <= $1.nanoseconds })
    }

    /// Shown and true time come to agree, and go on to while the program runs four times as long: over two spans at least.
    @Test func aWrongRateIsMadeGood() {
        let clock = TickClock()
        let right = TraceTime(measuring: clock)
        var time = TraceTime(clock: clock, startWall: 0, rate: Double(right.nanoseconds(1_000_000_000)) / 1e9 * 3)
        var elapsed = clock.elapsed()
        var lastOff = elapsed.nanoseconds
        // A pause between the readings of two clocks counts for less the later it is: with pauses it takes longer.
        while lastOff >= elapsed.nanoseconds / 4, elapsed.nanoseconds < 30_000_000_000 {
            time = time.refined(by: clock)
            elapsed = clock.elapsed()
            let shown = Double(time.sinceStart(clock.startTicks &+ elapsed.ticks))
            if abs(shown / Double(elapsed.nanoseconds) - 1) > 0.1 { lastOff = elapsed.nanoseconds }
        }
        #expect(lastOff < elapsed.nanoseconds / 4)
    }

    @Test func anInstantFindsItsTicks() {
        let clock = TickClock()
        let time = TraceTime(measuring: clock)
        let instant = clock.startNanoseconds + 5_000_000
        let ticks = time.ticks(monotonic: instant)
        #expect(abs(Int64(time.monotonic(ticks)) - Int64(instant)) <= 1000)
    }
}
