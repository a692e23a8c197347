import Trace
import WasixABI

/// The last looks of waits at one epoll instance (Kernel.docc/Decisions). A ring of slots of equal size that grows to what
/// the instance needs: a look that finds its slot there allocates nothing. Lock held for everything.
final class WaitLog {
    /// Looks that are kept: as many waits, or half as many when each goes to sleep between two looks.
    static let mostLooks = 512
    private static let firstLooks = 16
    private static let leastItems = 4

    private var slots = UnsafeMutableRawPointer.allocate(byteCount: 0, alignment: 8)
    /// A power of two, once there is a slot.
    private var slotCount = 0
    private var itemCapacity = 0
    /// The number of the next look, and of the oldest that is kept.
    private(set) var next: UInt64 = 0
    private(set) var first: UInt64 = 0

    deinit { slots.deallocate() }

    // MARK: slots

    /// Bytes of a slot: what the look is, its items, and the order in which it leaves them.
    private static func size(_ items: Int) -> Int {
        let order = (items + 7) & ~7
        return headSize + items * MemoryLayout<LookedItem>.stride + order
    }

    private static var headSize: Int { (MemoryLayout<WaitLook>.stride + 7) & ~7 }

    private func slot(_ sequence: UInt64) -> UnsafeMutableRawPointer {
        slots + (Int(truncatingIfNeeded: sequence) & (slotCount - 1)) * Self.size(itemCapacity)
    }

    private func look(_ slot: UnsafeMutableRawPointer) -> UnsafeMutablePointer<WaitLook> {
        slot.assumingMemoryBound(to: WaitLook.self)
    }

    private func items(_ slot: UnsafeMutableRawPointer) -> UnsafeMutablePointer<LookedItem> {
        (slot + Self.headSize).assumingMemoryBound(to: LookedItem.self)
    }

    private func order(_ slot: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt8> {
        (slot + Self.headSize + itemCapacity * MemoryLayout<LookedItem>.stride)
            .assumingMemoryBound(to: UInt8.self)
    }

    // MARK: writing

    /// The slot of the next look, good until `keep` or the next `begin`.
    /// - Parameter items: registrations of the instance.
    @inline(__always)
    func begin(items count: Int) -> LookRecorder {
        if count > itemCapacity, itemCapacity < WaitLook.mostItems { grow(items: count) }
        if next &- first == UInt64(slotCount) { makeRoom() }
        let slot = slot(next)
        return LookRecorder(look: look(slot), items: items(slot), order: order(slot), capacity: itemCapacity)
    }

    /// The look that `begin` gave the slot of is over.
    @inline(__always)
    func keep(_ recorder: LookRecorder) {
        recorder.look.pointee.sequence = next
        next &+= 1
    }

    private func makeRoom() {
        if slotCount < Self.mostLooks {
            rebuild(slots: max(slotCount * 2, Self.firstLooks), items: max(itemCapacity, Self.leastItems))
        } else {
            first &+= 1
        }
    }

    private func grow(items: Int) {
        var capacity = max(itemCapacity, Self.leastItems)
        while capacity < min(items, WaitLook.mostItems) { capacity *= 2 }
        rebuild(slots: max(slotCount, Self.firstLooks), items: capacity)
    }

    private func rebuild(slots count: Int, items capacity: Int) {
        let made = WaitLog(moving: self, slots: count, items: capacity)
        swap(&slots, &made.slots)
        slotCount = count
        itemCapacity = capacity
    }

    init() {}

    /// The same looks in slots of another size.
    private init(moving other: WaitLog, slots count: Int, items capacity: Int) {
        slots = .allocate(byteCount: count * Self.size(capacity), alignment: 8)
        slotCount = count
        itemCapacity = capacity
        for sequence in other.first..<other.next {
            let (from, to) = (other.slot(sequence), slot(sequence))
            let head = other.look(from)
            look(to).initialize(to: head.pointee)
            items(to).initialize(from: other.items(from), count: head.pointee.itemCount)
            order(to).initialize(from: other.order(from), count: head.pointee.orderCount)
        }
    }

    // MARK: reading

    /// Adds up to `limit` looks from number `sequence` on to `history`.
    /// - Returns: the number to go on with; nil when there are no more.
    func copy(from sequence: UInt64, limit: Int, to history: inout WaitHistory) -> UInt64? {
        let start = max(sequence, first)
        let end = min(start &+ UInt64(limit), next)
        guard start < end else { return nil }
        for number in start..<end {
            let slot = slot(number)
            var look = look(slot).pointee
            look.firstItem = history.items.count
            look.firstOrder = history.orders.count
            history.items.append(contentsOf: UnsafeBufferPointer(start: items(slot), count: look.itemCount))
            history.orders.append(contentsOf: UnsafeBufferPointer(start: order(slot), count: look.orderCount))
            history.looks.append(look)
        }
        return end < next ? end : nil
    }
}
