import Testing
import Trace
import WasixABI

@testable import Model

/// Keeps all it gets.
private struct Collector: RecordSink {
    var all: [(thread: UInt32, record: TraceRecord, payload: [UInt8])] = []

    mutating func take(_ record: TraceRecord, payload: UnsafeRawBufferPointer, from origin: RecordOrigin) {
        all.append((origin.thread.rawValue, record, Array(payload)))
    }
}

/// Counts calls and the losses that holes tell of.
private struct Tally: RecordSink {
    var calls = 0
    var lost: UInt64 = 0

    mutating func take(_ record: TraceRecord, payload: UnsafeRawBufferPointer, from origin: RecordOrigin) {
        if record.kind == RecordKind.gap.rawValue { lost += UInt64(record.result) } else { calls += 1 }
    }
}

@Suite struct ChannelMergerTests {
    private func collect(_ merger: inout ChannelMerger) -> [TraceRecord] {
        var collector = Collector()
        merger.finish(into: &collector)
        return collector.all.map(\.record)
    }

    @Test func theCallThatWokeStandsAboveTheOneThatWasWoken() {
        let tracer = Tracer()
        let one = tracer.makeChannel(thread: 1)
        let two = tracer.makeChannel(thread: 2)
        var wait = TraceRecord.call(.epollWait, start: 10, duration: 90)
        wait.flags |= TraceRecord.Flags.waited
        one.ring.push(wait)
        one.ring.push(.call(.fdRead, start: 110, duration: 5))
        two.ring.push(.call(.fdWrite, start: 20, duration: 5))
        two.ring.push(.call(.fdWrite, start: 90, duration: 20))
        var merger = ChannelMerger(tracer: tracer)
        var collector = Collector()
        merger.finish(into: &collector)
        // The second write ends after the wait that it ended.
        #expect(collector.all.map(\.thread) == [2, 2, 1, 1])
        #expect(collector.all.map(\.record.moment) == [20, 90, 100, 110])
    }

    /// A handler's calls come before the call that it interrupted, which began before them.
    @Test func aThreadsOwnOrderStays() {
        let tracer = Tracer()
        let one = tracer.makeChannel(thread: 1)
        let two = tracer.makeChannel(thread: 2)
        one.ring.push(.call(.fdWrite, start: 50, duration: 5))
        one.ring.push(.call(.threadSignal, start: 40, duration: 20))
        two.ring.push(.call(.fdRead, start: 45))
        var merger = ChannelMerger(tracer: tracer)
        #expect(collect(&merger).map(\.start) == [45, 50, 40])
    }

    /// What another thread's call may still come before is not handed over.
    @Test func aCallThatGoesOnHoldsUpWhatCameLater() {
        let tracer = Tracer()
        let one = tracer.makeChannel(thread: 1)
        let two = tracer.makeChannel(thread: 2)
        let began = TickClock.now() - 1_000_000
        one.ring.announce(began)
        two.ring.push(.call(.fdRead, start: began - 1))
        two.ring.push(.call(.fdRead, start: began + 1))
        var merger = ChannelMerger(tracer: tracer, patience: .max)
        var collector = Collector()
        #expect(merger.drain(into: &collector) == 2)
        #expect(collector.all.map(\.record.start) == [began - 1])
        one.ring.push(.call(.fdWrite, start: began))
        one.ring.announceNothing()
        _ = merger.drain(into: &collector)
        #expect(collector.all.map(\.record.start) == [began - 1, began, began + 1])
    }

    /// The host is slow, or has given its processors to others.
    @Test func aCallThatGoesOnForTooLongHoldsUpNothing() {
        let tracer = Tracer()
        let one = tracer.makeChannel(thread: 1)
        let two = tracer.makeChannel(thread: 2)
        let began = TickClock.now() - 1_000_000
        one.ring.announce(began)
        two.ring.push(.call(.fdRead, start: began + 1))
        var merger = ChannelMerger(tracer: tracer, patience: 0)
        var collector = Collector()
        #expect(merger.drain(into: &collector) == 1)
        one.ring.push(.call(.fdWrite, start: began))
        one.ring.announceNothing()
        _ = merger.drain(into: &collector)
        #expect(collector.all.map(\.record.start) == [began + 1, began])
    }

