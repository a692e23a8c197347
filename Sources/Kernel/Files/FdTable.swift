import Trace
import WasixABI

/// One number's entry: the description and what belongs to the number alone.
public struct FdSlot {
    @usableFromInline var file: Unmanaged<OpenFile>?
    public var isCloseOnExec = false
    /// The guest's name of the granted directory, for preopened descriptors only.
    public var preopenName: [UInt8]?
    /// What calls may do through this number.
    public var rights: Rights = []
    /// The most that numbers opened through this one can have.
    public var inheriting: Rights = []
}

/// The descriptors of one process. Lock held for everything.
public final class FdTable {
    /// Descriptor numbers are below this, which is Linux's default limit on RLIMIT_NOFILE (fs.nr_open).
    public static let limit: UInt32 = 1 << 20

    @usableFromInline var slots: UnsafeMutablePointer<FdSlot>
    @usableFromInline var capacity: Int
    /// No number below this is free.
    private var firstMaybeFree = 0
    /// The process has ended: calls that are still under way cannot add descriptors any more.
    private var isClosedForGood = false
    public private(set) var openCount = 0
    /// Granted directories whose numbers stand for something else at the moment: libc opens paths from them all the same.
    private var covered: [FdNumber: FdSlot] = [:]
    /// Where `closeForGood` goes on.
    private var closeCursor = 0

    @usableFromInline let kernel: Kernel

