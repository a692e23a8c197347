import WasixABI

/// The guest's state at one instant, pulled from the kernel: exact, never rebuilt from records.
package struct KernelSnapshot: Sendable {
    /// CLOCK_MONOTONIC nanoseconds.
    package var takenAt: UInt64 = 0
    package var descriptors: [DescriptorSnapshot] = []
    package var epolls: [EpollSnapshot] = []
    package var threads: [ThreadSnapshot] = []
    package var guest: GuestState = .running

    package init() {}
}

/// Where the guest as a whole stands.
package enum GuestState: Sendable, Equatable {
    case running
    case exited(code: UInt32)
    /// Ended by a trap: the engine's message and the guest's stack, innermost first.
    case trapped(message: String, stack: [String])
    case signalled(signal: UInt8)

    package var hasEnded: Bool { self != .running }
}

/// One descriptor number and the description behind it.
package struct DescriptorSnapshot: Sendable {
    package var process: ProcessID
    package var fd: FdNumber
    package var object: ObjectID
    package var kind: ObjectKind
    package var detail: ObjectDetail
    package var flags: FdFlags
    package var isCloseOnExec: Bool
    /// What the object is ready for now (`.in`, `.out`, `.rdhup`, `.err`, `.hup`).
    package var ready: EpollEvents
    package var queue: QueueLevel?
    /// The epoll descriptors whose interest lists hold it.
    package var watchedBy: [FdNumber]
    /// Bytes (for an eventfd: operations) read and written through this description so far.
    package var bytesIn: UInt64
    package var bytesOut: UInt64

    package init(
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
package struct EpollSnapshot: Sendable {
    package var object: ObjectID
    /// A descriptor number that stands for it; the lowest.
    package var fd: FdNumber
    package var items: [ItemSnapshot]
    /// Descriptor numbers on the ready list, next to be delivered first.
    package var readyOrder: [FdNumber]
    package var waiters: [ThreadID]
    package var waits: UInt64
    package var eventsDelivered: UInt64
    package var timeouts: UInt64
    package var interruptions: UInt64

    package init(
        object: ObjectID, fd: FdNumber, items: [ItemSnapshot], readyOrder: [FdNumber], waiters: [ThreadID],
        waits: UInt64, eventsDelivered: UInt64, timeouts: UInt64, interruptions: UInt64
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
    }
}

/// Why an item would or would not be reported by a wait that looked now. Pure function of the item's state.
package enum ReasonCode: UInt8, Sendable {
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
package struct ItemSnapshot: Sendable {
    package var fd: FdNumber
    package var object: ObjectID
    package var kind: ObjectKind
    package var mask: EpollEvents
    /// The 64-bit user data as stored.
    package var data: UInt64
    /// What the object is ready for now, whatever the mask says.
    package var ready: EpollEvents
    /// What the last report said, empty when there was none.
    package var lastReported: EpollEvents
    package var reports: UInt64
    /// CLOCK_MONOTONIC nanoseconds of the last report, 0 when there was none.
    package var lastReportedAt: UInt64
    /// Wake-ups that the object sent to this item, and the count at the last report.
    package var edges: UInt64
    package var reportedEdge: UInt64
    package var isOnReadyList: Bool
    /// The number was closed or now stands for something else, while the description lives on.
    package var isGhost: Bool
    package var reason: ReasonCode
    /// A level-triggered registration with this mask would be reported.
    package var levelWouldReport: Bool

    package init(
        fd: FdNumber, object: ObjectID, kind: ObjectKind, mask: EpollEvents, data: UInt64, ready: EpollEvents,
        lastReported: EpollEvents, reports: UInt64, lastReportedAt: UInt64, edges: UInt64, reportedEdge: UInt64,
        isOnReadyList: Bool, isGhost: Bool, reason: ReasonCode, levelWouldReport: Bool
    ) {
        self.fd = fd
        self.object = object
        self.kind = kind
        self.mask = mask
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
package struct ThreadSnapshot: Sendable {
    package enum State: Sendable, Equatable {
        /// In guest code or in a call that does not wait.
        case running
        /// Waiting in the call below.
        case blocked
        case ended
    }

    package var process: ProcessID
    package var thread: ThreadID
    package var isMain: Bool
    package var state: State
    /// The call it waits in, with its argument words as in `TraceRecord`, when blocked.
    package var call: CallID?
    package var words: [UInt32]
    package var objects: (ObjectID, ObjectID)
    /// CLOCK_MONOTONIC nanoseconds since when it waits; 0 when it does not.
    package var blockedSince: UInt64
    /// CLOCK_MONOTONIC nanoseconds when the wait gives up; nil for never.
    package var deadline: UInt64?
    /// Waits that ended because somebody woke the thread.
    package var wakes: UInt64
    package var calls: UInt64

    package init(
        process: ProcessID, thread: ThreadID, isMain: Bool, state: State, call: CallID?, words: [UInt32],
        objects: (ObjectID, ObjectID), blockedSince: UInt64, deadline: UInt64?, wakes: UInt64, calls: UInt64
    ) {
        self.process = process
        self.thread = thread
        self.isMain = isMain
        self.state = state
        self.call = call
        self.words = words
        self.objects = objects
        self.blockedSince = blockedSince
        self.deadline = deadline
        self.wakes = wakes
        self.calls = calls
    }
}