    @Test func aRecordThatEndedAfterTheDrainBeganWaitsForTheNext() {
        let tracer = Tracer()
        let channel = tracer.makeChannel(thread: 1)
        let future = TickClock.now() + 1_000_000_000_000
        channel.ring.push(.call(.fdRead, start: 1))
        channel.ring.push(.call(.fdRead, start: future))
        var merger = ChannelMerger(tracer: tracer)
        var collector = Collector()
        #expect(merger.drain(into: &collector) == 2)
        #expect(collector.all.map(\.record.start) == [1])
        #expect(collect(&merger).map(\.start) == [future])
    }

    /// Under load something always waits; what does not is let go.
    @Test func whatWasHandedOverIsForgotten() throws {
        let tracer = Tracer()
        let channel = tracer.makeChannel(thread: 1)
        var merger = ChannelMerger(tracer: tracer)
        var collector = Collector()
        var most = 0
        for round in 0..<UInt32(20_000) {
            let reserved = try #require(channel.ring.reservePayload(4))
            reserved.bytes.storeBytes(of: round, as: UInt32.self)
            var record = TraceRecord.call(.fdWrite, start: TickClock.now())
            record.payloadPosition = reserved.position
            record.payloadLength = 4
            channel.ring.push(record)
            _ = merger.drain(into: &collector)
            most = max(most, merger.readers.first?.stagedCount ?? 0)
        }
        merger.finish(into: &collector)
        #expect(most < 10_000)
        #expect(collector.all.map { $0.payload.withUnsafeBytes { $0.load(as: UInt32.self) } } == Array(0..<20_000))
    }

    @Test func payloadsStayWithTheirRecords() throws {
        let tracer = Tracer()
        let channel = tracer.makeChannel(thread: 1)
        for byte in 0..<UInt8(10) {
            let reserved = try #require(channel.ring.reservePayload(3))
            reserved.bytes.storeBytes(of: byte, toByteOffset: 2, as: UInt8.self)
            var record = TraceRecord.call(.fdWrite, start: UInt64(byte) + 1)
            record.payloadPosition = reserved.position
            record.payloadLength = 3
            channel.ring.push(record)
        }
        var merger = ChannelMerger(tracer: tracer)
        var collector = Collector()
        merger.finish(into: &collector)
        #expect(collector.all.map(\.payload.count) == [Int](repeating: 3, count: 10))
        #expect(collector.all.map { $0.payload[2] } == Array(0..<10))
    }

    @Test func aHoleStandsWhereItIsAndSaysHowLong() throws {
        let tracer = Tracer()
        let channel = tracer.makeChannel(thread: 1)
        let capacity = UInt64(channel.ring.capacity)
        for start in 1...(capacity + 5) { channel.ring.push(.call(.fdRead, start: start)) }
        var merger = ChannelMerger(tracer: tracer)
        var tally = Tally()
        #expect(merger.drain(into: &tally) == Int(capacity))
        channel.ring.push(.call(.fdRead, start: capacity + 100))
        let rest = collect(&merger)
        #expect(rest.map(\.kind) == [RecordKind.gap.rawValue, RecordKind.call.rawValue])
        let gap = try #require(rest.first)
        #expect(gap.result == 5)
        #expect(gap.start == capacity + 1)
        #expect(gap.duration == 99)
    }

