import Model
import Testing
import Trace
import WasixABI

@testable import Diagnosis

@Suite struct LanesTests {
    private static let second: UInt64 = 1_000_000_000
    private static let count = 30

    /// Looks at one thread ten times a second.
    private struct Watch {
        var state = ModelState()
        var lanes = Lanes()

        init() {
            state.now = 100 * LanesTests.second
        }

        /// For that long it is in `call`, or runs.
        mutating func pass(_ milliseconds: UInt64, in call: CallID?) {
            let since = state.now
            for _ in 0..<(milliseconds / 100) {
                state.now += 100_000_000
                var row = Fixture.thread(1, call, state: call == nil ? .running : .blocked)
                row.thread.blockedSince = call == nil ? 0 : since
                state.threads = [row]
                lanes.note(state)
            }
            guard let call else { return }
            var record = TraceRecord()
            record.call = call.rawValue
            record.start = since
            record.duration = state.now - since
            record.flags = TraceRecord.Flags.waited
            state.trace.append(
                record, payload: UnsafeRawBufferPointer(start: nil, count: 0), process: .initial,
                thread: ThreadID(rawValue: 1))
        }

        var text: String {
            lanes.steps(ThreadID(rawValue: 1), count: LanesTests.count, now: state.now).map { step in
                switch step {
                case nil: " "
                case .work?: "#"
                case .events?: "e"
                case .read?: "r"
                case .sleep?: "z"
                case .futex?: "f"
                default: "?"
                }
            }.joined()
        }
    }

    @Test func aLaneSaysWhatAThreadWasInForMostOfEachStep() {
        var watch = Watch()
        watch.pass(2000, in: .epollWait)
        watch.pass(1000, in: nil)
        watch.pass(3000, in: .fdRead)
        watch.pass(500, in: .threadSleep)
        let text = watch.text
        #expect(text.count == Self.count)
        #expect(text.trimmingPrefix(while: { $0 == " " }).hasPrefix("ee"))
        #expect(text.contains("e##r") && text.hasSuffix("rz") || text.contains("#r") && text.contains("z"), "\(text)")
        #expect(text.filter { $0 == "r" }.count >= 5 && text.filter { $0 == "#" }.count >= 1, "\(text)")
    }

    /// What is over moves out at the left; a wait that goes on is counted once.
    @Test func oldTimesAreForgottenAndAWaitIsCountedOnce() {
        var watch = Watch()
        watch.pass(5000, in: nil)
        watch.pass(20_000, in: .futexWait)
        #expect(watch.text == String(repeating: "f", count: Self.count))
    }

    @Test func aThreadThatWasAlreadyAsleepIsKnownSinceThen() {
        var watch = Watch()
        watch.state.now += 100_000_000
        var row = Fixture.thread(1, .futexWait)
        row.thread.blockedSince = watch.state.now - 4 * Self.second
        watch.state.threads = [row]
        watch.lanes.note(watch.state)
        let text = watch.text
        #expect(text.hasSuffix(String(repeating: "f", count: 8)), "\(text)")
        #expect(text.hasPrefix("    "))
    }

    @Test func anUnknownThreadHasNone() {
        let steps = Lanes().steps(ThreadID(rawValue: 9), count: 5, now: 1)
        #expect(
            steps == Array(repeating: nil, count: 5) && Lanes().steps(ThreadID(rawValue: 9), count: 0, now: 1) == [])
    }
}
