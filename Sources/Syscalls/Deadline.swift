import Kernel

/// Points in time as the kernel's waits take them: nanoseconds of the guest's clock, 0 for "do not wait", all ones for
/// "never".
enum Deadline {
    /// `nanoseconds` from now; 0 at once, anything with the top bit set never.
    @inline(__always)
    static func after(_ nanoseconds: UInt64, _ thread: GuestThread) -> UInt64 {
        if nanoseconds == 0 { return 0 }
        if nanoseconds >= 1 << 63 { return .max }
        return thread.kernel.clock.now() &+ nanoseconds
    }

    /// What `after` takes for what is left until a point in time.
    static func timeLeft(until deadline: UInt64, _ thread: GuestThread) -> UInt64 {
        guard deadline != .max else { return .max }
        let now = thread.kernel.clock.now()
        return deadline > now ? deadline - now : 0
    }
}
