import Glibc

/// Points in time as the kernel's waits take them: CLOCK_MONOTONIC nanoseconds, 0 for "do not wait", all ones for
/// "never".
enum Deadline {
    static func now(_ clock: clockid_t = CLOCK_MONOTONIC) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// `nanoseconds` from now; 0 at once, anything with the top bit set never.
    @inline(__always)
    static func after(_ nanoseconds: UInt64) -> UInt64 {
        if nanoseconds == 0 { return 0 }
        if nanoseconds >= 1 << 63 { return .max }
        return now() &+ nanoseconds
    }
}
