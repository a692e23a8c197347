import Decode
import Testing
import Trace
import WasixABI

@Suite struct StraceLineTests {
    private let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    private let close = RecordBuilder(.fdClose, [9]).record

    private func line(_ style: TimeStyle, starts: [UInt64]) -> [String] {
        var writer = StraceLine(formatter: CallFormatter())
        writer.timeStyle = style
        writer.resultColumn = 0
        // 2001-09-09 01:46:40 UTC, plus a fraction.
        writer.wallStart = 1_000_000_000_250_000_000
        writer.zoneOffset = 2 * 3_600
        return starts.map { start in
            writer.line(
                close, payload: nothing, thread: ThreadID(rawValue: 1), at: .init(effect: start, duration: 12_345)
            )
            .text
        }
    }

    @Test func timesAsStracePrintsThem() {
        #expect(line(.none, starts: [0]) == ["fd_close(9) = 0"])
        #expect(line(.clock(.seconds), starts: [0]) == ["03:46:40 fd_close(9) = 0"])
        #expect(line(.clock(.microseconds), starts: [1_500_000]) == ["03:46:40.251500 fd_close(9) = 0"])
        #expect(line(.epoch(.microseconds), starts: [0]) == ["1000000000.250000 fd_close(9) = 0"])
        #expect(line(.sinceStart(.microseconds), starts: [61_000_002_000]) == ["61.000002 fd_close(9) = 0"])
        #expect(line(.epoch(.nanoseconds), starts: [7]) == ["1000000000.250000007 fd_close(9) = 0"])
        #expect(line(.clock(.milliseconds), starts: [0]) == ["03:46:40.250 fd_close(9) = 0"])
    }

    /// A line that came late bears the time of the one above it.
    @Test func timesNeverRunBackwards() {
        #expect(
            line(.relative(.microseconds), starts: [5_000, 2_005_000, 1_005_000, 3_005_000])
                == [
                    "0.000000 fd_close(9) = 0", "0.002000 fd_close(9) = 0", "0.000000 fd_close(9) = 0",
                    "0.001000 fd_close(9) = 0",
                ])
        #expect(
            line(.sinceStart(.microseconds), starts: [2_000, 1_000]).map { $0.prefix(8) } == ["0.000002", "0.000002"])
    }

    @Test func aCallWithoutAnEndIsMarked() {
        var writer = StraceLine(formatter: CallFormatter())
        writer.resultColumn = 0
        var record = RecordBuilder(.fdRead, [4, 0x100, 1, 0x200], errno: .intr).record
        record.flags |= TraceRecord.Flags.unfinished
        let line = writer.line(record, payload: nothing, thread: .main, at: .init(effect: 0)).text
        #expect(line == "fd_read(4, 0x100, iovs_len=1 <unfinished ...>) = ?")
    }

    @Test func resultsAlignAndDurationsFollow() {
        var writer = StraceLine(formatter: CallFormatter())
        writer.durationPrecision = .microseconds
        writer.showsThread = true
        let tokens = writer.line(
            close, payload: nothing, thread: ThreadID(rawValue: 3), at: .init(effect: 0, duration: 12_345))
        #expect(tokens.text == "[T3] fd_close(9)" + String(repeating: " ", count: 29) + "= 0 <0.000012>")
    }

    @Test func recordsThatAreNoCallsTellTheirStory() {
        var writer = StraceLine(formatter: CallFormatter())
        func text(_ kind: UInt8, _ result: UInt32) -> String {
            var record = TraceRecord()
            record.kind = kind
            record.result = result
            return writer.line(
                record, payload: nothing, thread: ThreadID(rawValue: 2), at: .init(effect: 0)
            )
            .text
        }
        #expect(text(RecordKind.gap.rawValue, 1204) == "~~~ 1204 calls lost here ~~~")
        #expect(text(RecordKind.threadStart.rawValue, 1) == "+++ started by T1 +++")
        #expect(text(RecordKind.gap.rawValue, 1) == "~~~ 1 call lost here ~~~")
        #expect(text(RecordKind.threadExit.rawValue, 0) == "+++ exited with 0 +++")
        for (end, said) in [
            (ThreadEnd.processExited(code: 6), "exited with 6"), (.processKilled(signal: 2), "killed by SIGINT"),
            (.processTrapped, "trapped"), (.left, "exited with 0"),
        ] {
            let line = writer.line(end.record, payload: nothing, thread: .main, at: .init(effect: 0))
            #expect(line.text == "+++ \(said) +++")
        }
        #expect(text(200, 0) == "??? record of unknown kind 200")
    }
}
