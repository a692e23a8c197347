import Decode
import Testing
import Trace
import WasixABI

@Suite struct StraceLineTests {
    private let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    private let close = RecordBuilder(.fdClose, [9]).record

    private func line(_ style: StraceLine.TimeStyle, starts: [UInt64]) -> [String] {
        var writer = StraceLine(formatter: CallFormatter())
        writer.timeStyle = style
        writer.resultColumn = 0
        // 2001-09-09 01:46:40 UTC, plus a fraction.
        writer.wallStart = 1_000_000_000_250_000_000
        writer.zoneOffset = 2 * 3_600
        return starts.map { start in
            writer.line(
                close, payload: nothing, thread: ThreadID(rawValue: 1), at: .init(start: start, duration: 12_345)
            )
            .text
        }
    }

    @Test func timesAsStracePrintsThem() {
        #expect(line(.none, starts: [0]) == ["fd_close(9) = OK"])
        #expect(line(.clock, starts: [0]) == ["03:46:40 fd_close(9) = OK"])
        #expect(line(.clockMicroseconds, starts: [1_500_000]) == ["03:46:40.251500 fd_close(9) = OK"])
        #expect(line(.epoch, starts: [0]) == ["1000000000.250000 fd_close(9) = OK"])
        #expect(line(.sinceStart, starts: [61_000_002_000]) == ["61.000002 fd_close(9) = OK"])
    }

    @Test func relativeTimesNeverGoBackwards() {
        #expect(
            line(.relative, starts: [5_000, 2_005_000, 1_005_000])
                == ["0.000000 fd_close(9) = OK", "0.002000 fd_close(9) = OK", "0.000000 fd_close(9) = OK"])
    }

    @Test func resultsAlignAndDurationsFollow() {
        var writer = StraceLine(formatter: CallFormatter())
        writer.showsDuration = true
        writer.showsThread = true
        let tokens = writer.line(
            close, payload: nothing, thread: ThreadID(rawValue: 3), at: .init(start: 0, duration: 12_345))
        #expect(tokens.text == "[T3] fd_close(9)" + String(repeating: " ", count: 29) + "= OK <0.000012>")
    }

    @Test func recordsThatAreNoCallsTellTheirStory() {
        var writer = StraceLine(formatter: CallFormatter())
        func text(_ kind: UInt8, _ result: UInt32) -> String {
            var record = TraceRecord()
            record.kind = kind
            record.result = result
            return writer.line(
                record, payload: nothing, thread: ThreadID(rawValue: 2), at: .init(start: 0, duration: 0)
            )
            .text
        }
        #expect(text(RecordKind.gap.rawValue, 1204) == "~~~ 1204 calls lost here ~~~")
        #expect(text(RecordKind.threadStart.rawValue, 1) == "+++ started by T1 +++")
        #expect(text(RecordKind.threadExit.rawValue, 0) == "+++ thread exited +++")
        #expect(text(RecordKind.processExit.rawValue, 3) == "+++ exited with 3 +++")
        #expect(text(200, 0) == "??? record of unknown kind 200")
    }
}
