import Glibc
import Synchronization
import WasixABI

/// An address in guest memory, of either pointer width.
public struct GuestPointer: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt64
    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    @inlinable
    public static func + (pointer: GuestPointer, offset: Int) -> GuestPointer {
        GuestPointer(rawValue: pointer.rawValue &+ UInt64(truncatingIfNeeded: offset))
    }
    public static let null = GuestPointer(rawValue: 0)
}

/// The linear memory of a process. The base never moves; the size only grows, so the size last seen is always safe.
public final class GuestMemory: @unchecked Sendable {
    // Safe to share: set once before guest threads run; the size only grows, and any thread may see it grow.
    @usableFromInline var base: UnsafeMutableRawPointer?
    @usableFromInline let size = Atomic<UInt64>(0)
    private var measure: (() -> UInt64)?

    public init() {}

    /// Sets the engine's memory, before guest threads run. `measure` answers the size in bytes now, on any guest
    /// thread.
    public func attach(base: UnsafeMutableRawPointer, measure: @escaping () -> UInt64) {
        self.base = base
        self.measure = measure
        size.store(measure(), ordering: .relaxed)
    }

    /// Forgets the engine's memory, which no thread uses any more.
    /// - Returns: what keeps it alive.
    func detach() -> (() -> UInt64)? {
        defer { (base, measure) = (nil, nil) }
        size.store(0, ordering: .relaxed)
        return measure
    }

    /// Its size in bytes when it was last looked at.
    @inlinable var known: UInt64 { size.load(ordering: .relaxed) }

    /// The host address of `count` bytes at `pointer`.
    /// - Throws: FAULT when they leave the memory.
    @inlinable @inline(__always)
    public func range(_ pointer: GuestPointer, _ count: UInt64) throws(Errno) -> UnsafeMutableRawPointer {
        guard let start = rangeIfInside(pointer, count) else { throw .fault }
        return start
    }

    /// As `range`; nil when they leave the memory.
    @inlinable @inline(__always)
    public func rangeIfInside(_ pointer: GuestPointer, _ count: UInt64) -> UnsafeMutableRawPointer? {
        let (end, overflow) = pointer.rawValue.addingReportingOverflow(count)
        if overflow || end > known, overflow || !hasGrown(to: end) { return nil }
        guard let base else { return nil }
        return base + Int(truncatingIfNeeded: pointer.rawValue)
    }

    @usableFromInline func hasGrown(to end: UInt64) -> Bool {
        end <= byteCount
    }

    /// Whether `count` bytes at `pointer` are certainly inside; false may only mean that the memory has grown.
    @inlinable
    public func hasRoom(_ pointer: GuestPointer, _ count: UInt64) -> Bool {
        let (end, overflow) = pointer.rawValue.addingReportingOverflow(count)
        return !overflow && end <= known
    }

    /// Bytes of a page of WebAssembly.
    public static let pageSize: UInt64 = 65_536

    /// Its size in bytes now.
    public var byteCount: UInt64 {
        guard let measure else { return known }
        let now = measure()
        size.store(now, ordering: .relaxed)
        return now
    }

    /// The host address of its first byte; nil when the program has no memory.
    public var start: UnsafeMutableRawPointer? { base }

    /// Bytes from `pointer` to the end of memory.
    public func bytesLeft(from pointer: GuestPointer) -> UInt64 {
        let known = byteCount
        return known > pointer.rawValue ? known - pointer.rawValue : 0
    }

    /// The value at `pointer`, of any alignment.
    /// - Throws: FAULT when it leaves the memory.
    @inlinable
    public func load<Value: FixedWidthInteger>(
        _ pointer: GuestPointer, as type: Value.Type = Value.self
    ) throws(Errno) -> Value {
        try range(pointer, UInt64(MemoryLayout<Value>.size)).loadUnaligned(as: Value.self)
    }

    /// Writes a value at `pointer`, of any alignment.
    /// - Throws: FAULT when it leaves the memory.
    @inlinable @inline(__always)
    public func store<Value: FixedWidthInteger>(_ value: Value, at pointer: GuestPointer) throws(Errno) {
        try range(pointer, UInt64(MemoryLayout<Value>.size)).storeBytes(of: value, as: Value.self)
    }

    /// A copy of `count` bytes. For names and paths, never for data.
    public func bytes(_ pointer: GuestPointer, _ count: UInt64) throws(Errno) -> [UInt8] {
        let start = try range(pointer, count)
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(count)))
    }

    /// All of it, as last measured: payloads of records are captured from here.
    @inlinable
    public var whole: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: Int(known)) }
}
