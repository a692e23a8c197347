import Model
import Testing
import Trace
import WasixABI

@testable import Diagnosis

/// What a timeline says of threads and registrations, column by column.
@Suite struct TimelineTests {
    private static let ms: UInt64 = 1_000_000
    /// 3 and 4 are the ends of a pair; epoll 5 watches 3, by edge.
    private static let item = ItemRow.ID(
        epoll: Fixture.object(5), fd: FdNumber(rawValue: 3), object: Fixture.object(3))

    private static func edge(_ number: UInt32) -> ReadinessChange {
        var change = ReadinessChange()
        change.instance = Fixture.object(5).rawValue
        change.object = Fixture.object(3).rawValue
        change.fd = 3
        change.edge = number
        change.events = EpollEvents.in.rawValue
        return change
    }

    private static func passedOver(_ number: UInt32) -> ReadinessChange {
        var change = edge(number)
        change.reason = .edgeSpent
        return change
    }

    /// T2 writes 48 bytes at 10 ms, T1 is told at 11 ms, reads 32 at 12 ms, and a wait from 20 to 25 ms tells nothing.
    private static func model() -> ModelState {
        var state = ModelState()
        state.now = 40 * ms
        state.descriptors =
            [
                Fixture.descriptor(3, .socketPair, peer: 4, used: 16), Fixture.descriptor(4, .socketPair, peer: 3),
            ]
        var row = Fixture.row(3, .edgeSpent, ready: .in, unread: 16, epoll: 5, kind: .socketPair)
        row.item.edges = 5
        state.epolls = [Fixture.instance([row], fd: 5)]
        append(&state, .fdWrite, 2, 10 * ms, 1000, fd: 4, moved: 48, changes: [edge(5)])
        append(&state, .epollWait, 1, 1 * ms, 10 * ms, fd: 5, waits: true, reported: 5)
        append(&state, .fdRead, 1, 12 * ms, 1000, fd: 3, moved: 32)
        append(&state, .epollWait, 1, 20 * ms, 5 * ms, fd: 5, waits: true, changes: [passedOver(5)])
        return state
    }

    private static func append(
        _ state: inout ModelState, _ call: CallID, _ thread: UInt32, _ start: UInt64, _ took: UInt64, fd: UInt32,
        moved: UInt32? = nil, waits: Bool = false, reported: UInt32? = nil, changes: [ReadinessChange] = [],
        counted: UInt64? = nil
    ) {
        var record = TraceRecord()
        record.call = call.rawValue
        record.start = start
        record.duration = took
        record.objects = (Fixture.object(fd).rawValue, 0)
        record.words.0 = fd
        if let moved {
            record.result = moved
            record.flags |= TraceRecord.Flags.hasResult
        }
        if waits { record.flags |= TraceRecord.Flags.waited }
        var payload: [UInt8] = []
        if let reported {
            record.result = 1
            record.flags |= TraceRecord.Flags.hasResult
            payload += [PayloadChunk.reported, 8, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, UInt8(reported), 0, 0, 0]
            payload += [1, UInt8(EpollEventLayout.size), 0, 0, 1, 0, 0, 0]
            payload += [UInt8](repeating: 1, count: EpollEventLayout.size)
        }
        if let counted {
            payload += [1, 16, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0]
            payload += withUnsafeBytes(of: counted.littleEndian) { Array($0) }
        }
        if !changes.isEmpty {
            record.flags |= TraceRecord.Flags.hasChanges
            let bytes = changes.withUnsafeBytes { Array($0) }
            payload += [PayloadChunk.changes, UInt8(bytes.count), 0, 0, UInt8(changes.count), 0, 0, 0] + bytes
        }
        payload.withUnsafeBytes {
            state.trace.append(record, payload: $0, process: .initial, thread: ThreadID(rawValue: thread))
        }
    }

