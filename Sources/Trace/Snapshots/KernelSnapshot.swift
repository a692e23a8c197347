import WasixABI

/// The guest's state at one instant, pulled from the kernel: exact, never rebuilt from records.
public struct KernelSnapshot: Sendable {
    /// CLOCK_MONOTONIC nanoseconds.
    public var takenAt: UInt64 = 0
    public var descriptors: [DescriptorSnapshot] = []
    public var epolls: [EpollSnapshot] = []
    public var threads: [ThreadSnapshot] = []
    /// Of the initial process.
    public var guest: GuestState = .running
    /// How far the guest may run.
    public var pace = GuestPace.free
    /// The thread whose call has paused the guest; nil when somebody else has.
    public var pausedBy: ThreadID?
    /// The guest is paused, and nothing of it moves: until the next step only a timeout, or what comes from outside, changes
    /// anything.
    public var isSettled = false
    /// Steps that threads were told to make so far.
    public var stepsGiven: UInt64 = 0
    /// In the order of their numbers.
    public var processes: [ProcessSnapshot] = []
    /// The calls that last took a high descriptor number, one of each kind.
    public var openings: [DescriptorOpening] = []
    /// Bytes through descriptions that are closed by now; eventfds are left out, because they count operations.
    public var closedTraffic = Traffic()
    /// What the last waits did, of the instances that somebody asks about; of a guest that has ended of all.
    public var histories: [WaitHistory] = []
    /// How often whoever inspects the guest has changed it.
    public var interventions: UInt64 = 0

    public init() {}

    /// Adds what belongs to another process; of one that has ended only that it is there.
    public mutating func add(_ other: KernelSnapshot) {
        processes += other.processes
        histories += other.histories
        guard !other.guest.hasEnded else { return }
        descriptors += other.descriptors
        epolls += other.epolls
        threads += other.threads
    }
}

/// Bytes read and written.
public struct Traffic: Sendable, Equatable {
    public var bytesIn: UInt64 = 0
    public var bytesOut: UInt64 = 0

    public init(bytesIn: UInt64 = 0, bytesOut: UInt64 = 0) {
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
    }
}

/// Whether the guest runs, or how it ended.
public enum GuestState: Sendable, Equatable {
    case running
    case exited(code: UInt32)
    /// Ended by a trap: the engine's message and the guest's stack, innermost first.
    case trapped(message: String, stack: [String])
    case signalled(signal: UInt8)

    public var hasEnded: Bool { self != .running }
}

/// One descriptor number and the description behind it.
public struct DescriptorSnapshot: Sendable {
    public var process: ProcessID
    public var fd: FdNumber
    public var object: ObjectID
    public var kind: ObjectKind
    public var detail: ObjectDetail
    public var flags: FdFlags
    public var isCloseOnExec: Bool
    /// What the object is ready for now (`.in`, `.out`, `.rdhup`, `.err`, `.hup`).
    public var ready: EpollEvents
    public var queue: QueueLevel?
    /// The epoll descriptors whose interest lists hold it.
    public var watchedBy: [FdNumber]
    /// Bytes (for an eventfd: operations) read and written through this description so far.
    public var bytesIn: UInt64
    public var bytesOut: UInt64

    public init(
        process: ProcessID, fd: FdNumber, object: ObjectID, kind: ObjectKind, detail: ObjectDetail, flags: FdFlags,
        isCloseOnExec: Bool, ready: EpollEvents, queue: QueueLevel?, watchedBy: [FdNumber], bytesIn: UInt64,
        bytesOut: UInt64
    ) {
        self.process = process
        self.fd = fd
        self.object = object
        self.kind = kind
        self.detail = detail
        self.flags = flags
        self.isCloseOnExec = isCloseOnExec
        self.ready = ready
        self.queue = queue
        self.watchedBy = watchedBy
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
    }
}

/// One epoll instance: its interest list in the order of addition, its ready list in the order of delivery.
public struct EpollSnapshot: Sendable {
    /// Whose descriptor `fd` is.
    public var process = ProcessID.initial
    public var object: ObjectID
    /// A descriptor number that stands for it; the lowest.
    public var fd: FdNumber
    public var items: [ItemSnapshot]
    /// Descriptor numbers on the ready list, next to be delivered first; of a long list the beginning.
    public var readyOrder: [FdNumber]
    /// Threads that wait on the instance now.
    public var waiters: [ThreadID]
    /// Waits that have begun.
    public var waits: UInt64
    public var eventsDelivered: UInt64
    public var timeouts: UInt64
    public var interruptions: UInt64
    /// Waits that left ready registrations for eight further waits or more.
    public var crowdedWaits: UInt64

    public init(
        object: ObjectID, fd: FdNumber, items: [ItemSnapshot], readyOrder: [FdNumber], waiters: [ThreadID],
        waits: UInt64, eventsDelivered: UInt64, timeouts: UInt64, interruptions: UInt64, crowdedWaits: UInt64 = 0
    ) {
        self.object = object
        self.fd = fd
        self.items = items
        self.readyOrder = readyOrder
        self.waiters = waiters
        self.waits = waits
        self.eventsDelivered = eventsDelivered
        self.timeouts = timeouts
        self.interruptions = interruptions
        self.crowdedWaits = crowdedWaits
    }
}

