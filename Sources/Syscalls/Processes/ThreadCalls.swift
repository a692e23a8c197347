import Glibc
import Kernel
import Trace
import WasixABI

/// Threads (WasixABI.docc/Threads).
enum ThreadCalls {
    static let bindings = [
        CallBinding(.wasiThreadSpawn, wasiThreadSpawn), CallBinding(.threadSpawnV2, threadSpawnV2),
        CallBinding(.threadSpawn, threadSpawnV2), CallBinding(.threadId, threadId),
        CallBinding(.threadJoin, threadJoin), CallBinding(.threadSleep, threadSleep),
        CallBinding(.threadParallelism, threadParallelism), CallBinding(.threadExit, threadExit),
    ]

    /// `thread-spawn(start_arg)`: the result is the new thread's id, or a negated errno.
    static func wasiThreadSpawn(_ call: Call, _ thread: GuestThread) throws(Errno) {
        thread.frame.pointee.number = try spawn(thread, at: .wasi(argument: call.size(0))).rawValue
    }

    /// `thread_spawn_v2(args, ret_tid)`
    static func threadSpawnV2(_ call: Call, _ thread: GuestThread) throws(Errno) {
        _ = try thread.memory.range(call.pointer(1), 4)
        let id = try spawn(thread, at: .wasi(argument: call.size(0)))
        try thread.memory.store(id.rawValue, at: call.pointer(1))
    }

    /// Starts a thread of the same process.
    /// - Throws: NOTCAPABLE when the module has no entry for it, AGAIN when there is no room for one.
    static func spawn(_ thread: GuestThread, at entry: ThreadEntry) throws(Errno) -> ThreadID {
        let process = thread.process
        guard let runner = thread.image.runner, runner.canStart(entry) else { throw .notcapable }
        guard runner.hasRoomForThread, let made = process.makeThread(by: thread.id) else { throw .again }
        guard runner.start(made, at: entry) else {
            process.forget(made)
            throw .again
        }
        return made.id
    }

    /// `thread_id(ret_tid)`
    static func threadId(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try thread.memory.store(thread.id.rawValue, at: call.pointer(0))
    }

    /// `thread_join(tid)`: an unknown thread has ended.
    static func threadJoin(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let end = try thread.kernel.locked { () throws(Errno) -> WaitEnd in
            guard let other = thread.process.liveThread(call.u32(0)) else { return .woken }
            guard other !== thread else { throw .deadlk }
            return thread.process.join(other.id, thread)
        }
        if end == .interrupted { throw .intr }
    }

    /// `thread_sleep(duration)`: 0 yields.
    static func threadSleep(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard call.u64(0) != 0 else {
            sched_yield()
            return
        }
        let deadline = Deadline.after(call.u64(0), thread)
        let end = thread.kernel.locked { thread.sleep(until: deadline) }
        if end == .interrupted { throw .intr }
    }

    /// `thread_parallelism(ret)`: the processors of the host that the guest may run on.
    static func threadParallelism(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try thread.memory.storeSize(UInt64(HostProcessors.usable), at: call.pointer(0), call)
    }

    /// `thread_exit(code)`: ends this thread alone; the code is ignored.
    static func threadExit(_ call: Call, _ thread: GuestThread) throws(Errno) { thread.wantsExit = true }
}
