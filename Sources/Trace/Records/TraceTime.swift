import Glibc

/// Turns the ticks of records into nanoseconds. A value: a frozen state keeps converting as it did when it was made.
public struct TraceTime: Sendable {
    private let startTicks: UInt64
    /// CLOCK_MONOTONIC nanoseconds when the program started.
    public let startMonotonic: UInt64
    /// CLOCK_REALTIME nanoseconds when the program started.
    public let startWall: UInt64
    private let nanosecondsPerTick: Double

    /// - Parameters:
    ///   - clock: the clock that stamps the records.
    ///   - startWall: CLOCK_REALTIME nanoseconds at the clock's start.
    ///   - rate: `TickClock.nanosecondsPerTick()` as last measured.
    public init(clock: TickClock, startWall: UInt64, rate: Double) {
        startTicks = clock.startTicks
        startMonotonic = clock.startNanoseconds
        self.startWall = startWall
        nanosecondsPerTick = rate
    }

    /// For states made by hand: one tick is one nanosecond and both clocks start at 0.
    public init() {
        startTicks = 0
        startMonotonic = 0
        startWall = 0
        nanosecondsPerTick = 1
    }

    /// Nanoseconds that `ticks` last.
    public func nanoseconds(_ ticks: UInt64) -> UInt64 { UInt64(Double(ticks) * nanosecondsPerTick) }

    /// Nanoseconds from the program's start to the instant `ticks`.
    public func sinceStart(_ ticks: UInt64) -> UInt64 { ticks > startTicks ? nanoseconds(ticks &- startTicks) : 0 }

    /// CLOCK_MONOTONIC nanoseconds of the instant `ticks`.
    public func monotonic(_ ticks: UInt64) -> UInt64 { startMonotonic &+ sinceStart(ticks) }

    /// CLOCK_REALTIME nanoseconds of the instant `ticks`, counted on from the program's start.
    public func wall(_ ticks: UInt64) -> UInt64 { startWall &+ sinceStart(ticks) }

    /// Nanoseconds from the program's start to an instant of CLOCK_MONOTONIC.
    public func sinceStart(monotonic: UInt64) -> UInt64 {
        monotonic > startMonotonic ? monotonic &- startMonotonic : 0
    }
}

extension TraceTime {
    /// As of now.
    public init(measuring clock: TickClock) {
        let rate = clock.nanosecondsPerTick()
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        let sinceStart = clock.nanoseconds(at: TickClock.now(), rate: rate)
        let wallNow = UInt64(wall.tv_sec) * 1_000_000_000 + UInt64(wall.tv_nsec)
        self.init(clock: clock, startWall: wallNow &- sinceStart, rate: rate)
    }

    /// The same with the rate as it is known now; the longer the program runs, the better.
    public func refined(by clock: TickClock) -> TraceTime {
        TraceTime(clock: clock, startWall: startWall, rate: clock.nanosecondsPerTick())
    }
}
