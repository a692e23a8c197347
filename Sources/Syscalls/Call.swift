import Glibc
import Kernel
import Trace
import WasixABI

/// The arguments of one call in progress: the engine's slots, 16 bytes each, read by position.
public struct Call {
    public let slots: UnsafePointer<UInt64>
    /// Pointers and sizes are 64 bits wide (`wasix_64v1`).
    public let isWide: Bool

    @inline(__always)
    public init(slots: UnsafePointer<UInt64>, isWide: Bool) {
        self.slots = slots
        self.isWide = isWide
    }

    @inline(__always)
    func u64(_ index: Int) -> UInt64 { slots[index &* 2] }
    @inline(__always)
    func i64(_ index: Int) -> Int64 { Int64(bitPattern: u64(index)) }
    @inline(__always)
    func u32(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: u64(index)) }
    @inline(__always)
    func i32(_ index: Int) -> Int32 { Int32(truncatingIfNeeded: u64(index)) }
    @inline(__always)
    func u16(_ index: Int) -> UInt16 { UInt16(truncatingIfNeeded: u64(index)) }
    @inline(__always)
    func u8(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: u64(index)) }
    @inline(__always)
    func fd(_ index: Int) -> FdNumber { FdNumber(rawValue: u32(index)) }
    /// A length or count of the guest's pointer width.
    @inline(__always)
    func size(_ index: Int) -> UInt64 { isWide ? u64(index) : UInt64(u32(index)) }
    @inline(__always)
    func pointer(_ index: Int) -> GuestPointer { GuestPointer(rawValue: size(index)) }
}

/// What a row of the call table does. Throwing an errno makes it the call's result.
public typealias CallBody = @Sendable (Call, GuestThread) throws(Errno) -> Void

/// A row's implementation.
public struct CallBinding: Sendable {
    public let id: CallID
    public let body: CallBody

    init(_ id: CallID, _ body: @escaping CallBody) {
        self.id = id
        self.body = body
    }
}

extension GuestMemory {
    /// Writes a value of the guest's pointer width.
    @inline(__always)
    func storeSize(_ value: UInt64, at pointer: GuestPointer, _ call: Call) throws(Errno) {
        if call.isWide {
            try store(value, at: pointer)
        } else {
            try store(UInt32(truncatingIfNeeded: value), at: pointer)
        }
    }

    @inline(__always)
    func loadSize(_ pointer: GuestPointer, _ call: Call) throws(Errno) -> UInt64 {
        call.isWide ? try load(pointer, as: UInt64.self) : UInt64(try load(pointer, as: UInt32.self))
    }
}

extension Call {
    /// The guest's iovec array at argument `index` (its count is the next argument) as host vectors in the thread's
    /// scratch memory, every buffer checked but those without a byte. What is more than one call moves is left out
    /// (Linux: MAX_RW_COUNT).
    /// - Throws: INVAL for more vectors than Linux takes or a length that is negative as a signed number, FAULT for a
    ///   buffer outside memory.
    @inline(__always)
    func vectors(_ index: Int, _ thread: GuestThread) throws(Errno) -> IoVectors {
        let count = size(index + 1)
        guard count <= UInt64(IoVectors.limit) else { throw .inval }
        let memory = thread.memory
        let scratch = thread.vectorScratch
        guard count > 0 else { return IoVectors(base: scratch, count: 0, total: 0) }
        var source = UnsafeRawPointer(try memory.range(pointer(index), count &* (isWide ? 16 : 8)))
        let longest = isWide ? UInt64(Int64.max) : UInt64(Int32.max)
        var total: UInt64 = 0
        var isInside = true
        for position in 0..<Int(count) {
            let base: UInt64
            var length: UInt64
            if isWide {
                base = source.loadUnaligned(as: UInt64.self)
                length = source.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                source += 16
            } else {
                base = UInt64(source.loadUnaligned(as: UInt32.self))
                length = UInt64(source.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
                source += 8
            }
            guard length <= longest else { throw .inval }
            // A wrong length is reported before a wrong address.
            var start = UnsafeMutableRawPointer(scratch)
            if length > 0 {
                if let inside = memory.rangeIfInside(GuestPointer(rawValue: base), length) {
                    start = inside
                } else {
                    isInside = false
                }
            }
            length = min(length, IoVectors.mostBytes - total)
            scratch[position] = iovec(iov_base: start, iov_len: Int(length))
            total += length
        }
        guard isInside else { throw .fault }
        return IoVectors(base: scratch, count: Int(count), total: Int(total))
    }
}
