import Kernel
import Trace
import WasixABI

/// The process itself (WasixABI.docc/Processes): identity and end. Calls that make processes are not implemented yet.
enum ProcessCalls {
    static let bindings = [
        CallBinding(.procExit, procExit), CallBinding(.procExit2, procExit), CallBinding(.procId, procId),
        CallBinding(.procParent, procParent),
    ]

    /// `proc_exit(code)`, `proc_exit2(code)`: every thread ends.
    static func procExit(_ call: Call, _ thread: GuestThread) throws(Errno) {
        thread.process.end(.exited(code: call.u32(0)))
    }

    /// `proc_id(ret_pid)`
    static func procId(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try thread.memory.store(thread.process.id.rawValue, at: call.pointer(0))
    }

    /// `proc_parent(pid, ret_pid)`: 0 for the initial process.
    static func procParent(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard let parent = thread.kernel.parent(of: ProcessID(rawValue: call.u32(0))) else { throw .badf }
        try thread.memory.store(parent.rawValue, at: call.pointer(1))
    }
}
