import Kernel
import WasixABI

/// Futexes (WasixABI.docc/Futexes). libc traps on any errno of `futex_wait`, so an interrupted wait is reported as a
/// spurious wake-up.
enum FutexCalls {
    static let bindings = [
        CallBinding(.futexWait, futexWait), CallBinding(.futexWake, futexWake),
        CallBinding(.futexWakeAll, futexWakeAll),
    ]

    /// `futex_wait(addr, expected, timeout, ret_woken)`
    static func futexWait(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let word = try word(call, thread.memory)
        let timeout = try thread.memory.range(call.pointer(2), UInt64(OptionTimestampLayout.size))
        _ = try thread.memory.range(call.pointer(3), 1)
        let hasTimeout = timeout.load(as: UInt8.self) != 0
        let nanoseconds = timeout.loadUnaligned(fromByteOffset: OptionTimestampLayout.value, as: UInt64.self)
        let deadline = hasTimeout ? Deadline.after(nanoseconds, thread) : .max
        thread.kernel.lock()
        let end = thread.futexes.wait(word, .u32(call.u32(1)), until: deadline, thread)
        thread.kernel.unlock()
        // libc never sees what is answered now.
        guard !thread.isEnding else { throw .intr }
        try thread.memory.store(UInt8(end == .timedOut ? 0 : 1), at: call.pointer(3))
    }

    /// `futex_wake(addr, ret_woken)`
    static func futexWake(_ call: Call, _ thread: GuestThread) throws(Errno) { try wake(call, thread, limit: 1) }

    /// `futex_wake_all(addr, ret_woken)`
    static func futexWakeAll(_ call: Call, _ thread: GuestThread) throws(Errno) { try wake(call, thread, limit: .max) }

    private static func wake(_ call: Call, _ thread: GuestThread, limit: Int) throws(Errno) {
        let word = try word(call, thread.memory)
        _ = try thread.memory.range(call.pointer(1), 1)
        thread.kernel.lock()
        let woken = thread.futexes.wake(word, limit: limit, by: thread)
        thread.kernel.unlock()
        try thread.memory.store(UInt8(woken > 0 ? 1 : 0), at: call.pointer(1))
    }

    private static func word(_ call: Call, _ memory: GuestMemory) throws(Errno) -> UnsafeMutableRawPointer {
        guard call.pointer(0).rawValue & 3 == 0 else { throw .inval }
        return try memory.range(call.pointer(0), 4)
    }
}
