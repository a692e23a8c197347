import Foundation
import TestSupport
import Testing
import Trace
import WasixABI

@testable import Export

@Suite struct JsonTraceTests {
    private let schema: JsonSchema

    init() throws {
        let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        schema = try JsonSchema(contentsOfFile: top.path + "/assets/trace.schema.json")
    }

    private let origin = RecordOrigin(process: .initial, thread: ThreadID(rawValue: 2), slot: 0)

    /// A line that is whole, ASCII and valid; nil for none.
    private func parsed(_ line: String?, _ comment: String = "") throws -> JsonValue? {
        guard let line else { return nil }
        #expect(line.last == "\n")
        let isPrintable = line.utf8.dropLast().allSatisfy { (0x20..<0x7f).contains($0) }
        #expect(isPrintable, "\(line)")
        let value = try JsonValue(parsing: line)
        #expect(schema.problem(value) == nil, "\(comment): \(line)")
        return value
    }

    private func line(
        _ record: TraceRecord, _ payload: [UInt8] = [], options: JsonTrace.Options = JsonTrace.Options(),
        names: @escaping (UInt32) -> String? = { _ in nil }
    ) throws -> JsonValue? {
        var trace = JsonTrace(options: options) { object, _ in names(object.rawValue) }
        let text = payload.withUnsafeBytes { trace.line(record, payload: $0, from: origin, time: TraceTime()) }
        return try parsed(text, "\(record)")
    }

    // MARK: any bytes

    @Test(arguments: PointerWidth.allCases) func everyCallWithAnyWordsAndPayloadGivesAValidLine(
        width: PointerWidth
    ) throws {
        var hostile = HostileRecords(seed: 11 + UInt64(width.rawValue))
        for row in CallTable.all {
            for round in 0..<8 {
                var options = JsonTrace.Options()
                options.numbersConstants = round % 4 == 3
                let record = hostile.record(row.id, width: width)
                let payload = hostile.payload(arguments: row.arguments.count)
                let value = try line(record, payload, options: options) { $0 % 2 == 0 ? "\u{1b}[2J\u{202e}\\\"" : nil }
                let line = try #require(value)
                #expect(line["call"]?.string == row.name)
                #expect(line["args"]?.members.map { Set($0.keys) } == Set(row.arguments.map(\.name)))
            }
        }
    }

    @Test func payloadsThatAreNotChunksGiveValidLines() throws {
        var hostile = HostileRecords(seed: 5)
        for row in CallTable.all {
            for size in [1, 7, 40, 200] {
                let record = hostile.record(row.id, width: .bits32)
                let payload = hostile.bytes(size)
                #expect(try line(record, payload) != nil)
                for length in 0..<min(size, 12) { #expect(try line(record, Array(payload.prefix(length))) != nil) }
            }
        }
    }

    @Test func aCallThatIsNotInTheTableHasALine() throws {
        var record = TraceRecord()
        record.call = .max
        record.errno = 99
        let value = try #require(try line(record))
        #expect(value["call"] == "call_65535" && value["errno"] == "ERRNO_99" && value["result"] == .null)
    }

    // MARK: what the tracer keeps

    private func called(_ call: CallID, _ arguments: [UInt64], _ guest: TracedMemory, errno: Errno = .success) throws
        -> JsonValue
    {
        let (record, payload) = guest.record(call, arguments, errno: errno)
        return try #require(try line(record, payload) { "object \($0)" })
    }

    @Test func buffersHaveTheirBytesAndSizes() throws {
        var guest = TracedMemory()
        guest.put(0x100, words: [0x200, 6, 0x300, 3, 0x200, 0])
        guest.put(0x200, Array("hé\n\u{1b}x".utf8))
        guest.put(0x300, [0xff, 0, 0x80])
        guest.put(0x400, words: [9])
        let line = try called(.fdWrite, [1, 0x100, 3, 0x400], guest)
        #expect(
            line["args"] == [
                "fd": 1, "iovs_len": 3, "nwritten": 9,
                "iovs": [
                    ["text": "hé\n\u{1b}x", "size": 6], ["base64": "/wCA", "size": 3], ["text": "", "size": 0],
                ],
            ])
        #expect(line["result"] == 9 && line["errno"] == .null && line["cut"] == nil)
    }

