import CLinux
import Glibc

/// The host's clocks, in nanoseconds.
public enum HostClock {
    /// The time now, by a clock that the host has.
    @inlinable @inline(__always)
    public static func now(_ clock: clockid_t = CLOCK_MONOTONIC) -> UInt64 {
        var time = timespec()
        _ = clock_gettime(clock, &time)
        return nanoseconds(time)
    }

    /// Nil for a clock that the host does not have.
    public static func resolution(_ clock: clockid_t) -> UInt64? {
        var time = timespec()
        return clock_getres(clock, &time) == 0 ? nanoseconds(time) : nil
    }

    @inlinable @inline(__always)
    static func nanoseconds(_ time: timespec) -> UInt64 {
        UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    }
}
