import CLinux

/// What a call did to others while somebody listens, or another one to it: an edge that it made of a registration, a
/// thread that it woke, the thread that ended its sleep; and what a wait for events passed over. Plain data, written by
/// the kernel where it happens; kept with the call's record.
public struct ReadinessChange: Sendable, Equatable {
    /// `ObjectID` of the epoll instance whose registration was marked or passed over; 0 for a change of another kind.
    public var instance: UInt32 = 0
    /// `ObjectID` of what became or was ready; 0 for a change of another kind.
    public var object: UInt32 = 0
    /// The number under which it is registered.
    public var fd: UInt32 = 0
    /// How many edges the registration had with this one (the low half).
    public var edge: UInt32 = 0
    /// The readiness that may be new or was passed over, as `EpollEvents`, and the bits below, which are no events.
    public var events: UInt32 = 0
    /// The thread that was woken, or with `wakerBit` the one that woke this one; 0 for an edge.
    public var thread: UInt32 = 0

    /// The host told of the edge, and the call only noticed. Of what was passed over: the host has not been asked whether
    /// it is still there.
    public static let hostBit: UInt32 = 1 << 16
    /// The call slept, and `thread` ended that.
    public static let wakerBit: UInt32 = 1 << 17

    /// Where the reason stands for which a registration was passed over: its raw value and one.
    private static let reasonShift: UInt32 = 18
    private static let reasonBits: UInt32 = 7 << reasonShift
    private static let marks = hostBit | wakerBit | reasonBits

    public init() {}

    public static func woke(_ thread: UInt32) -> ReadinessChange {
        var change = ReadinessChange()
        change.thread = thread
        return change
    }

    public static func wokenBy(_ thread: UInt32) -> ReadinessChange {
        var change = woke(thread)
        change.events = wakerBit
        return change
    }
}

extension ReadinessChange {
    public enum Kind: Sendable {
        /// A registration became worth a look.
        case edge
        /// As `edge`; the host told of it.
        case hostEdge
        case woke
        case wokenBy
        /// A wait did not report something that was there, or may have been.
        case passedOver
    }

    public var kind: Kind {
        guard events & Self.reasonBits == 0 else { return .passedOver }
        guard thread != 0 else { return events & Self.hostBit != 0 ? .hostEdge : .edge }
        return events & Self.wakerBit != 0 ? .wokenBy : .woke
    }
}

extension ReadinessChange {
    /// The readiness alone.
    public var readiness: UInt32 { events & ~Self.marks }

    /// Why a wait passed it over; nil for a change of another kind. `reportedLevel` and `reportedEdge` stand for what the
    /// next wait would have reported: this one had no room left for it.
    public var reason: ReasonCode? {
        get {
            let value = (events & Self.reasonBits) >> Self.reasonShift
            return value == 0 ? nil : ReasonCode(rawValue: UInt8(value - 1))
        }
        set {
            events &= ~Self.reasonBits
            if let newValue { events |= (UInt32(newValue.rawValue) + 1) << Self.reasonShift }
        }
    }

    /// Whether something of a registration became new.
    public var isEdge: Bool { kind == .edge || kind == .hostEdge }

    /// Of what was passed over: whether the host has been left alone, so that it may be gone.
    public var isUncertain: Bool { kind == .passedOver && events & Self.hostBit != 0 }
}

/// A registration that a wait reported.
public struct ReportedItem: Sendable {
    /// The number under which it is registered.
    public var fd: UInt32
    /// How many edges it had then (the low half), if any was new; 0 when it was only still ready.
    public var edge: UInt32

    public init(fd: UInt32, edge: UInt32) {
        self.fd = fd
        self.edge = edge
    }
}

/// The changes that the call in progress makes (Kernel.docc/Causes). Belongs to one guest thread; the kernel finds the
/// calling thread's by `current`, because what is woken does not know who wakes it.
public struct ChangeLog: @unchecked Sendable {
    // Safe to share: its thread alone writes and reads it.
    /// Changes that are kept of one call; the rest is counted.
    public static let most = 96

    private struct Head {
        var count: UInt32 = 0
        var total: UInt32 = 0
        /// The thread whose log it is.
        var owner: UInt32
    }

    private let head: UnsafeMutablePointer<Head>
    private let changes: UnsafeMutablePointer<ReadinessChange>

    public init(of thread: ThreadID) {
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<Head>.stride + Self.most * MemoryLayout<ReadinessChange>.stride, alignment: 8)
        head = raw.bindMemory(to: Head.self, capacity: 1)
        head.initialize(to: Head(owner: thread.rawValue))
        changes = (raw + MemoryLayout<Head>.stride).bindMemory(to: ReadinessChange.self, capacity: Self.most)
    }

    private init(_ raw: UnsafeMutableRawPointer) {
        head = raw.assumingMemoryBound(to: Head.self)
        changes = (raw + MemoryLayout<Head>.stride).assumingMemoryBound(to: ReadinessChange.self)
    }

    public func deallocate() { UnsafeMutableRawPointer(head).deallocate() }

    /// The log of the traced call that the calling thread is in; nil when nobody listens.
    @inline(__always)
    public static var current: ChangeLog? { cl_change_log().map { ChangeLog($0) } }

    /// A traced call begins, with nothing changed yet. Until `end`, or the next `begin`, it is `current` on this thread.
    @inline(__always)
    public func begin() {
        head.pointee.count = 0
        head.pointee.total = 0
        cl_set_change_log(UnsafeMutableRawPointer(head))
    }

    /// The call is over. What it changed can be read until the next begins.
    @inline(__always)
    public func end() { cl_set_change_log(nil) }

    @inline(__always)
    public var isEmpty: Bool { head.pointee.total == 0 }
    /// What is kept, in the order in which it happened.
    public var kept: UnsafeBufferPointer<ReadinessChange> {
        UnsafeBufferPointer(start: changes, count: Int(head.pointee.count))
    }
    /// The thread whose calls are logged.
    public var owner: UInt32 { head.pointee.owner }
    /// Changes that there were, kept or not.
    public var total: UInt32 { head.pointee.total }

    public func add(_ change: ReadinessChange) {
        head.pointee.total &+= 1
        let count = Int(head.pointee.count)
        guard count < Self.most else { return }
        (changes + count).initialize(to: change)
        head.pointee.count &+= 1
    }
}
