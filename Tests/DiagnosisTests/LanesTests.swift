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

        var text: String { text(LanesTests.count) }

        func text(_ count: Int) -> String {
            lanes.steps(ThreadID(rawValue: 1), count: count, now: state.now).map { step in
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

    /// However wide it is drawn, the same instant stands in the same column as in a lifeline, give or take what is remembered as
    /// one.
    @Test(arguments: [1, 7, 30, 64, 75, 100, 150, 185, 400])
    func aLaneHasTheStepsOfALifeline(count: Int) {
        var watch = Watch()
        watch.pass(20_000, in: .epollWait)
        watch.pass(6_000, in: .fdRead)
        let length = Lanes.span / UInt64(count)
        let change = (watch.state.now - 6 * Self.second) / length
        let column = count - 1 - Int(watch.state.now / length - change)
        let text = watch.text(count)
        let known = text.drop { $0 == " " }
        #expect(text.count == count && known.allSatisfy { $0 == "e" || $0 == "r" }, "\(text)")
        let first = text.firstIndex(of: "r").map { text.distance(from: text.startIndex, to: $0) } ?? count
        let slack = 1 + Int(100_000_000 / length)
        #expect(text.count - known.count <= slack, "\(text)")
        #expect((column - slack...column + slack).contains(first) || count == 1, "\(text): \(first), \(column)")
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