    public init(_ kernel: Kernel) {
        self.kernel = kernel
        capacity = 64
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: FdSlot(), count: capacity)
    }

    deinit {
        slots.deinitialize(count: capacity)
        slots.deallocate()
    }

    /// See `Kernel.assertLocked`.
    @inlinable @inline(__always)
    public func assertLocked() { kernel.assertLocked() }

    /// The description behind `fd`, which is noted as touched by the thread's call; nil when not open.
    @inlinable @inline(__always)
    public func file(_ fd: FdNumber, _ thread: GuestThread) -> Unmanaged<OpenFile>? {
        assertLocked()
        let index = Int(fd.rawValue)
        guard index < capacity, let file = slots[index].file else { return nil }
        file._withUnsafeGuaranteedRef { thread.frame.pointee.touch($0.id) }
        return file
    }

    /// The entry of `fd`, nil when not open. The pointer is valid until a descriptor is added.
    @inlinable @inline(__always)
    public func slot(_ fd: FdNumber) -> UnsafeMutablePointer<FdSlot>? {
        assertLocked()
        let index = Int(fd.rawValue)
        guard index < capacity, slots[index].file != nil else { return nil }
        return slots + index
    }

    /// Puts `file` at the lowest free number not below `minimum`.
    public func add(
        _ file: OpenFile, rights: Rights? = nil, inheriting: Rights = [], isCloseOnExec: Bool = false,
        atLeast minimum: UInt32 = 0
    ) throws(Errno) -> FdNumber {
        assertLocked()
        guard !isClosedForGood else { throw .badf }
        var index = max(firstMaybeFree, Int(min(minimum, Self.limit)))
        while index < capacity, slots[index].file != nil { index += 1 }
        guard index < Int(Self.limit) else { throw .mfile }
        if minimum <= firstMaybeFree { firstMaybeFree = index + 1 }
        place(
            file, at: index, rights: rights ?? file.rights, inheriting: inheriting, isCloseOnExec: isCloseOnExec)
        return FdNumber(rawValue: UInt32(index))
    }

    /// Puts a new description at the lowest free number. One that finds no room is closed again.
    public func install(_ file: OpenFile) throws(Errno) -> FdNumber {
        file.hold()
        defer { file.release() }
        return try add(file)
    }

    /// Whether `count` more descriptors can be opened.
    public func hasRoom(for count: Int) -> Bool {
        assertLocked()
        return openCount + count <= Int(Self.limit)
    }

    /// The entry of a granted directory's number, also while that stands for something else; nil for other numbers.
    public func grant(_ fd: FdNumber) -> FdSlot? {
        if let slot = slot(fd), slot.pointee.preopenName != nil { return slot.pointee }
        return covered.isEmpty ? nil : covered[fd]
    }

    /// The entry that paths start from which name `fd`: that of a directory, which may be covered. Nil when it is not open.
    func directorySlot(_ fd: FdNumber) -> FdSlot? {
        guard let slot = slot(fd)?.pointee else { return nil }
        guard !covered.isEmpty, let hidden = covered[fd], let file = slot.file else { return slot }
        return file._withUnsafeGuaranteedRef { $0.kind == .directory } ? slot : hidden
    }

    /// Covers the same directories as `other`, whose numbers this table has already. Lock held.
    func takeCovered(of other: FdTable) {
        covered = other.covered
        for slot in covered.values { slot.file?._withUnsafeGuaranteedRef { $0.hold() } }
    }

    /// As `duplicate`; but the number of a granted directory is only covered, until what covers it is closed.
    public func duplicate(_ from: FdNumber, covering to: FdNumber) throws(Errno) {
        guard slot(from) != nil else { throw .badf }
        guard !isClosedForGood else { throw .badf }
        guard from != to, let hidden = uncovered(to) else { return try duplicate(from, onto: to) }
        try duplicate(from, onto: to)
        covered[to] = hidden
        // libc asks the number what a path that starts there may be opened for.
        slot(to)?.pointee.inheriting = hidden.inheriting
    }

    /// Takes the entry of a granted directory out of its place; nil when `fd` is none.
    private func uncovered(_ fd: FdNumber) -> FdSlot? {
        if let hidden = covered.removeValue(forKey: fd) { return hidden }
        guard let entry = slot(fd), entry.pointee.preopenName != nil else { return nil }
        defer {
            entry.pointee = FdSlot()
            openCount -= 1
        }
        return entry.pointee
    }

    /// Makes `to` a duplicate of `from`, closing what `to` was before; the duplicate has CLOEXEC clear.
    public func duplicate(_ from: FdNumber, onto to: FdNumber) throws(Errno) {
        guard let source = slot(from), let file = source.pointee.file else { throw .badf }
        guard to.rawValue < Self.limit, !isClosedForGood else { throw .badf }
        guard from != to else { return }
        let rights = source.pointee.rights
        let inheriting = source.pointee.inheriting
        let held = file.takeUnretainedValue()
        held.hold()
        close(to)
        place(held, at: Int(to.rawValue), rights: rights, inheriting: inheriting, isCloseOnExec: false)
        held.release()
    }

    /// Frees the number; the description is closed with its last holder.
    /// - Returns: whether it was open.
    @discardableResult
    public func close(_ fd: FdNumber) -> Bool {
        guard let entry = slot(fd), let file = entry.pointee.file else { return false }
        entry.pointee = FdSlot()
        openCount -= 1
        if let hidden = covered.isEmpty ? nil : covered.removeValue(forKey: fd) {
            entry.pointee = hidden
            openCount += 1
        } else {
            firstMaybeFree = min(firstMaybeFree, Int(fd.rawValue))
        }
        file._withUnsafeGuaranteedRef { $0.release() }
        return true
    }

    /// The process has ended: closes up to `limit` descriptors, and opens none from now on.
    /// - Returns: whether there are more.
    public func closeForGood(limit: Int = .max) -> Bool {
        assertLocked()
        isClosedForGood = true
        var closed = 0
        while closed < limit, openCount > 0 {
            while slots[closeCursor].file != nil {
                close(FdNumber(rawValue: UInt32(closeCursor)))
                closed += 1
            }
            closeCursor += 1
        }
        return openCount > 0
    }

    /// Visits open entries from number `start` on, at most `limit` of them.
    /// - Returns: where to go on, nil at the end.
    public func forEach(
        from start: UInt32 = 0, limit: Int = .max, _ body: (FdNumber, borrowing FdSlot, OpenFile) -> Void
    ) -> UInt32? {
        assertLocked()
        var seen = 0
        var index = Int(start)
        while index < capacity {
            if let file = slots[index].file {
                if seen == limit { return UInt32(index) }
                seen += 1
                file._withUnsafeGuaranteedRef { body(FdNumber(rawValue: UInt32(index)), slots[index], $0) }
            }
            index += 1
        }
        return nil
    }

    /// Nothing is at `index` yet.
    func place(
        _ file: OpenFile, at index: Int, rights: Rights, inheriting: Rights, isCloseOnExec: Bool,
        preopenName: [UInt8]? = nil
    ) {
        if index >= capacity { grow(to: index + 1) }
        slots[index] = FdSlot(
            file: .passUnretained(file), isCloseOnExec: isCloseOnExec, preopenName: preopenName, rights: rights,
            inheriting: inheriting)
        openCount += 1
        file.hold()
    }

    private func grow(to needed: Int) {
        let larger = max(capacity * 2, needed)
        let made = UnsafeMutablePointer<FdSlot>.allocate(capacity: larger)
        made.moveInitialize(from: slots, count: capacity)
        (made + capacity).initialize(repeating: FdSlot(), count: larger - capacity)
        slots.deallocate()
        slots = made
        capacity = larger
    }
}
