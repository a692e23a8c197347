import Kernel

/// Points in time as the kernel's waits take them: CLOCK_MONOTONIC nanoseconds, 0 for "do not wait", all ones for
/// "never".
enum Deadline {
    /// `nanoseconds` from now; 0 at once, anything with the top bit set never.
    @inline(__always)
    static func after(_ nanoseconds: UInt64) -> UInt64 {
        if nanoseconds == 0 { return 0 }
        if nanoseconds >= 1 << 63 { return .max }
        return HostClock.now() &+ nanoseconds
    }

    /// What `after` takes for what is left until a point in time.
    static func timeLeft(until deadline: UInt64) -> UInt64 {
        guard deadline != .max else { return .max }
        let now = HostClock.now()
        return deadline > now ? deadline - now : 0
    }
}
