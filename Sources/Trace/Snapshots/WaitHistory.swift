import WasixABI

/// The last looks of waits at one epoll instance: what each found on the ready list, what it did with every item, and what
/// it left (Kernel.docc/Decisions). Flat, so that taking it costs three copies of memory.
public struct WaitHistory: Sendable {
    public var instance: ObjectID
    /// Oldest first, with the numbers of their sequence.
    public var looks: [WaitLook] = []
    /// Of all looks, one after the other.
    public var items: [LookedItem] = []
    /// Places among a look's items, of all looks one after the other.
    public var orders: [UInt8] = []

    public init(instance: ObjectID) { self.instance = instance }

    /// What a look says of each item: those of the ready list first, in its order, then the others.
    public func items(of look: WaitLook) -> ArraySlice<LookedItem> {
        items[look.firstItem..<look.firstItem + look.itemCount]
    }

    /// The items on the ready list when the look was over, in order.
    public func listAfter(_ look: WaitLook) -> [LookedItem] {
        orders[look.firstOrder..<look.firstOrder + look.orderCount].map { items[look.firstItem + Int($0)] }
    }

    /// The place in `looks` of the look with this number; nil when it is not kept.
    public func place(of sequence: UInt64) -> Int? {
        guard let first = looks.first?.sequence, sequence >= first else { return nil }
        let place = Int(clamping: sequence - first)
        return place < looks.count ? place : nil
    }
}

/// One look of a wait at the ready list. A wait looks when it begins, and again each time it is woken; of looks that find
/// nothing and go to sleep those are kept that took something off the list.
public struct WaitLook: Sendable, Equatable {
    public enum Outcome: UInt8, Sendable {
        /// With events.
        case returned
        /// Without, because the time was up or the wait was not to sleep.
        case timedOut
        /// A signal ended it.
        case interrupted
        /// It went to sleep, and looked again later.
        case asleep
    }

    /// Counted from 0 over all looks at the instance that were kept.
    public var sequence: UInt64 = 0
    /// The number of the wait among those on the instance; the first is 1.
    public var wait: UInt64 = 0
    public var thread = ThreadID(rawValue: 0)
    /// A tick inside the call, at which it had the lock: between begin and end of the call's record.
    public var at: UInt64 = 0
    /// CLOCK_MONOTONIC nanoseconds; 0 for a wait that does not sleep, `.max` for one without a limit.
    public var deadline: UInt64 = 0
    /// The most events that it returns.
    public var limit: UInt32 = 0
    /// Events that it returned.
    public var count: UInt32 = 0
    public var outcome = Outcome.returned
    /// Looks of the same wait before this one.
    public var earlierLooks: UInt32 = 0
    /// Registrations of the instance, and those on the ready list when it looked.
    public var interest: UInt32 = 0
    public var listed: UInt32 = 0
    /// Also what was not on the ready list was looked through. Of longer lists than `mostItems` only while the guest is
    /// paused or steps.
    public var isWhole = false

    public var firstItem = 0
    public var itemCount = 0
    public var firstOrder = 0
    public var orderCount = 0

    /// Items that are kept of one look.
    public static let mostItems = 64

    public init() {}
}

/// What a look did with an item.
public enum ItemDecision: UInt8, Sendable {
    /// Reported, and back at the end of the ready list: level-triggered.
    case requeued
    /// Reported, and off the list until there is something new: edge-triggered.
    case reported
    /// Reported, and disarmed: one-shot.
    case disarmed
    /// On the list, but ready for nothing that was asked for: taken off it.
    case dropped
    /// On the list, behind what filled the array.
    case notReached
    /// Not on the list, so not looked at.
    case notListed

    public var isReported: Bool { self == .requeued || self == .reported || self == .disarmed }
}

/// A registration as a look found it, and what was done with it. 24 bytes of plain data.
public struct LookedItem: Sendable, Equatable {
    public var object: ObjectID
    public var fd: FdNumber
    /// Its edges (the low half), and how many of them had been told before the look.
    public var edge: UInt32 = 0
    public var toldEdge: UInt32 = 0
    /// The wait that had reported it last before (the low half of its number); 0 when none is known.
    public var toldWait: UInt32 = 0
    private var maskBits: UInt8
    private var readyBits: UInt8 = 0
    private var decisionBits: UInt8 = ItemDecision.notListed.rawValue
    private var flags: Flags = []

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let armed = Flags(rawValue: 1)
        static let ghost = Flags(rawValue: 2)
        static let uncertain = Flags(rawValue: 4)
    }

    /// - Parameter mask: with the mode bits.
    @inline(__always)
    public init(object: ObjectID, fd: FdNumber, mask: EpollEvents) {
        self.object = object
        self.fd = fd
        maskBits = UInt8(truncatingIfNeeded: mask.rawValue)
    }

    /// What is asked for, with the mode bits.
    public var mask: EpollEvents { EpollEvents(rawValue: UInt32(maskBits)) }

    /// What its object was ready for, whatever was asked for.
    @inline(__always)
    public var ready: EpollEvents {
        get { EpollEvents(rawValue: UInt32(readyBits)) }
        set { readyBits = UInt8(truncatingIfNeeded: newValue.rawValue) }
    }

    @inline(__always)
    public var decision: ItemDecision {
        get { ItemDecision(rawValue: decisionBits) ?? .notListed }
        set { decisionBits = newValue.rawValue }
    }

    /// False for a one-shot registration that had given its report when the look began.
    @inline(__always)
    public var isArmed: Bool {
        get { flags.contains(.armed) }
        set { if newValue { flags.insert(.armed) } else { flags.remove(.armed) } }
    }

    /// Its number stood for something else, or for nothing.
    @inline(__always)
    public var isGhost: Bool {
        get { flags.contains(.ghost) }
        set { if newValue { flags.insert(.ghost) } else { flags.remove(.ghost) } }
    }

    /// The host was not asked: `ready` is what it last told, without what has gone since.
    @inline(__always)
    public var isUncertain: Bool {
        get { flags.contains(.uncertain) }
        set { if newValue { flags.insert(.uncertain) } else { flags.remove(.uncertain) } }
    }

    public var isEdge: Bool { mask.contains(.et) }
    public var isOneShot: Bool { mask.contains(.oneshot) }

    /// What it was ready for, of what it asks for.
    public var asked: EpollEvents { ready.intersection(mask.subtracting(.modes).union(.always)) }
    /// What was there and was not asked for. Room to write is left out: it is there nearly always.
    public var unasked: EpollEvents { ready.subtracting(mask.union(.always)).subtracting(.out) }
    /// It had an edge that no wait had told.
    public var hasNewEdge: Bool { edge != toldEdge }
}