    private static func timeline(_ state: ModelState, scale: UInt64 = ms, columns: Int = 40) -> Timeline {
        let window = TimelineWindow(endingAt: max(state.now, 1) - 1, scale: scale, columns: columns)
        return Timeline(
            state, window, threads: [ThreadID(rawValue: 1), ThreadID(rawValue: 2)], subjects: [item])
    }

    @Test func aWindowEndsInTheColumnOfItsLastInstant() {
        let window = TimelineWindow(endingAt: 39_500_000, scale: Self.ms, columns: 10)
        #expect(window.start == 30 * Self.ms && window.end == 40 * Self.ms)
        #expect(window.column(30 * Self.ms) == 0 && window.column(39_999_999) == 9)
        #expect(window.column(29_999_999) == nil && window.column(40 * Self.ms) == nil)
        #expect(window.columns(0, 31 * Self.ms) == 0...1)
        #expect(window.columns(35 * Self.ms, .max) == 5...9)
        #expect(window.columns(0, 29 * Self.ms) == nil && window.columns(41 * Self.ms, 42 * Self.ms) == nil)
        let early = TimelineWindow(endingAt: 5, scale: Self.ms, columns: 10)
        #expect(early.start == 0)
    }

    @Test func threadsAreInTheirCallsAndElseAtWork() {
        let timeline = Self.timeline(Self.model())
        let first = timeline.threads[0].cells
        #expect(first[1...10].allSatisfy { $0 == .wait(.events) })
        #expect(first[12] == .call(.read))
        #expect(first[20...24].allSatisfy { $0 == .wait(.events) })
        #expect(timeline.threads[1].cells[10] == .call(.write))
    }

    @Test func whatWasUnreadIsReckonedBackFromNow() {
        let item = Self.timeline(Self.model()).items[0]
        #expect(item.level[9] == 0)
        #expect(item.level[10] == 48 && item.level[11] == 48)
        #expect(item.level[12] == 48, "of a column in which it fell the most")
        #expect(item.level[13] == 16 && item.level[39] == 16)
        #expect(item.put[10] == 48 && item.put.reduce(0, +) == 48)
        #expect(item.unread == 16)
    }

    @Test func edgesReportsAndWhatLevelWouldTell() {
        let item = Self.timeline(Self.model()).items[0]
        #expect(item.edges[10] == 5 && item.edges.filter { $0 > 0 }.count == 1)
        #expect(item.told[11] == 5 && item.told.compactMap { $0 }.count == 1)
        #expect(item.untold[25] && item.untold.filter { $0 }.count == 1)
    }

    /// Sixteen bytes are there from 12 ms on; the wait that ended at 25 ms is the first that kept silent about them.
    @Test func whatAWaitHasPassedOverStaysUnheardUntilItIsToldOrRead() {
        let item = Self.timeline(Self.model()).items[0]
        #expect(item.unheard == (0..<40).map { $0 >= 25 })
        var read = Self.model()
        read.descriptors[0] = Fixture.descriptor(3, .socketPair, peer: 4)
        read.epolls[0].items[0].unread = 0
        Self.append(&read, .fdRead, 1, 30 * Self.ms, 1000, fd: 3, moved: 16)
        #expect(Self.timeline(read).items[0].unheard == (0..<40).map { (25...30).contains($0) })
        var told = Self.model()
        Self.append(&told, .epollWait, 1, 31 * Self.ms, Self.ms, fd: 5, waits: true, reported: 6)
        #expect(Self.timeline(told).items[0].unheard == (0..<40).map { (25...31).contains($0) })
    }

