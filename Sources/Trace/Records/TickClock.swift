import CLinux

/// The clock that stamps records: the cycle counter where the processor keeps it invariant, else CLOCK_MONOTONIC.
///
/// Converting needs no calibration pause: the rate is taken from the two pairs (now, start), so it gets better the
/// longer the program runs.
public struct TickClock: Sendable {
    public let startTicks: UInt64
    /// CLOCK_MONOTONIC nanoseconds at the same instant.
    public let startNanoseconds: UInt64

    /// Whether ticks are processor cycles; else they are CLOCK_MONOTONIC nanoseconds.
    @inlinable
    public static var usesCycles: Bool { cl_uses_cycles() }

    /// The present, in ticks.
    @inlinable
    public static func now() -> UInt64 { usesCycles ? cl_cycles() : cl_monotonic_ns() }

    public init() {
        startTicks = Self.now()
        startNanoseconds = cl_monotonic_ns()
    }

    /// How long the program has run, by both clocks. Reads two clocks.
    public func elapsed() -> (ticks: UInt64, nanoseconds: UInt64) {
        let nanoseconds = cl_monotonic_ns() &- startNanoseconds
        return (Self.now() &- startTicks, nanoseconds)
    }

    /// Nanoseconds a tick, as of now. Call at most once a drain: it reads two clocks.
    public func nanosecondsPerTick() -> Double {
        guard Self.usesCycles else { return 1 }
        let ticks = Self.now() &- startTicks
        let nanoseconds = cl_monotonic_ns() &- startNanoseconds
        guard ticks > 0, nanoseconds > 0 else { return 1 }
        return Double(nanoseconds) / Double(ticks)
    }

    /// Nanoseconds from the program's start to `ticks`.
    public func nanoseconds(at ticks: UInt64, rate: Double) -> UInt64 {
        ticks > startTicks ? UInt64(Double(ticks &- startTicks) * rate) : 0
    }
}
