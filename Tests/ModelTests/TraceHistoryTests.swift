import Testing
import Trace
import WasixABI

@testable import Model

@Suite struct TraceHistoryTests {
    private let thread = ThreadID(rawValue: 7)

    private func append(_ start: UInt64, to history: inout TraceHistory, payload: [UInt8] = []) {
        var record = TraceRecord.call(.fdRead, start: start)
        record.payloadLength = payload.count
        payload.withUnsafeBytes {
            history.append(record, payload: $0, process: .initial, thread: thread)
        }
    }

    @Test func anEntryIsFoundByItsNumberAcrossBlocks() throws {
        var history = TraceHistory()
        for start in 0..<5000 { append(UInt64(start), to: &history) }
        #expect(history.total == 5000)
        #expect(history.range == 0..<5000)
        for sequence: UInt64 in [0, 1023, 1024, 2047, 4999] {
            let entry = try #require(history[sequence])
            #expect(entry.sequence == sequence)
            #expect(entry.record.start == sequence)
            #expect(entry.thread == thread)
        }
        #expect(history[5000] == nil)
    }

    @Test func theOldestEntriesLeaveButAtLeastTheLimitStays() {
        var history = TraceHistory(limits: TraceHistory.Limits(entries: 3000))
        for start in 0..<20_000 { append(UInt64(start), to: &history) }
        #expect(history.total == 20_000)
        #expect(history.count >= 3000)
        #expect(history.count < 3000 + 2 * TraceBlock.capacity)
        #expect(history[0] == nil)
        #expect(history.newest(2).map(\.record.start) == [19_998, 19_999])
    }

    @Test func theByteLimitHoldsWhateverTheEntriesWeigh() {
        var history = TraceHistory(limits: TraceHistory.Limits(entries: 1_000_000, bytes: 1 << 20))
        let payload = [UInt8](repeating: 1, count: 4000)
        for start in 0..<2000 { append(UInt64(start), to: &history, payload: payload) }
        #expect(history.count * 4000 <= 1 << 20 + 2 * TraceBlock.payloadCapacity)
    }

    @Test func aCopyStaysAsItWasWhileTheOriginalGrows() throws {
        var history = TraceHistory(limits: TraceHistory.Limits(entries: 100))
        append(1, to: &history, payload: [1, 2, 3])
        let frozen = history
        for start in 2..<10_000 { append(UInt64(start), to: &history, payload: [9]) }
        #expect(frozen.range == 0..<1)
        let entry = try #require(frozen[0])
        #expect(entry.withPayload { Array($0) } == [1, 2, 3])
        #expect(history[0] == nil)
    }

    @Test func payloadsOfNeighboursDoNotMix() throws {
        var history = TraceHistory()
        for number in 0..<300 {
            append(UInt64(number), to: &history, payload: [UInt8](repeating: UInt8(number % 251), count: 700))
        }
        for number in 0..<300 {
            let entry = try #require(history[UInt64(number)])
            #expect(entry.withPayload { Array($0) } == [UInt8](repeating: UInt8(number % 251), count: 700))
        }
    }
}
