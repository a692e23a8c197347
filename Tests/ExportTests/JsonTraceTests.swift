import TestSupport
import Testing
import Trace
import WasixABI

@testable import Export

/// Whatever a record holds, and whatever else a trace has to tell: each line is what the schema says.
@Suite struct JsonTraceTests {
    private let lines: JsonLines

    init() throws { lines = try JsonLines() }

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
                let name = "\u{1b}[2J\u{202e}\\\""
                let value = try lines.line(record, payload, options: options) { $0 % 2 == 0 ? name : nil }
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
                #expect(try lines.line(record, payload) != nil)
                for length in 0..<min(size, 12) {
                    #expect(try lines.line(record, Array(payload.prefix(length))) != nil)
                }
            }
        }
    }

    @Test func aStackIsAListOfPlaces() throws {
        var record = TraceRecord()
        record.call = CallID.fdClose.rawValue
        let bytes = StackBytes.of([
            GuestFrame(function: "a\u{1b}", functionOffset: 1, moduleOffset: 9, file: "b.c", line: 3),
            GuestFrame(function: "function 4"),
        ])
        let payload = [PayloadChunk.stack, UInt8(bytes.count), 0, 0, 0, 0, 0, 0] + bytes
        let value = try #require(try lines.line(record, payload))
        #expect(
            value["stack"] == [
                ["function": "a\u{1b}", "file": "b.c", "line": 3, "moduleOffset": 9], ["function": "function 4"],
            ])
    }

    @Test func aCallThatIsNotInTheTableHasALine() throws {
        var record = TraceRecord()
        record.call = .max
        record.errno = 99
        let value = try #require(try lines.line(record))
        #expect(value["call"] == "call_65535" && value["errno"] == "ERRNO_99" && value["result"] == .null)
    }

    // MARK: lines that are no calls

    @Test func theHeaderSaysWhatWasRunAndWhen() throws {
        var options = JsonTrace.Options()
        options.version = "1.2.3"
        options.module = Array("dir/app.wasm".utf8)
        options.arguments = [Array("--x=\"y\"".utf8), [0xff]]
        let time = TraceTime(clock: TickClock(), startWall: 1_709_208_005_000_000_042, rate: 1)
        let header = try lines.parsed(JsonTrace(options: options) { _, _ in nil }.opening(time))
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
            #expect(try lines.parsed(trace.ending(state, isFull: false)) == wanted)
        }
    }

    @Test func threadsAndHolesHaveLines() throws {
        var start = TraceRecord()
        start.kind = RecordKind.threadStart.rawValue
        start.result = 1
        start.start = 3
        #expect(
            try lines.line(start) == ["type": "thread-start", "time": 3, "process": 1, "thread": 2, "by": 1])
        #expect(
            try lines.line(ThreadEnd.left.record)
                == ["type": "thread-exit", "time": 0, "process": 1, "thread": 2, "state": "left"])
        #expect(try lines.line(ThreadEnd.processExited(code: 4).record)?["code"] == 4)
        #expect(try lines.line(ThreadEnd.processKilled(signal: 15).record)?["signal"] == "SIGTERM")
        #expect(try lines.line(ThreadEnd.processTrapped.record)?["state"] == "trapped")
        var gap = TraceRecord()
        gap.kind = RecordKind.gap.rawValue
        gap.result = 7
        gap.duration = 90
        #expect(
            try lines.line(gap)
                == ["type": "gap", "time": 0, "duration": 90, "process": 1, "thread": 2, "lost": 7])
        var options = JsonTrace.Options()
        options.filter.showsThreads = false
        #expect(try lines.line(start, options: options) == nil)
        #expect(try lines.line(gap, options: options) != nil)
    }

    @Test func timesNeverRunBackwards() throws {
        var trace = JsonTrace(options: JsonTrace.Options()) { _, _ in nil }
        let times = try [UInt64(7), 5, 9].map { start in
            var record = TraceRecord()
            record.call = CallID.fdClose.rawValue
            record.start = start
            let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
            return try lines.parsed(trace.line(record, payload: nothing, from: lines.origin, time: TraceTime()))?[
                "time"]?.integer
        }
        #expect(times == [7, 7, 9])
    }

    // MARK: the schema

    @Test func theSchemaRefusesWhatIsNoLine() throws {
        let good: [String: JsonValue] = [
            "type": "gap", "time": 1, "duration": 2, "process": 1, "thread": 1, "lost": 3,
        ]
        #expect(lines.schema.problem(.object(good)) == nil)
        for (name, value) in [
            ("type", "hole"), ("time", -1), ("time", "12"), ("time", true), ("time", .fraction(1.5)), ("lost", .null),
            ("lost", .integer(1 << 53 + 1)), ("more", 1),
        ] as [(String, JsonValue)] {
            #expect(lines.schema.problem(.object(good.merging([name: value]) { $1 })) != nil, "\(name): \(value)")
        }
        for name in good.keys {
            #expect(lines.schema.problem(.object(good.filter { $0.key != name })) != nil, "\(name)")
        }
        #expect(lines.schema.problem(["type": "end", "state": "exited"]) != nil)
    }
}
