import Kernel
import WasixABI

/// The working directory: a path that the process keeps and libc reads back.
enum WorkingDirectoryCalls {
    static let bindings: [CallBinding] = [CallBinding(.getcwd, getcwd), CallBinding(.chdir, chdir)]

    /// Writes the needed length back whatever the buffer's size; libc asks again with that much
    /// (WasixABI.docc/WorkingDirectory).
    private static func getcwd(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let memory = thread.memory
        let path = thread.kernel.locked { thread.process.workingDirectory }
        let length = try memory.loadSize(call.pointer(1), call)
        let needed = UInt64(path.count + 1)
        try memory.storeSize(needed, at: call.pointer(1), call)
        guard call.pointer(0) != .null, length >= needed else { throw .range }
        let target = try memory.range(call.pointer(0), needed)
        path.withUnsafeBytes { target.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        target.storeBytes(of: 0, toByteOffset: path.count, as: UInt8.self)
    }

    private static func chdir(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try WorkingDirectory.change(to: try PathCalls.text(0, call, thread), thread.process)
    }
}
