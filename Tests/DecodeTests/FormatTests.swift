import Testing
import Trace
import WasixABI

@testable import Decode

@Suite struct FormatTests {
    @Test func exactDurationsLoseNothing() {
        let cases: [(UInt64, String)] = [
            (0, "0"), (1, "1ns"), (999, "999ns"), (1_000, "1us"), (1_500_000, "1.5ms"), (50_000_000, "50ms"),
            (1_234_567, "1.234567ms"), (1_000_000_001, "1.000000001s"), (90_000_000_000, "90s"), (.max, "INF"),
            (1 << 63, "INF"),
        ]
        for (nanoseconds, text) in cases {
            #expect(DurationFormat.exact(nanoseconds) == text)
        }
    }

    @Test func shortDurationsFitAColumn() {
        let cases: [(UInt64, String)] = [
            (0, "0ns"), (999, "999ns"), (1_000, "1us"), (12_345, "12.3us"), (123_456, "123us"), (999_999, "999us"),
            (3_100_000, "3.1ms"), (12_400_000_000, "12.4s"), (59_999_999_999, "59.9s"), (125_000_000_000, "2m05s"),
            (3_600_000_000_000, "1h00m"), (41_580_000_000_000, "11h33m"),
        ]
        for (nanoseconds, text) in cases {
            #expect(DurationFormat.short(nanoseconds) == text)
            #expect(text.count <= 6)
        }
    }

    @Test func stringsAreCutAtTheLimit() {
        var options = DecodeOptions()
        options.stringLimit = 4
        let record = RecordBuilder(.randomGet, [0x100, 6]).keep("buf", "abcdef")
        #expect(record.line(options: options) == #"random_get("abcd"..., len=6) = 0"#)
        options.stringLimit = 0
        #expect(record.line(options: options) == #"random_get(""..., len=6) = 0"#)
        let name = RecordBuilder(.chdir, [0x100, 6]).keep("path", "abcdef")
        #expect(name.line(options: options) == #"chdir("abcdef") = 0"#, "names of files are whole")
    }

    @Test func arraysAreCutAtTheLimit() {
        var options = DecodeOptions()
        options.elementLimit = 1
        let event = structure(32, [(0, UInt32(1))])
        let wait = RecordBuilder(.epollWait, [4, 0x100, 8, 0, 0x200]).result(2).keep("events", event + event, total: 8)
        #expect(
            wait.line(options: options)
                == "epoll_wait(4, [{EPOLLIN, data=0x0}, ...], maxevents=8, timeout=0) = 2")
        let write = RecordBuilder(.fdWrite, [1, 0x100, 2, 0x200]).result(2).keepVectors("iovs", [(1, "a"), (1, "b")])
        #expect(write.line(options: options) == #"fd_write(1, [{"a", 1}, ...]) = 2"#)
    }

    @Test func errorsAreExplainedOnRequest() {
        var options = DecodeOptions()
        options.explainsErrors = true
        #expect(
            RecordBuilder(.fdClose, [9], errno: .badf).line(options: options)
                == "fd_close(9) = EBADF (Bad file descriptor)")
        #expect(RecordBuilder(.fdClose, [9]).line(options: options) == "fd_close(9) = 0")
    }

    @Test func tokensCarryTheirRoles() {
        let tokens = RecordBuilder(.fdRead, [10, 0x100, 1, 0x200], errno: .again).objects(7)
            .keepVectors("iovs", [(16, "")]).tokens(objects: [7: "pipe r"])
        #expect(tokens.first == Token(.call, "fd_read"))
        #expect(tokens.contains(Token(.fd, "10")) && tokens.contains(Token(.object, "<pipe r>")))
        #expect(tokens.last == Token(.softError, "EAGAIN"))
        #expect(RecordBuilder(.fdClose, [9], errno: .badf).tokens().last == Token(.hardError, "EBADF"))
        #expect(RecordBuilder(.fdClose, [9]).tokens().last == Token(.number, "0"))
    }

    @Test func namesOfObjectsCannotReachTheTerminal() {
        let record = RecordBuilder(.fdClose, [9]).objects(1)
        #expect(record.line(objects: [1: "file \u{1b}[31m\n"]) == #"fd_close(9<file \x1b[31m\n>) = 0"#)
        var options = DecodeOptions()
        options.namesObjects = false
        #expect(record.line(options: options, objects: [1: "file"]) == "fd_close(9) = 0")
    }

    @Test func recordsOfUnknownCallsAreStillLines() {
        var record = TraceRecord()
        record.call = .max
        let line = CallFormatter().text(record, payload: UnsafeRawBufferPointer(start: nil, count: 0)).line
        #expect(line.text == "call_65535(?) = 0")
    }
}
