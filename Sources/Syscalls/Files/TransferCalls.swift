import Kernel
import Trace
import WasixABI

/// Bytes in and out of descriptors. `fd_read` and `fd_write` serve every kind of description: no allocation, no
/// reference counting, one lock.
enum TransferCalls {
    static let bindings: [CallBinding] = [
        CallBinding(.fdRead, fdRead),
        CallBinding(.fdWrite, fdWrite),
        CallBinding(.fdPread, fdPread),
        CallBinding(.fdPwrite, fdPwrite),
        CallBinding(.fdSeek, fdSeek),
        CallBinding(.fdSeekUnstable, fdSeekUnstable),
        CallBinding(.fdTell, fdTell),
    ]

    private static func fdRead(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try transfer(call, thread, allowing: .fdRead, result: 3) { file, vectors in
            file.held { file in
                let vectors = thread.kernel.hasReadLimits ? thread.kernel.limited(vectors, from: file) : vectors
                let result = file.read(into: vectors, thread)
                thread.noteRead(result, of: vectors, from: file)
                return result
            }
        }
    }

    private static func fdWrite(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try transfer(call, thread, allowing: .fdWrite, result: 3) { file, vectors in
            file.held { $0.write(from: vectors, thread) }
        }
    }

    private static func fdPread(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try transferAt(call, thread, allowing: .fdRead) { $0.read(into: $1, at: $2) }
    }

    private static func fdPwrite(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try transferAt(call, thread, allowing: .fdWrite) { $0.write(from: $1, at: $2) }
    }

    private static func transferAt(
        _ call: Call, _ thread: GuestThread, allowing right: Rights,
        _ body: (HostFile, IoVectors, Int64) -> IoResult
    ) throws(Errno) {
        let offset = call.i64(3)
        try transfer(call, thread, allowing: right, result: 4, isValid: offset >= 0) { file, vectors in
            guard let file = file as? HostFile else { return .failed(.spipe) }
            return body(file, vectors, offset)
        }
    }

    /// What all transfers have in common: reading the arguments, finding the description under the lock, storing the
    /// count. It is inlined into each call, because `fd_read` and `fd_write` are most of what a guest does.
    /// - Parameters:
    ///   - index: the argument that says where the count goes.
    ///   - isValid: false when another argument, looked at after those, makes the call an invalid one.
    @inline(__always)
    private static func transfer(
        _ call: Call, _ thread: GuestThread, allowing right: Rights, result index: Int, isValid: Bool = true,
        _ body: (OpenFile, IoVectors) -> IoResult
    ) throws(Errno) {
        let vectors = try call.vectors(1, thread)
        let target = try countTarget(index, call, thread)
        guard isValid else { throw .inval }
        let kernel = thread.kernel
        kernel.lock()
        let result: IoResult
        do throws(Errno) {
            let file = try thread.descriptors.file(call.fd(0), thread, allowing: right)
            result = file._withUnsafeGuaranteedRef { body($0, vectors) }
        } catch {
            result = .failed(error)
        }
        kernel.unlock()
        try finish(result, target, call)
    }

    private static func fdSeek(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try seek(call, thread, call.i64(1), Whence(rawValue: call.u8(2)), result: 3)
    }

    /// Snapshot 0 numbers `whence` otherwise.
    private static func fdSeekUnstable(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard let whence = Whence(unstable: call.u8(2)) else { throw .inval }
        try seek(call, thread, call.i64(1), whence, result: 3)
    }

    private static func fdTell(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try seek(call, thread, 0, .current, result: 1)
    }

    private static func seek(
        _ call: Call, _ thread: GuestThread, _ offset: Int64, _ whence: Whence, result: Int
    ) throws(Errno) {
        let target = try thread.memory.range(call.pointer(result), 8)
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        guard let file = thread.descriptors.file(call.fd(0), thread)?.takeUnretainedValue() else { throw .badf }
        if file.kind == .directory { throw .badf }
        guard let file = file as? HostFile else { throw .spipe }
        target.storeBytes(of: try file.seek(offset, whence), as: UInt64.self)
    }

    // MARK: results

    /// The memory for the byte count. It is checked before anything moves, because data that was read cannot be put
    /// back.
    @inline(__always)
    private static func countTarget(
        _ index: Int, _ call: Call, _ thread: GuestThread
    ) throws(Errno) -> UnsafeMutableRawPointer {
        try thread.memory.range(call.pointer(index), call.isWide ? 8 : 4)
    }

    @inline(__always)
    private static func finish(_ result: IoResult, _ target: UnsafeMutableRawPointer, _ call: Call) throws(Errno) {
        guard result.isSuccess else { throw result.errno }
        if call.isWide {
            target.storeBytes(of: UInt64(result.count), as: UInt64.self)
        } else {
            target.storeBytes(of: UInt32(truncatingIfNeeded: result.count), as: UInt32.self)
        }
    }
}
