import Kernel
import Trace
import WasixABI

/// Contexts of a thread: code with call stacks of its own that takes turns (WasixABI.docc/Contexts).
enum ContextCalls {
    static let bindings = [
        CallBinding(.contextCreate, contextCreate), CallBinding(.contextSwitch, contextSwitch),
        CallBinding(.contextDestroy, contextDestroy),
    ]

    private static func runner(_ thread: GuestThread) throws(Errno) -> any GuestRunner {
        guard let runner = thread.image.runner, !thread.isBorrowed else { throw .notsup }
        return runner
    }

    /// `context_create(ret_id, entrypoint)`
    private static func contextCreate(_ call: Call, _ thread: GuestThread) throws(Errno) {
        _ = try thread.memory.range(call.pointer(0), 8)
        let id = try runner(thread).createContext(UInt64(call.u32(1)), on: thread)
        try thread.memory.store(id, at: call.pointer(0))
    }

    /// `context_switch(id)`: returns when somebody switches back.
    private static func contextSwitch(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try runner(thread).switchContext(call.u64(0), on: thread)
    }

    /// `context_destroy(id)`
    private static func contextDestroy(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try runner(thread).destroyContext(call.u64(0), on: thread)
    }
}