    /// Three writes of 5, 7 and 2, of which the first two are read at once: 2 is what is there now.
    private static func counter() -> ModelState {
        var state = ModelState()
        state.now = 40 * ms
        state.descriptors = [Fixture.descriptor(3, .eventCounter, count: 2)]
        state.epolls = [
            Fixture.instance(
                [Fixture.row(3, .edgeSpent, ready: .in, unread: nil, epoll: 5, kind: .eventCounter)], fd: 5)
        ]
        append(&state, .fdWrite, 2, 10 * ms, 1000, fd: 3, moved: 8, counted: 5)
        append(&state, .fdWrite, 2, 12 * ms, 1000, fd: 3, moved: 8, counted: 7)
        append(&state, .fdRead, 1, 20 * ms, 1000, fd: 3, moved: 8, counted: 12)
        append(&state, .fdRead, 1, 22 * ms, 1000, fd: 3)
        append(&state, .fdWrite, 2, 30 * ms, 1000, fd: 3, moved: 8, counted: 2)
        return state
    }

    @Test func anEventCounterHasALevelToo() {
        let item = Self.timeline(Self.counter()).items[0]
        #expect(item.hasLevel && item.isCounter && item.peer == nil)
        #expect([9, 10, 11, 12, 19, 20, 21, 29, 30, 39].map { item.level[$0] } == [0, 5, 5, 12, 12, 12, 0, 0, 2, 2])
        #expect(item.put[10] == 5 && item.put[12] == 7 && item.put[30] == 2 && item.put.reduce(0, +) == 14)
        #expect(item.unread == 2)
    }

    /// Whatever a guest writes.
    @Test func aCounterThatIsFullOrUnknownIsNoFault() {
        var state = Self.counter()
        for _ in 0..<4 { Self.append(&state, .fdWrite, 2, 35 * Self.ms, 1000, fd: 3, moved: 8, counted: .max) }
        #expect(Self.timeline(state).items[0].put[35] == .max)
        state = Self.counter()
        Self.append(&state, .fdWrite, 2, 35 * Self.ms, 1000, fd: 3, moved: 8)
        let item = Self.timeline(state).items[0]
        #expect(item.level[36] == 2 && item.level[34] == nil, "nobody knows by how much it rose")
    }

    @Test func beforeLostCallsNothingIsCertain() {
        var state = Self.model()
        var gap = TraceRecord()
        gap.kind = RecordKind.gap.rawValue
        gap.start = 26 * Self.ms
        gap.duration = Self.ms
        gap.result = 7
        state.trace.append(
            gap, payload: UnsafeRawBufferPointer(start: nil, count: 0), process: .initial, thread: ThreadID(rawValue: 2)
        )
        Self.append(&state, .fdRead, 1, 30 * Self.ms, 1000, fd: 3, moved: 8)
        let timeline = Self.timeline(state)
        #expect(timeline.threads[1].cells[26] == .lost)
        #expect(timeline.items[0].level[31] == 16 && timeline.items[0].level[30] == 24)
        #expect(timeline.items[0].level[28] == 24 && timeline.items[0].level[20] == nil)
    }

    /// A wait that began in the window and ended behind it, or goes on, fills what there is of it.
    @Test func waitsGoOnBehindTheWindow() {
        var state = Self.model()
        let early = TimelineWindow(endingAt: 5 * Self.ms, scale: Self.ms, columns: 5)
        let one = Timeline(state, early, threads: [ThreadID(rawValue: 1)], subjects: [])
        #expect(one.threads[0].cells[2...4].allSatisfy { $0 == .wait(.events) })
        var thread = Fixture.thread(1, .epollWait, fd: 5)
        thread.thread.blockedSince = 30 * Self.ms
        state.threads = [thread]
        state.epolls[0].items[0].item.levelWouldReport = true
        let now = Self.timeline(state)
        #expect(now.threads[0].cells[31...39].allSatisfy { $0 == .wait(.events) })
        #expect(now.items[0].untold[30])
    }

    @Test func itIsEmptyWhereNothingIsKept() {
        let timeline = Self.timeline(ModelState(), columns: 4)
        #expect(timeline.items.isEmpty && timeline.threads[0].cells.allSatisfy { $0 == .unknown })
    }
}
