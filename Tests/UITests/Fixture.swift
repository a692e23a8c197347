import Model
import Trace
import WasixABI

/// A state made by hand: an echo server whose descriptor 7 was not drained. One tick is a nanosecond; now is 102.424 s.
enum Fixture {
    static let now: UInt64 = 102_424_000_000
    static let millisecond: UInt64 = 1_000_000

    static func echo() -> ModelState {
        var state = ModelState()
        state.now = now
        state.uptime = now
        state.descriptors = descriptors
        state.epolls = [epoll]
        state.threads = threads
        state.calls = calls
        state.totalCalls = 48_123
        state.totalErrors = 312
        state.load.callsPerSecond = 1234
        state.load.callRateSamples = (0..<60).map { Double(($0 * 37) % 100) }
        state.load.inPerSecond = 512
        state.load.outPerSecond = 557
        state.load.loopLag.count = 9
        state.load.loopLag.p50 = 210_000
        state.load.loopLag.p99 = 3_100_000
        state.load.loopLag.max = 12_400 * millisecond
        state.load.waitShare = 0.91
        state.loss.received = 46_919
        state.loss.dropped = 1204
        state.loss.ringFill = 0.03
        state.names = ObjectNames([
            ObjectID(rawValue: 14): "epoll", ObjectID(rawValue: 17): "tcp 10.0.0.2:41822",
            ObjectID(rawValue: 19): "tcp 10.0.0.2:41826", ObjectID(rawValue: 11): "tty stdout",
        ])
        fillTrace(&state)
        state.output.append(OutputChunk(stream: .output, bytes: Array("listening on 7000\nclient 10.0.0.2\n".utf8)))
        state.output.append(OutputChunk(stream: .error, bytes: Array("warning: \u{1b}[31mslow\u{1b}[0m client\n".utf8)))
        return state
    }

    static func descriptor(
        _ fd: UInt32, _ kind: ObjectKind, _ detail: ObjectDetail, ready: EpollEvents = [], queue: QueueLevel? = nil,
        watchedBy: [UInt32] = [], rates: (Double, Double) = (0, 0)
    ) -> DescriptorRow {
        DescriptorRow(
            descriptor: DescriptorSnapshot(
                process: .initial, fd: FdNumber(rawValue: fd), object: ObjectID(rawValue: fd + 10), kind: kind,
                detail: detail, flags: .nonblock, isCloseOnExec: false, ready: ready, queue: queue,
                watchedBy: watchedBy.map(FdNumber.init(rawValue:)), bytesIn: 18_432, bytesOut: 14_528),
            mark: RowMark(firstSeen: 0), inPerSecond: rates.0, outPerSecond: rates.1)
    }

    private static var descriptors: [DescriptorRow] {
        let tcp = { (port: Int) in
            ObjectDetail.socket(
                local: "10.0.0.1:7000", peer: "10.0.0.2:\(port)", state: .connected)
        }
        var closed = descriptor(8, .pipeRead, .channel(number: 4, peer: .none))
        closed.mark.closedAt = now - 3000 * millisecond
        return [
            descriptor(0, .terminal, .path("stdin")),
            descriptor(1, .terminal, .path("stdout"), ready: .out, rates: (0, 88)),
            descriptor(
                3, .tcpListener, .socket(local: "0.0.0.0:7000", peer: "", state: .listening),
                queue: QueueLevel(used: 0, capacity: 8),
                watchedBy: [4], rates: (2, 0)),
            descriptor(4, .epoll, .epoll(items: 5, ready: 1), ready: .in),
            descriptor(5, .eventCounter, .counter(0), watchedBy: [4], rates: (24, 0)),
            descriptor(6, .tcp, tcp(41820), ready: .out, watchedBy: [4], rates: (512, 512)),
            descriptor(
                7, .tcp, tcp(41822), ready: [.in, .out], queue: QueueLevel(used: 3904, capacity: 65536), watchedBy: [4]),
            closed,
            descriptor(9, .tcp, tcp(41826), ready: .out, watchedBy: [4], rates: (0, 45)),
        ]
    }

