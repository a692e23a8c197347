import Foundation
import Synchronization
import Testing
import WasixABI

@testable import Trace

@Suite struct CallCountersTests {
    @Test func everyCallIsCountedUnderItsRow() {
        let counters = CallCounters()
        counters.add(call: Int(CallID.fdRead.rawValue), failed: false, ticks: 10)
        counters.add(call: Int(CallID.fdRead.rawValue), failed: true, ticks: 5)
        counters.add(call: Int(CallID.fdWrite.rawValue), failed: false, ticks: 1)
        let reads = counters[.fdRead]
        #expect(reads.calls == 2 && reads.errors == 1 && reads.ticks == 15)
        #expect(counters[.fdWrite].errors == 0)
        #expect(counters[.fdClose] == CallCount())
        #expect(counters.total == 3)
    }

    @Test func everyRowHasItsOwn() {
        let counters = CallCounters()
        for (index, row) in CallTable.all.enumerated() {
            for _ in 0...index % 3 { counters.add(call: Int(row.id.rawValue), failed: false, ticks: 1) }
        }
        for (index, row) in CallTable.all.enumerated() { #expect(counters[row.id].calls == UInt64(index % 3 + 1)) }
    }

    @Test func aReaderNeverSeesThemGoBack() {
        let counters = CallCounters()
        let isDone = Atomic<Bool>(false)
        let finished = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var wentBack = 0
        Thread.detachNewThread {
            var last: UInt64 = 0
            while !isDone.load(ordering: .acquiring) {
                let now = counters.total
                if now < last { wentBack += 1 }
                last = now
            }
            finished.signal()
        }
        for _ in 0..<200_000 { counters.add(call: 3, failed: true, ticks: 2) }
        isDone.store(true, ordering: .releasing)
        finished.wait()
        #expect(wentBack == 0)
        #expect(counters.total == 200_000)
    }
}