    @Test func aBufferThatIsReadIntoHasItsCapacity() throws {
        var guest = TracedMemory()
        guest.put(0x100, words: [0x200, 1000])
        guest.put(0x200, Array("abcstale".utf8))
        guest.put(0x400, words: [3])
        let line = try called(.fdRead, [4, 0x100, 1, 0x400], guest)
        #expect(line["args"]?["iovs"] == [["text": "abc", "size": 3, "capacity": 1000]])
        let failed = try called(.fdRead, [4, 0x100, 1, 0x400], guest, errno: .again)
        #expect(failed["args"]?["iovs"] == [["text": "", "size": 0, "capacity": 1000]])
        #expect(failed["args"]?["nread"] == .null)
        #expect(failed["result"] == .null && failed["errno"] == "EAGAIN")
    }

    @Test func whatIsCutSaysSo() throws {
        var guest = TracedMemory()
        guest.stringLimit = 4
        guest.put(0x100, words: [0x200, 9])
        guest.put(0x200, Array("abcé5678".utf8))
        guest.put(0x400, words: [9])
        let line = try called(.fdWrite, [1, 0x100, 1, 0x400], guest)
        // Of the é only its first byte was kept.
        #expect(line["args"]?["iovs"] == [["text": "abc", "size": 9]])
        #expect(line["cut"] == ["iovs"])
    }

    @Test func namesConstantsFlagsAndLargeNumbers() throws {
        var guest = TracedMemory()
        guest.put(0x100, Array("a/\u{fffd}".utf8))
        guest.put(0x180, Array("a/".utf8) + [0xfe])
        guest.put(0x200, words: [5])
        let open = try called(.pathOpen, [3, 1, 0x100, 5, 0x41, 2, 1 << 63, 4, 0x200], guest)
        #expect(
            open["args"] == [
                "fd": 3, "dirflags": ["SYMLINK_FOLLOW"], "path": "a/\u{fffd}", "path_len": 5,
                "oflags": ["O_CREAT", "0x40"], "rights_base": ["FD_READ"], "rights_inheriting": ["0x8000000000000000"],
                "fdflags": ["O_NONBLOCK"], "ret_fd": 5,
            ])
        #expect(open["result"] == 5)
        let bytes = try called(.pathOpen, [3, 1, 0x180, 3, 0, 0, 0, 0, 0x200], guest)
        #expect(bytes["args"]?["path"] == ["base64": "YS/+"])

