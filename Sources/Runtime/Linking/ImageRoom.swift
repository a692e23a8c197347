import Kernel
import WasixABI
import WasmEngine

/// Where the modules of a program lie in its memory and its table: nothing at address 0, the main thread's stack, the modules
/// that are there from the beginning, then the heap. Modules that come later lie in memory that is added for them.
struct ImageRoom: Sendable {
    /// Nothing lies below, so that a null pointer with a small offset is nobody's.
    private static let stackLow: UInt64 = 1024
    private static let mostStack: UInt64 = 8 << 20
    private static let leastAlignment: UInt64 = 16
    private static let addressSpace: UInt64 = 1 << 32

    /// Bounds of the main thread's stack, which grows down: what overflows it leaves the memory.
    let stack: Range<UInt32>
    private(set) var heapBase: UInt32 = 0
    private var next: UInt64
    private var end = addressSpace
    /// Where the memory begins that was added last.
    private var begin: UInt64 = 0
    /// Place 0 is the null pointer.
    private var nextTablePlace: UInt64 = 1
    private let limit: UInt64
    var memory: Memory?

    /// - Parameter limit: bytes that the memory can have.
    init(limit: UInt64) {
        self.limit = limit
        let size = min(Self.mostStack, limit / 4 & ~(Self.leastAlignment - 1))
        next = Self.stackLow + size
        stack = UInt32(Self.stackLow)..<UInt32(next)
    }

    /// All that follows the modules so far is the guest's own.
    mutating func beginHeap() {
        next = Self.aligned(next, Self.leastAlignment)
        heapBase = UInt32(clamping: next)
    }

    /// Of 64 KiB, from the beginning of memory to that of the heap.
    var pages: UInt64 { (UInt64(heapBase) + GuestMemory.pageSize - 1) / GuestMemory.pageSize }

    mutating func place(_ region: DynamicSection.Region, _ name: String) throws(LinkFailure) -> UInt32 {
        let alignment = max(UInt64(1) << UInt64(region.alignment), Self.leastAlignment)
        let size = UInt64(region.size)
        if memory != nil {
            if end == Self.addressSpace { (next, end) = (0, 0) }
            if Self.aligned(next, alignment) + size > end { try grow(by: size + alignment, name) }
        }
        let start = Self.aligned(next, alignment)
        guard start + size <= min(end, limit) else { throw Self.noRoom(name, size, "bytes of memory") }
        next = start + size
        return UInt32(start)
    }

    private mutating func grow(by bytes: UInt64, _ name: String) throws(LinkFailure) {
        let pages = (bytes + GuestMemory.pageSize - 1) / GuestMemory.pageSize
        do throws(EngineError) {
            let before = try memory?.grow(pages: pages) ?? 0
            begin = before * GuestMemory.pageSize
            next = begin
            end = begin + pages * GuestMemory.pageSize
        } catch {
            throw Self.noRoom(name, bytes, "bytes of memory")
        }
    }

    /// Takes back the places of modules that could not be linked. Memory that was added for them is for the next ones.
    mutating func takeBack(since earlier: ImageRoom) {
        next = end == earlier.end ? earlier.next : begin
        nextTablePlace = earlier.nextTablePlace
    }

    mutating func placeInTable(_ region: DynamicSection.Region, _ name: String) throws(LinkFailure) -> UInt32 {
        let start = Self.aligned(nextTablePlace, UInt64(1) << UInt64(region.alignment))
        guard start + UInt64(region.size) <= UInt64(Store.tableLimit) else {
            throw Self.noRoom(name, UInt64(region.size), "places in the table")
        }
        nextTablePlace = start + UInt64(region.size)
        return UInt32(start)
    }

    /// One place behind all that were given away, and behind `count`.
    mutating func nextPlace(behind count: UInt32) -> UInt32 {
        let place = max(nextTablePlace, UInt64(count))
        nextTablePlace = place + 1
        return UInt32(clamping: place)
    }

    private static func aligned(_ value: UInt64, _ alignment: UInt64) -> UInt64 {
        (value + alignment - 1) & ~(alignment - 1)
    }

    private static func noRoom(_ name: String, _ count: UInt64, _ what: String) -> LinkFailure {
        LinkFailure(.nomem, "\(name): no room for \(count) \(what)")
    }
}
