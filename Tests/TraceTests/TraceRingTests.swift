import Foundation
import Synchronization
import Testing

@testable import Trace

@Suite struct TraceRingTests {
    private func record(_ number: UInt64) -> TraceRecord {
        var record = TraceRecord()
        record.start = number
        return record
    }

    /// Pushes a record whose payload is `count` bytes that follow from its number. Without room there is none.
    private func push(_ ring: TraceRing, _ number: UInt64, payload count: Int, waits: Bool = false) {
        var record = record(number)
        if let (bytes, position) = ring.reservePayload(count + 100, waits: waits) {
            for index in 0..<count { bytes.storeBytes(of: pattern(number, index), toByteOffset: index, as: UInt8.self) }
            ring.trimPayload(unused: 100)
            record.payloadPosition = position
            record.payloadLength = count
        }
        ring.push(record)
    }

    private func pattern(_ number: UInt64, _ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: Int(truncatingIfNeeded: number) &* 31 &+ index)
    }

    private func isWhole(_ record: TraceRecord, _ payload: UnsafeRawBufferPointer) -> Bool {
        payload.count == record.payloadLength
            && payload.enumerated().allSatisfy { $0.element == pattern(record.start, $0.offset) }
    }

    /// Numbers of the records that are there, a gap as the negative of how many are missing.
    private func drain(_ ring: TraceRing, limit: Int = .max) -> [Int] {
        var seen: [Int] = []
        ring.drain(limit: limit) { record, _ in
            let isGap = record.kind == RecordKind.gap.rawValue
            seen.append(isGap ? -Int(record.result) : Int(record.start))
        }
        return seen
    }

    @Test func recordsComeOutInOrder() {
        let ring = TraceRing(capacity: 8, payloadCapacity: 1024)
        var next: UInt64 = 1
        for round in 0..<10 {
            let count = UInt64(round % 8 + 1)
            for number in next..<next + count { ring.push(record(number)) }
            #expect(ring.backlog == Int(count))
            #expect(drain(ring, limit: 3) == (next..<next + min(3, count)).map(Int.init))
            _ = drain(ring)
            #expect(ring.backlog == 0)
            next += count
        }
        #expect(ring.lost == 0)
    }

    @Test func aHoleStandsWhereItIs() {
        let ring = TraceRing(capacity: 4, payloadCapacity: 1024)
        for number: UInt64 in 1...9 { ring.push(record(number)) }
        #expect(ring.lost == 5)
        #expect(drain(ring, limit: 2) == [1, 2])
        ring.push(record(10))
        #expect(drain(ring) == [3, 4, -5, 10])
        #expect(ring.lost == 5)
    }

    @Test func aHoleTellsWhenItBegan() {
        let ring = TraceRing(capacity: 2, payloadCapacity: 1024)
        for number: UInt64 in 1...4 { ring.push(record(number)) }
        _ = drain(ring)
        ring.push(record(5))
        var starts: [UInt64] = []
        ring.drain { record, _ in starts.append(record.start) }
        #expect(starts == [3, 5])
    }

    @Test func aHoleGrowsUntilThereIsRoomForItAndARecord() {
        let ring = TraceRing(capacity: 4, payloadCapacity: 1024)
        for number: UInt64 in 1...5 { ring.push(record(number)) }
        #expect(drain(ring, limit: 1) == [1])
        ring.push(record(6))
        #expect(ring.lost == 2)
        #expect(drain(ring, limit: 1) == [2])
        ring.push(record(7))
        #expect(drain(ring) == [3, 4, -2, 7])
    }

    /// Whatever the reader's pace: what came and what was lost is what was sent, and every hole is as large as it says.
    @Test func aSlowReaderLosesNothingUncounted() {
        let ring = TraceRing(capacity: 64, payloadCapacity: 2048)
        let sent: UInt64 = 100_000
        let isDone = Atomic<Bool>(false)
        let finished = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var received: UInt64 = 0
        nonisolated(unsafe) var holes: UInt64 = 0
        nonisolated(unsafe) var expected: UInt64 = 1
        nonisolated(unsafe) var broken = 0
        func read(_ limit: Int) {
            ring.drain(limit: limit) { record, payload in
                if record.kind == RecordKind.gap.rawValue {
                    if record.start != expected { broken += 1 }
                    holes += UInt64(record.result)
                    expected += UInt64(record.result)
                } else {
                    if record.start != expected || !isWhole(record, payload) { broken += 1 }
                    received += 1
                    expected += 1
                }
            }
        }
        nonisolated(unsafe) let readSome = read
        Thread.detachNewThread {
            var pace = 1
            while !isDone.load(ordering: .acquiring) {
                readSome(pace)
                pace = pace * 7 % 31 + 1
                sched_yield()
            }
            readSome(.max)
            finished.signal()
        }
        for number in 1...sent { push(ring, number, payload: Int(number % 90)) }
        isDone.store(true, ordering: .releasing)
        finished.wait()
        #expect(broken == 0)
        #expect(received + ring.lost == sent)
        #expect(holes <= ring.lost)
        #expect(received > 64)
    }

    @Test func nothingIsLostWhenTheSenderWaits() {
        let ring = TraceRing(capacity: 16, payloadCapacity: 4096)
        let sent: UInt64 = 20_000
        let finished = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var expected: UInt64 = 1
        nonisolated(unsafe) var broken = 0
        nonisolated(unsafe) let isRight = isWhole
        Thread.detachNewThread {
            while expected <= sent {
                ring.drain(limit: 5) { record, payload in
                    if record.start != expected || payload.isEmpty || !isRight(record, payload) { broken += 1 }
                    expected += 1
                }
                sched_yield()
            }
            finished.signal()
        }
        for number in 1...sent {
            let count = Int(number % 900) + 1
            ring.waitForRoom()
            push(ring, number, payload: count, waits: true)
        }
        finished.wait()
        #expect(broken == 0)
        #expect(ring.lost == 0)
    }

    // MARK: payload

    @Test func payloadIsWholeAroundTheEndOfTheArena() {
        let ring = TraceRing(capacity: 8, payloadCapacity: 1024)
        for number: UInt64 in 0..<2000 {
            push(ring, number, payload: Int(number * 37 % 300))
            ring.drain { record, payload in
                #expect(payload.count == Int(number * 37 % 300))
                #expect(isWhole(record, payload))
            }
        }
    }

    @Test func aFullArenaIsNotAFullRing() {
        let ring = TraceRing(capacity: 64, payloadCapacity: 1024)
        for number: UInt64 in 0..<20 { push(ring, number, payload: 200) }
        #expect(ring.lost == 0)
        var lengths: [Int] = []
        ring.drain { record, payload in
            lengths.append(payload.count)
            #expect(isWhole(record, payload))
        }
        #expect(lengths.prefix(3) == [200, 200, 200])
        #expect(lengths.dropFirst(5).allSatisfy { $0 == 0 })
        push(ring, 99, payload: 200)
        ring.drain { _, payload in #expect(payload.count == 200) }
    }

    @Test func payloadOfLostRecordsIsGivenBack() {
        let ring = TraceRing(capacity: 4, payloadCapacity: 1024)
        for number: UInt64 in 0..<1000 { push(ring, number, payload: 50) }
        #expect(ring.lost == 996)
        _ = drain(ring)
        push(ring, 1000, payload: 600)
        var last = 0
        ring.drain { last = isWhole($0, $1) ? $1.count : -1 }
        #expect(last == 600)
    }

    /// Records keep 32 bits of a position that grows for as long as the program runs.
    @Test func positionsGoBeyondThirtyTwoBits() {
        let ring = TraceRing(capacity: 4, payloadCapacity: 1 << 16)
        let size = 20_000
        var total: UInt64 = 0
        var number: UInt64 = 0
        var broken = 0
        while total < (1 << 32) + (1 << 20) {
            var record = record(number)
            guard let (bytes, position) = ring.reservePayload(size) else {
                broken += 1
                break
            }
            bytes.storeBytes(of: number, as: UInt64.self)
            record.payloadPosition = position
            record.payloadLength = size
            ring.push(record)
            if number % 2 == 1 {
                ring.drain { record, payload in
                    if payload.loadUnaligned(as: UInt64.self) != record.start { broken += 1 }
                }
            }
            number += 1
            total += UInt64(size)
        }
        #expect(broken == 0)
    }
}
