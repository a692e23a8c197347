import Glibc

/// Turns the ticks of records into nanoseconds. A value: a frozen state keeps converting as it did when it was made,
/// and an instant once converted keeps its nanoseconds in every later value, so that lines do not change when the rate
/// is known better.
public struct TraceTime: Sendable {
    /// From an instant on: what it is in nanoseconds since the start, and the rate from there.
    private struct Span {
        var ticks: UInt64
        var nanoseconds: UInt64
        var nanosecondsPerTick: Double
    }

    private let startTicks: UInt64
    /// CLOCK_MONOTONIC nanoseconds when the program started.
    public let startMonotonic: UInt64
    /// CLOCK_REALTIME nanoseconds when the program started.
    public let startWall: UInt64
    private var spans: [Span]

    /// - Parameters:
    ///   - clock: the clock that stamps the records.
    ///   - startWall: CLOCK_REALTIME nanoseconds at the clock's start.
    ///   - rate: nanoseconds a tick.
    public init(clock: TickClock, startWall: UInt64, rate: Double) {
        startTicks = clock.startTicks
        startMonotonic = clock.startNanoseconds
        self.startWall = startWall
        spans = [Span(ticks: clock.startTicks, nanoseconds: 0, nanosecondsPerTick: rate)]
    }

    /// For states made by hand: one tick is one nanosecond and both clocks start at 0.
    public init() {
        startTicks = 0
        startMonotonic = 0
        startWall = 0
        spans = [Span(ticks: 0, nanoseconds: 0, nanosecondsPerTick: 1)]
    }

    /// As measured from the clock's start to now, for which it waits until there is enough to measure.
    public init(measuring clock: TickClock) {
        var elapsed = clock.elapsed()
        while elapsed.nanoseconds < Self.shortestMeasure { elapsed = clock.elapsed() }
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        let wallNow = UInt64(wall.tv_sec) * 1_000_000_000 + UInt64(wall.tv_nsec)
        self.init(
            clock: clock, startWall: wallNow &- elapsed.nanoseconds,
            rate: Double(elapsed.nanoseconds) / Double(elapsed.ticks))
    }

    /// Two readings of both clocks, each a few tens of nanoseconds uncertain, make a rate to within a thousandth.
    private static let shortestMeasure: UInt64 = 200_000

    /// The same time, with the rate as it is known now from here on. A new rate is taken whenever the program has run
    /// twice as long as at the last one, so there are few.
    public func refined(by clock: TickClock) -> TraceTime {
        let elapsed = clock.elapsed()
        guard let last = spans.last, elapsed.ticks / 2 > last.ticks &- startTicks, elapsed.ticks > 1 << 20 else {
            return self
        }
        var refined = self
        let now = startTicks &+ elapsed.ticks
        let shown = sinceStart(now)
        // A rate with which shown and true time agree again when the next rate is due.
        let rest = Double(elapsed.nanoseconds) * 2 - Double(shown)
        refined.spans.append(
            Span(ticks: now, nanoseconds: shown, nanosecondsPerTick: max(rest, 1) / Double(elapsed.ticks)))
        return refined
    }

    /// Nanoseconds that `ticks` last, at the rate as it is known now.
    public func nanoseconds(_ ticks: UInt64) -> UInt64 {
        UInt64(Double(ticks) * (spans.last?.nanosecondsPerTick ?? 1))
    }

    /// Nanoseconds that a call took: the same in every later value.
    public func duration(of record: TraceRecord) -> UInt64 {
        sinceStart(record.start &+ record.duration) &- sinceStart(record.start)
    }

    /// Nanoseconds from the program's start to the instant `ticks`.
    public func sinceStart(_ ticks: UInt64) -> UInt64 {
        guard ticks > startTicks, let span = spans.last(where: { $0.ticks <= ticks }) else { return 0 }
        return span.nanoseconds &+ UInt64(Double(ticks &- span.ticks) * span.nanosecondsPerTick)
    }

    /// The instant in ticks of a CLOCK_MONOTONIC time in nanoseconds.
    public func ticks(monotonic: UInt64) -> UInt64 {
        let nanoseconds = sinceStart(monotonic: monotonic)
        guard let span = spans.last(where: { $0.nanoseconds <= nanoseconds }) else { return startTicks }
        return span.ticks &+ UInt64(Double(nanoseconds &- span.nanoseconds) / span.nanosecondsPerTick)
    }

    /// CLOCK_MONOTONIC nanoseconds of the instant `ticks`.
    public func monotonic(_ ticks: UInt64) -> UInt64 { startMonotonic &+ sinceStart(ticks) }

    /// CLOCK_REALTIME nanoseconds of the instant `ticks`, counted on from the program's start.
    public func wall(_ ticks: UInt64) -> UInt64 { startWall &+ sinceStart(ticks) }

    /// Nanoseconds from the program's start to an instant of CLOCK_MONOTONIC.
    public func sinceStart(monotonic: UInt64) -> UInt64 {
        monotonic > startMonotonic ? monotonic &- startMonotonic : 0
    }
}