        guest.put(0x300, words: [0x1234_5678, 0x1234_5678])
        let seek = try called(.fdSeek, [.init(UInt32.max), UInt64(bitPattern: -3), 1, 0x300], guest)
        #expect(
            seek["args"] == ["fd": -1, "offset": -3, "whence": "SEEK_CUR", "newoffset": "1311768465173141112"])
        let far = try called(.fdSeek, [3, UInt64(bitPattern: .min), 9, 0x300], guest)
        #expect(far["args"]?["offset"] == "-9223372036854775808" && far["args"]?["whence"] == 9)
    }

    @Test func epollCallsHaveTheirEventsAndTimes() throws {
        var guest = TracedMemory()
        guest.put(0x100, words: [65, 0, 9, 7, 8, 0, 6, 0])
        guest.put(0x200, words: [1])
        let control = try called(.epollCtl, [4, 0, 7, 0x100], guest)
        #expect(control["args"]?["op"] == "EPOLL_CTL_ADD")
        let event: JsonValue = ["events": ["EPOLLIN", "EPOLLET"], "data": 6, "ptr": 9, "fd": 7, "data1": 8]
        #expect(control["args"]?["event"] == event)
        let wait = try called(.epollWait, [4, 0x100, 64, .max, 0x200], guest)
        #expect(wait["args"]?["events"] == [event])
        #expect(wait["args"]?["timeout"] == "INF" && wait["result"] == 1)
        #expect(try called(.epollWait, [4, 0x100, 64, 5_000_000, 0x200], guest)["args"]?["timeout"] == 5_000_000)
    }

    @Test func entriesOfADirectoryAreNames() throws {
        var guest = TracedMemory()
        func entry(_ name: String) -> [UInt8] {
            [UInt8](repeating: 0, count: 16) + [UInt8(name.utf8.count), 0, 0, 0, 4, 0, 0, 0] + Array(name.utf8)
        }
        let entries = entry("one") + entry("two \"2\"") + entry("cut off").prefix(28)
        guest.put(0x100, entries)
        guest.put(0x400, words: [UInt32(entries.count)])
        let line = try called(.fdReaddir, [3, 0x100, 4096, 0, 0x400], guest)
        #expect(line["args"]?["buf"] == ["one", "two \"2\"", "cut "])
        #expect(line["cut"] == ["buf"])
    }

    @Test func descriptorsHaveTheirNames() throws {
        var record = TraceRecord()
        record.call = CallID.fdClose.rawValue
        record.words.0 = 7
        record.objects.0 = 12
        let value = try #require(try line(record) { "pipe#\($0) r" })
        #expect(value["names"] == ["fd": "pipe#12 r"])
        #expect(try line(record)?["names"] == nil)
    }

    @Test func anUnfinishedCallHasNoResult() throws {
        var record = TraceRecord()
        record.call = CallID.fdClose.rawValue
        record.flags = TraceRecord.Flags.unfinished
        record.start = 5
        record.duration = 70
        let value = try #require(try line(record))
        #expect(value["unfinished"] == true && value["result"] == .null && value["errno"] == .null)
        #expect(value["time"] == 5 && value["duration"] == 70 && value["process"] == 1 && value["thread"] == 2)
    }

    // MARK: strings

    /// Whatever the bytes are, they are there: as text or in base64.
    @Test func everyBufferComesBackAsItWas() throws {
        var random = SeededGenerator(seed: 99)
        let pieces: [[UInt8]] = [
            [0], [7], [0x1b, 0x5b], [0x22], [0x5c], [0x0a, 0x0d, 0x09], [0x7f], Array("é".utf8), Array("𝄞".utf8),
            Array("\u{85}\u{2028}\u{202e}".utf8), [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xff],
            [0xe2, 0x82], Array("plain".utf8),
        ]
        for round in 0..<2_000 {
            // The pieces behind the tenth are not UTF-8.
            let kinds = round % 2 == 0 ? 10 : pieces.count
            let bytes = (0..<Int.random(in: 0...6, using: &random)).flatMap { _ in
                pieces[Int.random(in: 0..<kinds, using: &random)]
            }
            var guest = TracedMemory()
            guest.put(0x100, words: [0x200, UInt32(bytes.count)])
            guest.put(0x200, bytes)
            let buffer = try called(.fdWrite, [1, 0x100, 1, 0x400], guest)["args"]?["iovs"]?[0]
            let text = buffer?["text"]?.string.map { Array($0.utf8) }
            let decoded = buffer?["base64"]?.string.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
            #expect(text ?? decoded == bytes, "\(bytes)")
            #expect((text != nil) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
    }

    // MARK: lines that are no calls

    @Test func theHeaderSaysWhatWasRunAndWhen() throws {
        var options = JsonTrace.Options()
        options.version = "1.2.3"
        options.module = Array("dir/app.wasm".utf8)
        options.arguments = [Array("--x=\"y\"".utf8), [0xff]]
        let time = TraceTime(clock: TickClock(), startWall: 1_709_208_005_000_000_042, rate: 1)
        let header = try parsed(JsonTrace(options: options) { _, _ in nil }.opening(time))
        #expect(
            header == [
                "type": "header", "schema": 1, "program": "wasix-top", "version": "1.2.3", "module": "dir/app.wasm",
                "arguments": ["--x=\"y\"", ["base64": "/w=="]], "startedAt": "2024-02-29T12:00:05.000000042Z",
            ])
    }

    @Test func theEndSaysHow() throws {
        let trace = JsonTrace(options: JsonTrace.Options()) { _, _ in nil }
        for (state, wanted) in [
            (.running, ["type": "end", "state": "running"]),
            (.exited(code: 3), ["type": "end", "state": "exited", "code": 3]),
            (.signalled(signal: 9), ["type": "end", "state": "signalled", "signal": "SIGKILL"]),
            (
                .trapped(message: "un\nreachable", stack: ["f\u{1b}", "main"]),
                ["type": "end", "state": "trapped", "message": "un\nreachable", "stack": ["f\u{1b}", "main"]]
            ),
        ] as [(GuestState, JsonValue)] {
            #expect(try parsed(trace.ending(state, isFull: false)) == wanted)
        }
    }

    @Test func threadsAndHolesHaveLines() throws {
        var start = TraceRecord()
        start.kind = RecordKind.threadStart.rawValue
        start.result = 1
        start.start = 3
        #expect(
            try line(start) == ["type": "thread-start", "time": 3, "process": 1, "thread": 2, "by": 1])
        #expect(
            try line(ThreadEnd.left.record)
                == ["type": "thread-exit", "time": 0, "process": 1, "thread": 2, "state": "left"])
        #expect(try line(ThreadEnd.processExited(code: 4).record)?["code"] == 4)
        #expect(try line(ThreadEnd.processKilled(signal: 15).record)?["signal"] == "SIGTERM")
        #expect(try line(ThreadEnd.processTrapped.record)?["state"] == "trapped")
        var gap = TraceRecord()
        gap.kind = RecordKind.gap.rawValue
        gap.result = 7
        gap.duration = 90
        #expect(
            try line(gap)
                == ["type": "gap", "time": 0, "duration": 90, "process": 1, "thread": 2, "lost": 7])
        var options = JsonTrace.Options()
        options.filter.showsThreads = false
        #expect(try line(start, options: options) == nil)
        #expect(try line(gap, options: options) != nil)
    }

    @Test func timesNeverRunBackwards() throws {
        var trace = JsonTrace(options: JsonTrace.Options()) { _, _ in nil }
        let times = try [UInt64(7), 5, 9].map { start in
            var record = TraceRecord()
            record.call = CallID.fdClose.rawValue
            record.start = start
            let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
            return try parsed(trace.line(record, payload: nothing, from: origin, time: TraceTime()))?["time"]?.integer
        }
        #expect(times == [7, 7, 9])
    }

    // MARK: the schema

    @Test func theSchemaRefusesWhatIsNoLine() throws {
        let good: [String: JsonValue] = [
            "type": "gap", "time": 1, "duration": 2, "process": 1, "thread": 1, "lost": 3,
        ]
        #expect(schema.problem(.object(good)) == nil)
        for (name, value) in [
            ("type", "hole"), ("time", -1), ("time", "12"), ("time", true), ("time", .fraction(1.5)), ("lost", .null),
            ("lost", .integer(1 << 53 + 1)), ("more", 1),
        ] as [(String, JsonValue)] {
            #expect(schema.problem(.object(good.merging([name: value]) { $1 })) != nil, "\(name): \(value)")
        }
        for name in good.keys { #expect(schema.problem(.object(good.filter { $0.key != name })) != nil, "\(name)") }
        #expect(schema.problem(["type": "end", "state": "exited"]) != nil)
    }
}