/// Why an item would or would not be reported by a wait that looked now. Pure function of the item's state.
public enum ReasonCode: UInt8, Sendable {
    /// Ready, level-triggered: every wait reports it.
    case reportedLevel
    /// Ready, and an edge (or the registration itself) that no wait has reported yet.
    case reportedEdge
    /// Nothing in the mask is ready.
    case notReady
    /// Ready, edge-triggered, and its last edge was reported: only new activity or MOD reports it again.
    case edgeSpent
    /// Ready for something that the mask does not ask for.
    case notInMask
    /// One-shot and spent: silent until MOD.
    case oneShotSpent
}

/// One registration.
public struct ItemSnapshot: Sendable {
    public var fd: FdNumber
    public var object: ObjectID
    public var kind: ObjectKind
    public var mask: EpollEvents
    /// False for a one-shot that was reported and waits for MOD.
    public var isArmed: Bool
    /// The 64-bit user data as stored.
    public var data: UInt64
    /// What the object is ready for now, whatever the mask says.
    public var ready: EpollEvents
    /// What the last report said, empty when there was none.
    public var lastReported: EpollEvents
    public var reports: UInt64
    /// CLOCK_MONOTONIC nanoseconds of the last report, 0 when there was none.
    public var lastReportedAt: UInt64
    /// Wake-ups that the object sent to this item, and the count at the last report.
    public var edges: UInt64
    public var reportedEdge: UInt64
    /// The number of the wait that has reported it last; 0 when none is known.
    public var reportedWait: UInt64 = 0
    public var isOnReadyList: Bool
    /// The number was closed or now stands for something else, while the description lives on.
    public var isGhost: Bool
    public var reason: ReasonCode
    /// A level-triggered registration with this mask would be reported.
    public var levelWouldReport: Bool
    /// The stack of the last read that left something, of a registration whose edge was reported; empty when not known.
    public var shortRead: [GuestFrame] = []

    public init(
        fd: FdNumber, object: ObjectID, kind: ObjectKind, mask: EpollEvents, isArmed: Bool = true, data: UInt64,
        ready: EpollEvents,
        lastReported: EpollEvents, reports: UInt64, lastReportedAt: UInt64, edges: UInt64, reportedEdge: UInt64,
        isOnReadyList: Bool, isGhost: Bool, reason: ReasonCode, levelWouldReport: Bool
    ) {
        self.fd = fd
        self.object = object
        self.kind = kind
        self.mask = mask
        self.isArmed = isArmed
        self.data = data
        self.ready = ready
        self.lastReported = lastReported
        self.reports = reports
        self.lastReportedAt = lastReportedAt
        self.edges = edges
        self.reportedEdge = reportedEdge
        self.isOnReadyList = isOnReadyList
        self.isGhost = isGhost
        self.reason = reason
        self.levelWouldReport = levelWouldReport
    }
}

/// One guest thread.
public struct ThreadSnapshot: Sendable {
    public enum State: Sendable, Equatable {
        /// In guest code or in a call that does not wait.
        case running
        /// Waiting in the call below.
        case blocked
        case ended
    }

    public var process: ProcessID
    public var thread: ThreadID
    public var isMain: Bool
    public var state: State
    /// The call it waits in, with its argument words as in `TraceRecord`, when blocked; or the one it is paused before.
    public var call: CallID?
    public var words: [UInt32]
    /// The inputs of the call in guest memory, as its record will have them: `PayloadChunk`s.
    public var payload: [UInt8]
    /// The call's pointers and sizes have 64 bits.
    public var isWide: Bool
    /// The descriptions that the call it waits in looked up, as in `TraceRecord`.
    public var objects: (ObjectID, ObjectID)
    /// CLOCK_MONOTONIC nanoseconds since when it waits; 0 when it does not.
    public var blockedSince: UInt64
    /// CLOCK_MONOTONIC nanoseconds when the wait gives up; nil for never.
    public var deadline: UInt64?
    /// Waits that ended because somebody woke the thread.
    public var wakes: UInt64
    /// Calls that have returned; 0 when nothing is traced.
    public var calls: UInt64
    /// Its stack as it was last seen, empty when it was not: of a blocked thread that of its wait, once it has waited for
    /// a moment.
    public var stack: [GuestFrame]
    /// Of a thread in futex_wait: a wake-up that came just before it and found nobody, while the word stayed the same.
    public var missedWake: MissedWake?
    /// Where it stands still because the guest is paused; before a call, `call` and what goes with it are that call's.
    public var pausedAt: PausePlace?

    public init(
        process: ProcessID, thread: ThreadID, isMain: Bool, state: State, call: CallID?, words: [UInt32],
        payload: [UInt8] = [], isWide: Bool = false, objects: (ObjectID, ObjectID), blockedSince: UInt64,
        deadline: UInt64?, wakes: UInt64,
        calls: UInt64, stack: [GuestFrame] = [], missedWake: MissedWake? = nil, pausedAt: PausePlace? = nil
    ) {
        self.process = process
        self.thread = thread
        self.isMain = isMain
        self.state = state
        self.call = call
        self.words = words
        self.payload = payload
        self.isWide = isWide
        self.objects = objects
        self.blockedSince = blockedSince
        self.deadline = deadline
        self.wakes = wakes
        self.calls = calls
        self.stack = stack
        self.missedWake = missedWake
        self.pausedAt = pausedAt
    }
}