    static func item(
        _ fd: UInt32, _ kind: ObjectKind, _ mask: EpollEvents, ready: EpollEvents, last: EpollEvents, reports: UInt64,
        age: UInt64, reason: ReasonCode, levelWould: Bool = false
    ) -> ItemRow {
        ItemRow(
            epoll: ObjectID(rawValue: 14),
            item: ItemSnapshot(
                fd: FdNumber(rawValue: fd), object: ObjectID(rawValue: fd + 10), kind: kind, mask: mask,
                data: UInt64(fd), ready: ready, lastReported: last, reports: reports,
                lastReportedAt: reports == 0 ? 0 : now - age, edges: reports, reportedEdge: reports,
                isOnReadyList: reason == .reportedLevel, isGhost: false, reason: reason, levelWouldReport: levelWould),
            mark: RowMark(firstSeen: 0))
    }

    private static var epoll: EpollRow {
        let items = [
            item(3, .tcpListener, .in, ready: [], last: .in, reports: 12, age: 2100 * millisecond, reason: .notReady),
            item(5, .eventCounter, .in, ready: [], last: .in, reports: 977, age: 40 * millisecond, reason: .notReady),
            item(6, .tcp, [.in, .et], ready: .out, last: .in, reports: 310, age: 18 * millisecond, reason: .notInMask),
            item(
                7, .tcp, [.in, .et], ready: [.in, .out], last: .in, reports: 18, age: 12_400 * millisecond,
                reason: .edgeSpent, levelWould: true),
            item(
                9, .tcp, [.in, .out], ready: .out, last: .out, reports: 9100, age: millisecond, reason: .reportedLevel,
                levelWould: true),
        ]
        let snapshot = EpollSnapshot(
            object: ObjectID(rawValue: 14), fd: FdNumber(rawValue: 4), items: items.map(\.item),
            readyOrder: [FdNumber(rawValue: 9)], waiters: [ThreadID(rawValue: 1)], waits: 9134, eventsDelivered: 10_417,
            timeouts: 0, interruptions: 0)
        return EpollRow(
            epoll: snapshot, mark: RowMark(firstSeen: 0), items: items, waitsPerSecond: 1100, eventsPerSecond: 1155)
    }

    static func thread(
        _ number: UInt32, _ state: ThreadSnapshot.State, call: CallID? = nil, words: [UInt32] = [],
        object: UInt32 = 0, since: UInt64 = 0, deadline: UInt64? = nil
    ) -> ThreadRow {
        ThreadRow(
            thread: ThreadSnapshot(
                process: .initial, thread: ThreadID(rawValue: number), isMain: number == 1, state: state, call: call,
                words: words, objects: (ObjectID(rawValue: object), .none),
                blockedSince: state == .blocked ? now - since : 0, deadline: deadline, wakes: 41, calls: 12_031),
            mark: RowMark(firstSeen: 0), received: 12_031, dropped: number == 3 ? 1204 : 0)
    }

    private static var threads: [ThreadRow] {
        [
            thread(
                1, .blocked, call: .epollWait, words: [4, 0x1000, 64, .max, .max], object: 14, since: 12_000),
            thread(2, .blocked, call: .futexWait, words: [0x1040f8, 2, 0x2000, 0x3000], since: 11_200 * millisecond),
            thread(3, .running),
            thread(5, .ended),
        ]
    }

    private static var calls: [CallStatistics] {
        [
            statistics(.fdWrite, 12_031, 0, wall: 48), statistics(.sockRecv, 9200, 312, wall: 12),
            statistics(.epollWait, 9134, 0, wall: 92_000), statistics(.futexWait, 41, 0, wall: 11_300),
        ]
    }

    private static func statistics(_ call: CallID, _ count: UInt64, _ errors: UInt64, wall: UInt64) -> CallStatistics {
        var row = CallStatistics(call: call)
        row.calls = count
        row.errors = errors
        row.wall = wall * millisecond
        row.callsPerSecond = Double(count) / 100
        row.latency.count = count
        row.latency.p50 = 4000
        row.latency.p90 = 9100
        row.latency.p99 = 41 * millisecond
        row.latency.max = row.wall / 2
        if errors > 0 { row.errorCounts = [CallStatistics.ErrorCount(errno: .again, count: errors)] }
        return row
    }
}
