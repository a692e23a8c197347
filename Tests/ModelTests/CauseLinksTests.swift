import Testing
import Trace
import WasixABI

@testable import Model

/// What led to what, as far as records tell.
@Suite struct CauseLinksTests {
    private static let instance: UInt32 = 40
    private static let pair: UInt32 = 41

    /// Calls one after the other, each a tick later.
    private struct Story {
        var history = TraceHistory()
        private var now: UInt64 = 0

        @discardableResult
        mutating func add(
            _ call: CallID, by thread: UInt32, slept: Bool = false, object: UInt32 = CauseLinksTests.pair,
            changes: [ReadinessChange] = [], reported: [ReportedItem] = []
        ) -> UInt64 {
            now += 1
            var record = TraceRecord.call(call, start: now)
            record.objects = (object, 0)
            if slept { record.flags |= TraceRecord.Flags.waited }
            var payload: [UInt8] = []
            if !changes.isEmpty {
                record.flags |= TraceRecord.Flags.hasChanges
                payload += Self.chunk(PayloadChunk.changes, changes)
            }
            if !reported.isEmpty {
                payload += Self.chunk(PayloadChunk.reported, reported)
                payload += Self.chunk(1, [UInt8](repeating: 0, count: EpollEventLayout.size * reported.count))
                payload += Self.chunk(4, [UInt32(reported.count)])
            }
            payload.withUnsafeBytes {
                history.append(record, payload: $0, process: .initial, thread: ThreadID(rawValue: thread))
            }
            return history.total - 1
        }

        private static func chunk<Element>(_ argument: UInt8, _ elements: [Element]) -> [UInt8] {
            let bytes = elements.withUnsafeBytes { Array($0) }
            return [argument, UInt8(bytes.count & 0xff), UInt8(bytes.count >> 8), 0, UInt8(elements.count), 0, 0, 0]
                + bytes
        }

        subscript(number: UInt64) -> TraceEntry { history[number]! }
        var links: CauseLinks { CauseLinks(history) }
    }

    private static func edge(_ number: UInt32, fd: UInt32 = 3, fromHost: Bool = false) -> ReadinessChange {
        var change = ReadinessChange()
        change.instance = instance
        change.object = pair
        change.fd = fd
        change.edge = number
        change.events = EpollEvents.in.rawValue | (fromHost ? ReadinessChange.hostBit : 0)
        return change
    }

    @Test func anEdgeLeadsToTheFirstWaitThatReportsItAndBack() {
        var story = Story()
        let write = story.add(.fdWrite, by: 2, changes: [Self.edge(5)])
        story.add(.fdRead, by: 3)
        let other = story.add(.epollWait, by: 3, object: 99, reported: [.init(fd: 3, edge: 5)])
        let wait = story.add(.epollWait, by: 1, slept: true, object: Self.instance, reported: [.init(fd: 3, edge: 5)])
        story.add(.epollWait, by: 1, object: Self.instance, reported: [.init(fd: 3, edge: 5)])
        #expect(story.links.effects(of: story[write]) == [.init(change: Self.edge(5), entry: wait)])
        #expect(story.links.causes(of: story[wait]) == [.init(change: Self.edge(5), entry: write)])
        #expect(story.links.causes(of: story[other]).isEmpty, "an edge of another instance")
        #expect(story.links.isCause(story[write]) && story.links.isEffect(story[wait]))
    }

    /// Of several edges a wait reports the last; it has reported those before it, too.
    @Test func earlierEdgesAreReportedWithALaterOne() {
        var story = Story()
        let first = story.add(.fdWrite, by: 2, changes: [Self.edge(UInt32.max)])
        let second = story.add(.fdWrite, by: 2, changes: [Self.edge(0)])
        let third = story.add(.fdWrite, by: 2, changes: [Self.edge(1)])
        let wait = story.add(.epollWait, by: 1, object: Self.instance, reported: [.init(fd: 3, edge: 1)])
        for number in [first, second, third] {
            #expect(story.links.effects(of: story[number]).map(\.entry) == [wait])
        }
        #expect(story.links.causes(of: story[wait]).map(\.entry) == [third])
    }

    @Test func whatIsStillReadyHasNoNewCause() {
        var story = Story()
        story.add(.fdWrite, by: 2, changes: [Self.edge(5)])
        let wait = story.add(.epollWait, by: 1, object: Self.instance, reported: [.init(fd: 3, edge: 0)])
        #expect(story.links.causes(of: story[wait]).isEmpty && !story.links.isEffect(story[wait]))
    }

    @Test func anEdgeThatTheHostToldOfIsNobodysDoing() {
        var story = Story()
        let wait = story.add(
            .epollWait, by: 1, slept: true, object: Self.instance, changes: [Self.edge(7, fromHost: true)],
            reported: [.init(fd: 3, edge: 7)])
        #expect(!story.links.isEffect(story[wait]) && !story.links.isCause(story[wait]))
        #expect(story.links.causes(of: story[wait]).map(\.entry) == [wait])
    }

    @Test func aWakeUpLeadsToTheCallThatSlept() {
        var story = Story()
        story.add(.fdRead, by: 2, slept: true)
        let wake = story.add(.futexWake, by: 1, changes: [.woke(2)])
        story.add(.clockTimeGet, by: 2)
        let sleeper = story.add(.futexWait, by: 2, slept: true, changes: [.wokenBy(1)])
        #expect(story.links.effects(of: story[wake]) == [.init(change: .woke(2), entry: sleeper)])
        #expect(story.links.causes(of: story[sleeper]) == [.init(change: .wokenBy(1), entry: wake)])
        #expect(story.links.isEffect(story[sleeper]) && story.links.effects(of: story[sleeper]).isEmpty)
    }

