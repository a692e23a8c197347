import Kernel
import WasixABI

/// Listing directories, and finding out which ones were granted.
enum DirectoryCalls {
    static let bindings: [CallBinding] = [
        CallBinding(.fdReaddir, fdReaddir),
        CallBinding(.fdPrestatGet, fdPrestatGet),
        CallBinding(.fdPrestatDirName, fdPrestatDirName),
    ]

    private static func fdReaddir(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let memory = thread.memory
        let length = call.size(2)
        let buffer = UnsafeMutableRawBufferPointer(
            start: try memory.range(call.pointer(1), length), count: Int(clamping: length))
        _ = try memory.range(call.pointer(4), call.isWide ? 8 : 4)
        thread.kernel.lock()
        let used: Int
        do throws(Errno) {
            used = try list(call, into: buffer, thread)
        } catch {
            thread.kernel.unlock()
            throw error
        }
        thread.kernel.unlock()
        try memory.storeSize(UInt64(used), at: call.pointer(4), call)
    }

    private static func list(
        _ call: Call, into buffer: UnsafeMutableRawBufferPointer, _ thread: GuestThread
    ) throws(Errno) -> Int {
        guard let file = thread.descriptors.file(call.fd(0), thread)?.takeUnretainedValue() else { throw .badf }
        return try file.list(into: buffer, after: call.u64(3))
    }

    // libc asks for 3, 4, 5, ... and takes BADF, and nothing else, for the end of the granted directories.

    private static func fdPrestatGet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.range(call.pointer(1), UInt64(PrestatLayout.size))
        let name = try grantedName(call, thread)
        target.initializeMemory(as: UInt8.self, repeating: 0, count: PrestatLayout.size)
        target.storeBytes(of: PreopenType.directory.rawValue, toByteOffset: PrestatLayout.tag, as: UInt8.self)
        target.storeBytes(of: UInt32(name.count), toByteOffset: PrestatLayout.nameLength, as: UInt32.self)
    }

    private static func fdPrestatDirName(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let name = try grantedName(call, thread)
        guard call.size(2) >= UInt64(name.count) else { throw .nametoolong }
        let target = try thread.memory.range(call.pointer(1), UInt64(name.count))
        name.withUnsafeBytes { target.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }

    private static func grantedName(_ call: Call, _ thread: GuestThread) throws(Errno) -> [UInt8] {
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        let descriptors = thread.descriptors
        guard descriptors.file(call.fd(0), thread) != nil,
            let name = descriptors.grant(call.fd(0))?.preopenName
        else { throw .badf }
        return name
    }
}
