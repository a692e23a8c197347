import Testing
import WasixABI

@testable import Trace

@Suite struct TracerTests {
    private func count(_ channel: ThreadChannel, _ times: Int) {
        for _ in 0..<times { channel.counters.add(call: Int(CallID.fdRead.rawValue), failed: false, ticks: 2) }
    }

    private func channel(_ tracer: Tracer, _ thread: UInt32) -> ThreadChannel {
        tracer.makeChannel(process: .initial, thread: ThreadID(rawValue: thread))
    }

    @Test func retiredChannelsLeaveTheirCountsAndTheirMemory() {
        let tracer = Tracer()
        weak var gone: ThreadChannel?
        do {
            let ended = channel(tracer, 1)
            gone = ended
            count(ended, 3)
            tracer.end(ended)
            #expect(ended.hasEnded)
            #expect(tracer.allChannels.count == 1, "its records may still be read")
            _ = tracer.takeArrivals()
            tracer.retire(ended)
        }
        let alive = channel(tracer, 2)
        count(alive, 4)
        #expect(gone == nil)
        #expect(tracer.allChannels.map(\.thread.rawValue) == [2])
        let total = tracer.totals[Int(CallID.fdRead.rawValue)]
        #expect(total.calls == 7 && total.ticks == 14)
        #expect(tracer.retiredTotals[Int(CallID.fdRead.rawValue)].calls == 3)
    }

    @Test func retiringTwiceCountsOnce() {
        let tracer = Tracer()
        let ended = channel(tracer, 1)
        count(ended, 3)
        for _ in 0..<2 { tracer.retire(ended) }
        #expect(tracer.totals[Int(CallID.fdRead.rawValue)].calls == 3)
    }

    @Test func whereOnlyCountsAreAskedForAnEndedThreadLeavesAtOnce() {
        var options = TraceOptions()
        options.countsOnly = true
        let tracer = Tracer(options: options)
        let ended = channel(tracer, 1)
        count(ended, 5)
        for start in 1...10 as ClosedRange<UInt64> { ended.ring.push(TraceRecord(at: start)) }
        tracer.end(ended)
        #expect(tracer.allChannels.isEmpty)
        #expect(tracer.totals[Int(CallID.fdRead.rawValue)].calls == 5)
    }

    @Test func arrivalsAreTakenOnce() {
        let tracer = Tracer()
        _ = channel(tracer, 1)
        _ = channel(tracer, 2)
        #expect(tracer.takeArrivals().map(\.thread.rawValue) == [1, 2])
        #expect(tracer.takeArrivals().isEmpty)
        _ = channel(tracer, 3)
        #expect(tracer.takeArrivals().map(\.thread.rawValue) == [3])
    }

    @Test func countersSayWhichRowsWereUsed() {
        let counters = CallCounters()
        let used: [CallID] = [.argsGet, .fdRead, .contextDestroy]
        for call in used { counters.add(call: Int(call.rawValue), failed: true, ticks: 1) }
        var rows: [Int] = []
        counters.forEachUsed { row, count in
            rows.append(row)
            #expect(count.calls == 1 && count.errors == 1)
        }
        #expect(rows == used.map { Int($0.rawValue) })
    }
}

extension TraceRecord {
    fileprivate init(at start: UInt64) {
        self.init()
        self.start = start
    }
}
