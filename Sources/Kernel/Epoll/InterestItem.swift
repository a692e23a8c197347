import WasixABI

/// The four data members of a registration, as the guest stored them (epoll_event is a union in C and a record on the
/// wire).
public struct EpollData: Sendable {
    public var pointer: UInt64
    public var fd: UInt32
    public var data1: UInt32
    public var data2: UInt64

    public init(pointer: UInt64, fd: UInt32, data1: UInt32, data2: UInt64) {
        self.pointer = pointer
        self.fd = fd
        self.data1 = data1
        self.data2 = data2
    }

    /// Whether it is filled as wasix-libc fills it: the union's bits in three fields, and in the fourth the descriptor
    /// `target` of the same call (wasix-libc: epoll.c).
    public func isLibcShaped(fd target: UInt32) -> Bool {
        let low = UInt32(truncatingIfNeeded: data2)
        return (pointer == UInt64(low) || pointer == data2) && data1 == low && fd == target
    }
}

/// One record of an `epoll_wait` result.
public struct DeliveredEvent {
    public var events: EpollEvents
    public var data: EpollData
    /// The registration's descriptor number.
    public var fd: UInt32
    /// The low half of how many edges it had, if one of them had not been reported; else 0.
    public var edge: UInt32
}

/// One registration: the key is (description, number at ADD). Plain memory linked into three lists: the ready list and
/// the item list of its instance, and the watcher list of what it watches. Lock held for every access.
struct InterestItem {
    let epoll: Unmanaged<Epoll>
    let file: Unmanaged<OpenFile>
    let fd: UInt32
    /// What is asked for, ERR and HUP always among it; without the mode bits.
    var mask: EpollEvents
    var isEdge: Bool
    var isOneShot: Bool
    /// False once a one-shot registration was reported: it reports nothing, not even ERR, until MOD.
    var isArmed = true
    var data: EpollData
    /// Reports carry the 64 bits of `data2` alone, so that libc hands them to the program unchanged.
    var echoesData2Only: Bool

    /// Host-backed only: the id of its events in the notifier and the host descriptor that stands there for it.
    var notifierID: UInt64 = 0
    var hostFd: Int32 = -1
    /// Host-backed only, the readiness cache: what the notifier reported last, the instance's delivery pass at that
    /// time (`cachedPass`), and `Kernel.hostCallClock` when the host was asked (`cachedAt`). The cache is void once a
    /// host call on the object has ended since then. Until then it holds within its own pass. In later passes it holds
    /// only for an object of which `isOnlyReader` is true: nobody else takes readiness away, and new readiness is a new
    /// report.
    var cachedBits: EpollEvents = []
    var cachedPass: UInt64 = 0
    var cachedAt: UInt64 = 0

    // For explanations.
    var edges: UInt64 = 0
    var reportedEdge: UInt64 = 0
    var reports: UInt64 = 0
    /// The delivery pass that reported it last.
    var reportedPass: UInt64 = 0
    /// The wait that reported it last, by its number, and the last look that recorded it; only while decisions are kept.
    var reportedWait: UInt64 = 0
    var lookedPass: UInt64 = .max
    var lastReported: EpollEvents = []
    var lastReportedAt: UInt64 = 0

    var isReady = false
    var nextReady: ItemPointer?
    var previousReady: ItemPointer?
    var nextWatcher: ItemPointer?
    var previousWatcher: ItemPointer?
    var nextItem: ItemPointer?
    var previousItem: ItemPointer?

    /// Whether it is a registration of `instance`.
    @inline(__always)
    func isIn(_ instance: Epoll) -> Bool { epoll.toOpaque() == Unmanaged.passUnretained(instance).toOpaque() }

    /// Puts back what the registration asked for before a change that was refused.
    mutating func takeBack(_ before: InterestItem) {
        mask = before.mask
        isEdge = before.isEdge
        isOneShot = before.isOneShot
        isArmed = before.isArmed
        data = before.data
        echoesData2Only = before.echoesData2Only
    }

    /// Whether a wake-up with `key` is about something that the registration asks for.
    @inline(__always)
    func concerns(_ key: EpollEvents) -> Bool { isArmed && (key.isEmpty || !key.isDisjoint(with: mask)) }
}

typealias ItemPointer = UnsafeMutablePointer<InterestItem>

/// Items to be looked at by the next wait, in the order they became ready. Lock held.
struct ReadyList {
    private(set) var head: ItemPointer?
    private(set) var tail: ItemPointer?
    private(set) var count = 0

    @inline(__always)
    var isEmpty: Bool { head == nil }

    @inline(__always)
    mutating func append(_ item: ItemPointer) {
        item.pointee.isReady = true
        item.pointee.previousReady = tail
        item.pointee.nextReady = nil
        if let tail { tail.pointee.nextReady = item } else { head = item }
        tail = item
        count += 1
    }

    @inline(__always)
    mutating func remove(_ item: ItemPointer) {
        guard item.pointee.isReady else { return }
        item.pointee.isReady = false
        let previous = item.pointee.previousReady
        let next = item.pointee.nextReady
        if let previous { previous.pointee.nextReady = next } else { head = next }
        if let next { next.pointee.previousReady = previous } else { tail = previous }
        count -= 1
    }
}
