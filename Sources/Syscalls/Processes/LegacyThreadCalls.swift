import Kernel
import WasixABI

/// Threads and thread-local slots as programs of 2022-2023 have them (WasixABI.docc/LegacyPrograms).
enum LegacyThreadCalls {
    static let bindings = [
        CallBinding(.threadSpawnLegacy, threadSpawn), CallBinding(.threadLocalCreate, threadLocalCreate),
        CallBinding(.threadLocalDestroy, threadLocalDestroy), CallBinding(.threadLocalSet, threadLocalSet),
        CallBinding(.threadLocalGet, threadLocalGet),
    ]

    /// `thread_spawn(user_data, stack_base, stack_start, reactor, ret_tid)`: `stack_base` is the upper end of the
    /// stack; the lower one is the guest's own business.
    private static func threadSpawn(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.range(call.pointer(4), 4)
        guard let stackBase = UInt32(exactly: call.u64(1)) else { throw .inval }
        let entry = ThreadEntry.legacy(userData: call.u64(0), stackBase: stackBase, isReactor: call.u32(3) != 0)
        let id = try ThreadCalls.spawn(thread, at: entry)
        target.storeBytes(of: id.rawValue, as: UInt32.self)
    }

    /// `thread_local_create(user_data, ret_key)`
    private static func threadLocalCreate(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.range(call.pointer(1), 4)
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        target.storeBytes(of: try thread.process.createLocal(userData: call.u64(0)), as: UInt32.self)
    }

    /// `thread_local_destroy(key)`: the destructor gets each thread's value, on this thread.
    private static func threadLocalDestroy(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let process = thread.process
        let values = try thread.kernel.locked { () throws(Errno) in try process.destroyLocal(call.u32(0)) }
        for value in values where !thread.isEnding && !thread.wantsExit {
            thread.image.runner?.destroy(value, on: thread)
        }
    }

    /// `thread_local_set(key, value)`
    private static func threadLocalSet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        try thread.setLocal(call.u32(0), call.u64(1))
    }

    /// `thread_local_get(key, ret_val)`
    private static func threadLocalGet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.range(call.pointer(1), 8)
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        target.storeBytes(of: try thread.local(call.u32(0)), as: UInt64.self)
    }
}
