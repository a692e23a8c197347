import Testing
import Trace
import WasixABI

@testable import Model

@Suite struct CallFoldingTests {
    private func history(_ calls: [(UInt32, CallID, Errno)]) -> TraceHistory {
        var history = TraceHistory()
        for (index, call) in calls.enumerated() {
            history.append(
                .call(call.1, start: UInt64(index), errno: call.2),
                payload: UnsafeRawBufferPointer(start: nil, count: 0),
                process: .initial, thread: ThreadID(rawValue: call.0))
        }
        return history
    }

    private func shown(_ folding: CallFolding, _ count: Int) -> [Int] {
        (0..<count).filter { folding.isShown(UInt64($0)) }
    }

    @Test func aRunIsOneLineWithItsLength() {
        let calls: [(UInt32, CallID, Errno)] = [
            (1, .fdRead, .success), (1, .clockTimeGet, .success), (1, .clockTimeGet, .success),
            (1, .clockTimeGet, .success), (1, .fdWrite, .success), (1, .clockTimeGet, .success),
        ]
        let folding = CallFolding(history(calls))
        #expect(shown(folding, calls.count) == [0, 1, 4, 5])
        #expect((0..<6).map { folding.count(UInt64($0)) } == [1, 3, 2, 1, 1, 1])
    }

    @Test func otherThreadsBetweenDoNotEndARun() {
        let calls: [(UInt32, CallID, Errno)] = [
            (1, .clockTimeGet, .success), (2, .fdRead, .success), (1, .clockTimeGet, .success),
            (2, .clockTimeGet, .success),
        ]
        let folding = CallFolding(history(calls))
        #expect(shown(folding, calls.count) == [0, 1, 3])
        #expect(folding.count(0) == 2)
    }

    @Test func whatFailedOrSaysSomethingIsNeverFolded() {
        let calls: [(UInt32, CallID, Errno)] = [
            (1, .clockTimeGet, .success), (1, .clockTimeGet, .inval), (1, .clockTimeGet, .success),
            (1, .fdRead, .success), (1, .fdRead, .success), (1, .clockTimeGet, .success), (1, .schedYield, .success),
        ]
        let folding = CallFolding(history(calls))
        #expect(shown(folding, calls.count) == Array(0..<7))
        #expect((0..<7).allSatisfy { folding.count(UInt64($0)) == 1 })
    }
}
