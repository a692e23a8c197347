import Diagnosis
import Model
import Trace
import WasixABI

/// States made by hand. Now is 100 s; the description behind descriptor n is n + 100.
enum Fixture {
    static let now: UInt64 = 100_000_000_000
    static let millisecond: UInt64 = 1_000_000

    static func object(_ fd: UInt32) -> ObjectID { ObjectID(rawValue: fd + 100) }

    static func ago(_ milliseconds: UInt64) -> UInt64 { now - milliseconds * millisecond }

    /// A registration that was reported and is as it is for `held` milliseconds.
    static func row(
        _ fd: UInt32, _ reason: ReasonCode, ready: EpollEvents, mask: EpollEvents = [.in, .et],
        held: UInt64 = 5000, unread: UInt64? = 16, isLoopBack: Bool = true, isGhost: Bool = false,
        epoll: UInt32 = 4, kind: ObjectKind = .tcp, lastReported: EpollEvents = .in, reports: UInt64 = 3
    ) -> ItemRow {
        let item = ItemSnapshot(
            fd: FdNumber(rawValue: fd), object: object(fd), kind: kind, mask: mask, data: 0,
            ready: ready, lastReported: lastReported, reports: reports, lastReportedAt: ago(held), edges: 5,
            reportedEdge: 5, isOnReadyList: false, isGhost: isGhost, reason: reason, levelWouldReport: true)
        return ItemRow(
            epoll: object(epoll), item: item, mark: RowMark(firstSeen: 0), unchangedSince: ago(held), unread: unread,
            isLoopBack: isLoopBack)
    }

    static func instance(_ items: [ItemRow], fd: UInt32 = 4, crowdedWaits: UInt64 = 0) -> EpollRow {
        let epoll = EpollSnapshot(
            object: object(fd), fd: FdNumber(rawValue: fd), items: items.map(\.item), readyOrder: [],
            waiters: [], waits: 9, eventsDelivered: 9, timeouts: 0, interruptions: 0, crowdedWaits: crowdedWaits)
        return EpollRow(epoll: epoll, mark: RowMark(firstSeen: 0), items: items)
    }

    /// - Parameters:
    ///   - peer: the descriptor of a channel's other end.
    ///   - count: of an eventfd.
    ///   - used: bytes or connections in its queue, of 65,536.
    static func descriptor(
        _ fd: UInt32, _ kind: ObjectKind, peer: UInt32? = nil, count: UInt64? = nil, used: UInt64? = nil,
        watchedBy: [UInt32] = []
    ) -> DescriptorRow {
        let detail: ObjectDetail =
            if let peer { .channel(number: min(fd, peer), peer: object(peer)) } else if let count {
                .counter(count)
            } else { .none }
        return DescriptorRow(
            descriptor: DescriptorSnapshot(
                process: .initial, fd: FdNumber(rawValue: fd), object: object(fd), kind: kind, detail: detail,
                flags: [], isCloseOnExec: false, ready: [],
                queue: used.map { QueueLevel(used: $0, capacity: 65_536) },
                watchedBy: watchedBy.map { FdNumber(rawValue: $0) }, bytesIn: 0, bytesOut: 0),
            mark: RowMark(firstSeen: 0))
    }

    /// Both ends of a pipe.
    static func pipe(_ reader: UInt32, _ writer: UInt32, used: UInt64 = 0) -> [DescriptorRow] {
        [
            descriptor(reader, .pipeRead, peer: writer, used: used),
            descriptor(writer, .pipeWrite, peer: reader, used: used),
        ]
    }

    /// Both ends of a socket pair.
    static func pair(_ first: UInt32, _ second: UInt32) -> [DescriptorRow] {
        [descriptor(first, .socketPair, peer: second), descriptor(second, .socketPair, peer: first)]
    }

    /// A thread in `call` on descriptor `fd`, or with the argument words `words`.
    static func thread(
        _ number: UInt32, _ call: CallID?, fd: UInt32? = nil, words: [UInt32] = [], for milliseconds: UInt64 = 5000,
        deadline: UInt64? = nil, state: ThreadSnapshot.State = .blocked, payload: [UInt8] = [],
        stack: [GuestFrame] = []
    ) -> ThreadRow {
        ThreadRow(
            thread: ThreadSnapshot(
                process: .initial, thread: ThreadID(rawValue: number), isMain: number == 1, state: state, call: call,
                words: words.isEmpty ? fd.map { [$0] } ?? [] : words, payload: payload,
                objects: (fd.map { object($0) } ?? .none, .none),
                blockedSince: state == .blocked ? ago(milliseconds) : 0, deadline: deadline, wakes: 0, calls: 0,
                stack: stack),
            mark: RowMark(firstSeen: 0))
    }

    /// The row's thread as one of another process.
    static func thread(_ row: ThreadRow, in process: UInt32) -> ThreadRow {
        var row = row
        row.thread.process = ProcessID(rawValue: process)
        return row
    }

    /// The rows as numbers of another process for the same descriptions.
    static func descriptors(_ rows: [DescriptorRow], in process: UInt32) -> [DescriptorRow] {
        rows.map { row in
            var row = row
            row.descriptor.process = ProcessID(rawValue: process)
            return row
        }
    }

    static func process(_ number: UInt32, of parent: UInt32, isOrphan: Bool = false) -> ProcessSnapshot {
        ProcessSnapshot(
            process: ProcessID(rawValue: number), parent: ProcessID(rawValue: parent), state: .running,
            isStopped: false,
            isOrphan: isOrphan, program: "/bin/p\(number)")
    }

    /// A thread of `process` that waits for a child, for any where `child` is 0.
    static func parent(_ number: UInt32, in process: UInt32, of child: UInt32) -> ThreadRow {
        let option: [UInt8] = [child == 0 ? 0 : 1, 0, 0, 0, UInt8(child), 0, 0, 0]
        let payload = RecordedCall.chunk(0, option, total: option.count)
        return thread(thread(number, .procJoin, words: [64, 0, 72], payload: payload), in: process)
    }

    static func running(_ number: UInt32) -> ThreadRow { thread(number, nil, state: .running) }

    /// A thread that waits while the futex word at `address` is `expected`.
    static func sleeper(
        _ number: UInt32, on address: UInt32, expecting expected: UInt32 = 1, for milliseconds: UInt64 = 5000
    ) -> ThreadRow {
        thread(number, .futexWait, words: [address, expected], for: milliseconds)
    }

    /// A thread that waits for the end of another.
    static func joiner(_ number: UInt32, of other: UInt32, for milliseconds: UInt64 = 5000) -> ThreadRow {
        thread(number, .threadJoin, words: [other], for: milliseconds)
    }

    static func state(
        _ threads: [ThreadRow] = [], descriptors: [DescriptorRow] = [], epolls: [EpollRow] = []
    ) -> ModelState {
        var state = ModelState()
        state.now = now
        state.threads = threads
        state.descriptors = descriptors
        state.epolls = epolls
        return state
    }

    /// Of a state before which nothing was seen.
    static func verdict(_ model: ModelState) -> GuestVerdict {
        GuestVerdict(model, WaitGraph(model, users: ObjectUsers()))
    }
}