    /// What is known without the other call is said all the same.
    @Test func theOtherCallMayBeMissing() {
        var story = Story()
        let sleeper = story.add(.fdRead, by: 2, slept: true, changes: [.wokenBy(1)])
        #expect(story.links.causes(of: story[sleeper]) == [.init(change: .wokenBy(1), entry: nil)])
        let write = story.add(.fdWrite, by: 2, changes: [Self.edge(5)])
        #expect(story.links.effects(of: story[write]) == [.init(change: Self.edge(5), entry: nil)])
    }

    /// What a wait passes over is no cause of anything; it leads to the wait that had reported it.
    @Test func whatWasPassedOverLeadsToItsReport() {
        var story = Story()
        var spent = Self.edge(5)
        spent.reason = .edgeSpent
        let write = story.add(.fdWrite, by: 2, changes: [Self.edge(5)])
        let first = story.add(.epollWait, by: 1, object: Self.instance, reported: [.init(fd: 3, edge: 5)])
        let second = story.add(.epollWait, by: 1, object: Self.instance, changes: [spent])
        let third = story.add(
            .epollWait, by: 1, object: Self.instance, changes: [spent], reported: [.init(fd: 4, edge: 1)])
        for number in [second, third] {
            #expect(story.links.passedOver(by: story[number]) == [.init(change: spent, entry: first)])
            #expect(story.links.effects(of: story[number]).isEmpty)
            #expect(!story.links.isCause(story[number]))
        }
        #expect(story.links.passedOver(by: story[first]).isEmpty)
        #expect(story.links.causes(of: story[third]).isEmpty)
        #expect(story.links.causes(of: story[first]).map(\.entry) == [write])
        #expect(!spent.isEdge && spent.readiness == EpollEvents.in.rawValue)
    }

    /// A page holds its call while the guest goes on: what led to it, and it itself, may be kept no longer.
    @Test func aCallThatHasLeftTheHistoryHasNoLinks() {
        var story = Story()
        story.history = TraceHistory(limits: .init(entries: 2_000))
        var spent = Self.edge(5)
        spent.reason = .edgeSpent
        story.add(.fdWrite, by: 2, changes: [Self.edge(5), Self.edge(6)])
        story.add(.epollWait, by: 1, object: Self.instance, reported: [.init(fd: 3, edge: 5)])
        let wait = story.add(
            .epollWait, by: 1, slept: true, object: Self.instance, changes: [spent, .wokenBy(2)],
            reported: [.init(fd: 3, edge: 6)])
        let held = story[wait]
        #expect(story.links.causes(of: held).map(\.entry) == [0, nil])
        for _ in 0..<6_000 { story.add(.clockTimeGet, by: 2) }
        #expect(story.history.range.lowerBound > wait)
        #expect(story.links.causes(of: held) == [.init(change: .wokenBy(2))])
        #expect(story.links.passedOver(by: held) == [.init(change: spent)])
        #expect(story.links.effects(of: held).isEmpty)
        #expect(CallFolding(story.history).count(wait) == 1 && CallFolding(story.history).isShown(wait))
    }

    @Test func numbersAreThoseThatAreKept() {
        var story = Story()
        #expect(story.history.numbers(before: 7, reach: 5).isEmpty && story.history.numbers(from: 7, reach: 5).isEmpty)
        story.history = TraceHistory(limits: .init(entries: 2_000))
        for _ in 0..<5_000 { story.add(.clockTimeGet, by: 2) }
        let kept = story.history.range
        #expect(kept.lowerBound > 1_000 && kept.upperBound == 5_000)
        #expect(story.history.numbers(before: 4_000, reach: 10) == 3_990..<4_000)
        #expect(story.history.numbers(from: 4_000, reach: 10) == 4_000..<4_010)
        #expect(story.history.numbers(before: 9_000, reach: 10) == 4_990..<5_000)
        #expect(story.history.numbers(from: 4_995, reach: 10) == 4_995..<5_000)
        let third = kept.lowerBound + 3
        #expect(story.history.numbers(before: third, reach: .max) == kept.lowerBound..<third)
        for gone in [0, 5, kept.lowerBound - 1] {
            #expect(story.history.numbers(before: gone, reach: 10).isEmpty)
            #expect(story.history.numbers(from: gone, reach: 1).isEmpty)
        }
        #expect(story.history.numbers(from: kept.lowerBound - 1, reach: 3) == kept.lowerBound..<kept.lowerBound + 2)
        #expect(story.history.numbers(from: 9_000, reach: 3).isEmpty)
    }

    @Test func aBrokenPayloadSaysNothing() {
        var history = TraceHistory()
        var record = TraceRecord.call(.fdWrite, start: 1)
        record.flags |= TraceRecord.Flags.hasChanges
        for bytes in [[], [PayloadChunk.changes, 24], [PayloadChunk.changes, 5, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4, 5]]
            as [[UInt8]]
        {
            bytes.withUnsafeBytes {
                history.append(record, payload: $0, process: .initial, thread: ThreadID(rawValue: 1))
            }
        }
        let links = CauseLinks(history)
        for number in 0..<3 { #expect(links.effects(of: history[UInt64(number)]!).isEmpty) }
    }
}
