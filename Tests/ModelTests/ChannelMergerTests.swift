import Testing
import Trace
import WasixABI

@testable import Model

@Suite struct ChannelMergerTests {
    private func collect(_ merger: ChannelMerger) -> [(thread: UInt32, record: TraceRecord)] {
        var all: [(UInt32, TraceRecord)] = []
        merger.finish { record, _, origin in all.append((origin.thread.rawValue, record)) }
        return all
    }

    @Test func recordsOfAllThreadsComeInTheOrderTheyEnded() {
        let tracer = Tracer()
        let one = tracer.makeChannel(thread: 1)
        let two = tracer.makeChannel(thread: 2)
        one.ring.push(.call(.epollWait, start: 10, duration: 90))
        one.ring.push(.call(.fdRead, start: 110, duration: 5))
        two.ring.push(.call(.fdWrite, start: 20, duration: 5))
        two.ring.push(.call(.fdWrite, start: 90, duration: 20))
        let ends = collect(ChannelMerger(tracer: tracer)).map { $0.record.start + $0.record.duration }
        #expect(ends == [25, 100, 110, 115])
    }

    @Test func aRecordThatEndedAfterTheDrainBeganWaitsForTheNext() {
        let tracer = Tracer()
        let channel = tracer.makeChannel(thread: 1)
        let future = TickClock.now() + 1_000_000_000_000
        channel.ring.push(.call(.fdRead, start: 1))
        channel.ring.push(.call(.fdRead, start: future))
        let merger = ChannelMerger(tracer: tracer)
        var starts: [UInt64] = []
        #expect(merger.drain { record, _, _ in starts.append(record.start) } == 2)
        #expect(starts == [1])
        #expect(collect(merger).map(\.record.start) == [future])
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
        var last: [UInt8] = []
        ChannelMerger(tracer: tracer).finish { _, payload, _ in last.append(payload[2]) }
        #expect(last == Array(0..<10))
    }

    @Test func aHoleStandsWhereItIsAndSaysHowLong() throws {
        let tracer = Tracer()
        let channel = tracer.makeChannel(thread: 1)
        let capacity = UInt64(channel.ring.capacity)
        for start in 1...(capacity + 5) { channel.ring.push(.call(.fdRead, start: start)) }
        let merger = ChannelMerger(tracer: tracer)
        #expect(merger.drain { _, _, _ in } == Int(capacity))
        channel.ring.push(.call(.fdRead, start: capacity + 100))
        let rest = collect(merger)
        #expect(rest.map(\.record.kind) == [RecordKind.gap.rawValue, RecordKind.call.rawValue])
        let gap = try #require(rest.first?.record)
        #expect(gap.result == 5)
        #expect(gap.start == capacity + 1)
        #expect(gap.duration == 99)
    }

    @Test func aHoleAtTheVeryEndIsMarkedOnce() {
        let tracer = Tracer()
        let channel = tracer.makeChannel(thread: 1)
        let capacity = UInt64(channel.ring.capacity)
        for start in 1...(capacity + 7) { channel.ring.push(.call(.fdRead, start: start)) }
        let merger = ChannelMerger(tracer: tracer)
        let gaps = collect(merger).filter { $0.record.kind == RecordKind.gap.rawValue }
        #expect(gaps.map(\.record.result) == [7])
        #expect(collect(merger).isEmpty)
    }

    @Test func whatWasReceivedAndWhatWasDroppedIsWhatWasEmitted() async {
        let tracer = Tracer()
        let channels = (1...3).map { tracer.makeChannel(thread: UInt32($0)) }
        let emitted = 200_000
        let merger = ChannelMerger(tracer: tracer)
        var calls = 0
        var lost: UInt64 = 0
        let count = { (record: TraceRecord) in
            if record.kind == RecordKind.gap.rawValue { lost += UInt64(record.result) } else { calls += 1 }
        }
        await withTaskGroup(of: Void.self) { group in
            for channel in channels {
                group.addTask {
                    for start in 1...emitted { channel.ring.push(.call(.fdRead, start: UInt64(start))) }
                }
            }
            // Slow on purpose: a few drains while three producers run.
            for _ in 0..<5 {
                _ = merger.drain { record, _, _ in count(record) }
                await group.next()
            }
        }
        merger.finish { record, _, _ in count(record) }
        #expect(lost > 0)
        #expect(calls + Int(lost) == 3 * emitted)
        #expect(merger.received == UInt64(calls))
        #expect(merger.dropped == lost)
    }
}
