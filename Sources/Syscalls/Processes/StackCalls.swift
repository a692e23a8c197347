import Kernel
import Trace
import WasixABI

/// setjmp and longjmp of modules that were built with asyncify (WasixABI.docc/Stacks).
enum StackCalls {
    static let bindings = [
        CallBinding(.stackCheckpoint, stackCheckpoint), CallBinding(.stackRestore, stackRestore),
    ]

    /// `stack_checkpoint(snapshot, ret_val)`: 0 at first; the value of `stack_restore` each time the code comes back.
    private static func stackCheckpoint(_ call: Call, _ thread: GuestThread) throws(Errno) {
        if let answer = thread.takeRewound() {
            guard answer.errno == .success else { throw answer.errno }
            try thread.memory.store(answer.value, at: call.pointer(1))
            return
        }
        _ = try thread.memory.range(call.pointer(0), UInt64(StackSnapshotLayout.size))
        _ = try thread.memory.range(call.pointer(1), 8)
        try thread.unwind(for: .checkpoint(snapshot: call.pointer(0), result: call.pointer(1)))
    }

    /// `stack_restore(snapshot, val)`: does not return; 0 comes back as 1 (longjmp(3)).
    private static func stackRestore(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let key = try CheckpointKey(at: call.pointer(0), thread.memory)
        guard !thread.goBack(to: key, value: max(call.u64(1), 1)) else { return }
        thread.process.end(.trapped(message: "stack_restore of a checkpoint that does not exist", stack: []))
    }
}