    @Test func aHoleAtTheVeryEndIsMarkedOnce() {
        let tracer = Tracer()
        let channel = tracer.makeChannel(thread: 1)
        let capacity = UInt64(channel.ring.capacity)
        for start in 1...(capacity + 7) { channel.ring.push(.call(.fdRead, start: start)) }
        var merger = ChannelMerger(tracer: tracer)
        let gaps = collect(&merger).filter { $0.kind == RecordKind.gap.rawValue }
        #expect(gaps.map(\.result) == [7])
        #expect(collect(&merger).isEmpty)
    }

    @Test func whatWasReceivedAndWhatWasDroppedIsWhatWasEmitted() async {
        let tracer = Tracer()
        let channels = (1...3).map { tracer.makeChannel(thread: UInt32($0)) }
        let emitted = 200_000
        var merger = ChannelMerger(tracer: tracer)
        var tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for channel in channels {
                group.addTask {
                    for start in 1...emitted { channel.ring.push(.call(.fdRead, start: UInt64(start))) }
                }
            }
            // Slow on purpose: a few drains while three producers run.
            for _ in 0..<3 {
                _ = merger.drain(into: &tally)
                await group.next()
            }
        }
        merger.finish(into: &tally)
        #expect(tally.lost > 0)
        #expect(tally.calls + Int(tally.lost) == 3 * emitted)
        #expect(merger.received == UInt64(tally.calls))
        #expect(merger.dropped == tally.lost)
    }

    @Test func anEndedThreadIsRetiredWhenItsRecordsWereHandedOver() {
        let tracer = Tracer()
        let alive = tracer.makeChannel(thread: 1)
        var merger = ChannelMerger(tracer: tracer)
        var tally = Tally()
        for thread in 2...50 as ClosedRange<UInt32> {
            let channel = tracer.makeChannel(thread: thread)
            for start in 1...3 as ClosedRange<UInt64> { channel.ring.push(.call(.fdRead, start: start)) }
            channel.counters.add(call: Int(CallID.fdRead.rawValue), failed: false, ticks: 1)
            tracer.end(channel)
            _ = merger.drain(into: &tally)
        }
        #expect(merger.readers.count == 1)
        #expect(merger.readers[0].channel === alive)
        #expect(tracer.allChannels.count == 1)
        #expect(tally.calls == 49 * 3)
        #expect(merger.received == 49 * 3)
        #expect(merger.takeRetired().count == 49)
        #expect(merger.takeRetired().isEmpty)
        #expect(tracer.totals[Int(CallID.fdRead.rawValue)].calls == 49)
        // The slots of those that have gone are used again.
        _ = tracer.makeChannel(thread: 99)
        merger.adoptChannels()
        #expect(merger.readers.map(\.slot).max() ?? 0 <= 1)
    }

    @Test func anEndedThreadStaysWhileARecordOfItWaitsForItsTurn() {
        let tracer = Tracer()
        let channel = tracer.makeChannel(thread: 1)
        channel.ring.push(.call(.fdRead, start: TickClock.now() + 1_000_000_000_000))
        tracer.end(channel)
        var merger = ChannelMerger(tracer: tracer)
        var collector = Collector()
        _ = merger.drain(into: &collector)
        #expect(merger.readers.count == 1)
        merger.finish(into: &collector)
        _ = merger.drain(into: &collector)
        #expect(merger.readers.isEmpty)
        #expect(collector.all.count == 1)
    }

    @Test func theHoleAtTheEndOfARetiredThreadIsMarked() {
        let tracer = Tracer()
        let channel = tracer.makeChannel(thread: 1)
        let capacity = UInt64(channel.ring.capacity)
        for start in 1...(capacity + 7) { channel.ring.push(.call(.fdRead, start: start)) }
        tracer.end(channel)
        var merger = ChannelMerger(tracer: tracer)
        var tally = Tally()
        for _ in 0..<3 { _ = merger.drain(into: &tally) }
        #expect(merger.readers.isEmpty)
        #expect(tally.lost == 7)
        #expect(merger.dropped == 7)
    }
}
