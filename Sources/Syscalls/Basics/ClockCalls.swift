import Glibc
import Kernel
import WasixABI

/// Clocks and the scheduler. The guest's clock numbers are the host's.
enum ClockCalls {
    static let bindings: [CallBinding] = [
        CallBinding(.clockResGet, clockResGet),
        CallBinding(.clockTimeGet, clockTimeGet),
        CallBinding(.clockTimeSet, clockTimeSet),
        CallBinding(.schedYield, schedYield),
    ]

    private static func clockResGet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.range(call.pointer(1), 8)
        guard call.u32(0) <= ClockID.threadCPU.rawValue, let resolution = HostClock.resolution(call.i32(0)) else {
            throw .inval
        }
        target.storeBytes(of: resolution, as: UInt64.self)
    }

    /// The call that guests make most often: one host call, which does not enter the host's kernel (vdso(7)), and one
    /// store.
    private static func clockTimeGet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let clock = call.u32(0)
        guard clock <= ClockID.threadCPU.rawValue else { throw .inval }
        let target = try thread.memory.range(call.pointer(2), 8)
        let offset = UInt64(bitPattern: thread.process.clockOffsets[Int(clock)])
        let host = clockid_t(bitPattern: clock)
        let now =
            clock <= ClockID.monotonic.rawValue ? thread.kernel.clock.now(host) : HostClock.now(host)
        target.storeBytes(of: now &+ offset, as: UInt64.self)
    }

    /// Sets the clock for this process alone. Only the time of day can be set, as on Linux.
    private static func clockTimeSet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let clock = call.u32(0)
        guard clock <= ClockID.threadCPU.rawValue else { throw .inval }
        guard clock == ClockID.realtime.rawValue else { throw .perm }
        thread.process.clockOffsets[Int(clock)] = Int64(
            bitPattern: call.u64(1) &- thread.kernel.clock.now(CLOCK_REALTIME))
    }

    private static func schedYield(_ call: Call, _ thread: GuestThread) throws(Errno) {
        _ = sched_yield()
    }
}
