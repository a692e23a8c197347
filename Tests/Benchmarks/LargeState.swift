import Diagnosis
import Model
import Trace
import WasixABI

/// A state of a large guest, made by hand: pipes that are watched, and threads that wait for them, for words and for events.
struct LargeState {
    private static let instance = ObjectID(rawValue: 1)
    private let descriptors: [DescriptorRow]
    private let items: [ItemRow]
    private let threads: [ThreadRow]
    private var examiner = Examiner()
    private var now: UInt64 = 1_000_000_000_000

    init(objects: Int, threads count: Int) {
        let mark = RowMark(firstSeen: 1)
        descriptors = (0..<objects).map { index in
            let fd = FdNumber(rawValue: UInt32(index) + 10)
            let peer = ObjectID(rawValue: fd.rawValue ^ 1)
            return DescriptorRow(
                descriptor: DescriptorSnapshot(
                    process: .initial, fd: fd, object: ObjectID(rawValue: fd.rawValue),
                    kind: index & 1 == 0 ? .pipeRead : .pipeWrite,
                    detail: .channel(number: UInt32(index / 2), peer: peer), flags: [], isCloseOnExec: false,
                    ready: index & 1 == 0 ? [] : .out, queue: QueueLevel(used: 0, capacity: 65_536), watchedBy: [],
                    bytesIn: 0, bytesOut: 0), mark: mark)
        }
        items = descriptors.map { row in
            ItemRow(
                epoll: Self.instance,
                item: ItemSnapshot(
                    fd: row.descriptor.fd, object: row.descriptor.object, kind: row.descriptor.kind, mask: [.in, .et],
                    data: 1, ready: [], lastReported: .in, reports: 1, lastReportedAt: 1, edges: 1, reportedEdge: 1,
                    isOnReadyList: false, isGhost: false, reason: .notReady, levelWouldReport: false), mark: mark)
        }
        threads = (0..<count).map { index in
            let call: CallID = [.futexWait, .fdRead, .epollWait][index % 3]
            let object = index % 3 == 2 ? Self.instance : ObjectID(rawValue: UInt32(index) * 2 + 10)
            return ThreadRow(
                thread: ThreadSnapshot(
                    process: .initial, thread: ThreadID(rawValue: UInt32(index) + 1), isMain: index == 0,
                    state: .blocked, call: call, words: [object.rawValue, 2, 0, 0, 0, 0], objects: (object, .none),
                    blockedSince: 1_000_000, deadline: nil, wakes: 1, calls: 1), mark: mark)
        }
    }

    /// Examines a state in which everything is as before but newer.
    mutating func examine() -> Int {
        now += 100_000_000
        var model = ModelState()
        model.now = now
        model.descriptors = descriptors
        model.threads = threads
        let epoll = EpollSnapshot(
            object: Self.instance, fd: FdNumber(rawValue: 3), items: [], readyOrder: [], waiters: [], waits: now,
            eventsDelivered: 1, timeouts: 0, interruptions: 0)
        model.epolls = [EpollRow(epoll: epoll, mark: RowMark(firstSeen: 1), items: items)]
        return examiner.examine(model).findings.count
    }
}
