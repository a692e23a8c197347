import Trace

/// Turns the ticks of records into nanoseconds. A value: a frozen state keeps converting as it did when it was made.
package struct TraceTime: Sendable {
    private let startTicks: UInt64
    /// CLOCK_MONOTONIC nanoseconds when the program started.
    package let startMonotonic: UInt64
    /// CLOCK_REALTIME nanoseconds when the program started.
    package let startWall: UInt64
    private let nanosecondsPerTick: Double

    /// - Parameters:
    ///   - clock: the clock that stamps the records.
    ///   - startWall: CLOCK_REALTIME nanoseconds at the clock's start.
    ///   - rate: `TickClock.nanosecondsPerTick()` as last measured.
    package init(clock: TickClock, startWall: UInt64, rate: Double) {
        startTicks = clock.startTicks
        startMonotonic = clock.startNanoseconds
        self.startWall = startWall
        nanosecondsPerTick = rate
    }

    /// For states made by hand: one tick is one nanosecond and both clocks start at 0.
    package init() {
        startTicks = 0
        startMonotonic = 0
        startWall = 0
        nanosecondsPerTick = 1
    }

    /// Nanoseconds that `ticks` last.
    package func nanoseconds(_ ticks: UInt64) -> UInt64 { UInt64(Double(ticks) * nanosecondsPerTick) }

    /// Nanoseconds from the program's start to the instant `ticks`.
    package func sinceStart(_ ticks: UInt64) -> UInt64 { ticks > startTicks ? nanoseconds(ticks &- startTicks) : 0 }

    /// CLOCK_MONOTONIC nanoseconds of the instant `ticks`.
    package func monotonic(_ ticks: UInt64) -> UInt64 { startMonotonic &+ sinceStart(ticks) }

    /// CLOCK_REALTIME nanoseconds of the instant `ticks`, counted on from the program's start.
    package func wall(_ ticks: UInt64) -> UInt64 { startWall &+ sinceStart(ticks) }

    /// Nanoseconds from the program's start to an instant of CLOCK_MONOTONIC.
    package func sinceStart(monotonic: UInt64) -> UInt64 {
        monotonic > startMonotonic ? monotonic &- startMonotonic : 0
    }
}
