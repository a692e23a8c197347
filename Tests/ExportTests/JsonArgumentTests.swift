import Foundation
import TestSupport
import Testing
import Trace
import WasixABI

/// Arguments and results of calls as the tracer keeps them.
@Suite struct JsonArgumentTests {
    private let lines: JsonLines

    init() throws { lines = try JsonLines() }

    @Test func buffersHaveTheirBytesAndSizes() throws {
        var guest = TracedMemory()
        guest.put(0x100, words: [0x200, 6, 0x300, 3, 0x200, 0])
        guest.put(0x200, Array("hé\n\u{1b}x".utf8))
        guest.put(0x300, [0xff, 0, 0x80])
        guest.put(0x400, words: [9])
        let line = try lines.called(.fdWrite, [1, 0x100, 3, 0x400], guest)
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
        let line = try lines.called(.fdRead, [4, 0x100, 1, 0x400], guest)
        #expect(line["args"]?["iovs"] == [["text": "abc", "size": 3, "capacity": 1000]])
        let failed = try lines.called(.fdRead, [4, 0x100, 1, 0x400], guest, errno: .again)
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
        let line = try lines.called(.fdWrite, [1, 0x100, 1, 0x400], guest)
        // Of the é only its first byte was kept.
        #expect(line["args"]?["iovs"] == [["text": "abc", "size": 9]])
        #expect(line["cut"] == ["iovs"])
    }

    @Test func namesConstantsFlagsAndLargeNumbers() throws {
        var guest = TracedMemory()
        guest.put(0x100, Array("a/\u{fffd}".utf8))
        guest.put(0x180, Array("a/".utf8) + [0xfe])
        guest.put(0x200, words: [5])
        let open = try lines.called(.pathOpen, [3, 1, 0x100, 5, 0x41, 2, 1 << 63, 4, 0x200], guest)
        #expect(
            open["args"] == [
                "fd": 3, "dirflags": ["SYMLINK_FOLLOW"], "path": "a/\u{fffd}", "path_len": 5,
                "oflags": ["O_CREAT", "0x40"], "rights_base": ["FD_READ"], "rights_inheriting": ["0x8000000000000000"],
                "fdflags": ["O_NONBLOCK"], "ret_fd": 5,
            ])
        #expect(open["result"] == 5)
        let bytes = try lines.called(.pathOpen, [3, 1, 0x180, 3, 0, 0, 0, 0, 0x200], guest)
        #expect(bytes["args"]?["path"] == ["base64": "YS/+"])

        guest.put(0x300, words: [0x1234_5678, 0x1234_5678])
        let seek = try lines.called(.fdSeek, [.init(UInt32.max), UInt64(bitPattern: -3), 1, 0x300], guest)
        #expect(
            seek["args"] == ["fd": -1, "offset": -3, "whence": "SEEK_CUR", "newoffset": "1311768465173141112"])
        let far = try lines.called(.fdSeek, [3, UInt64(bitPattern: .min), 9, 0x300], guest)
        #expect(far["args"]?["offset"] == "-9223372036854775808" && far["args"]?["whence"] == 9)
    }

    @Test func epollCallsHaveTheirEventsAndTimes() throws {
        var guest = TracedMemory()
        guest.put(0x100, words: [65, 0, 9, 7, 8, 0, 6, 0])
        guest.put(0x200, words: [1])
        let control = try lines.called(.epollCtl, [4, 0, 7, 0x100], guest)
        #expect(control["args"]?["op"] == "EPOLL_CTL_ADD")
        let event: JsonValue = ["events": ["EPOLLIN", "EPOLLET"], "data": 6, "ptr": 9, "fd": 7, "data1": 8]
        #expect(control["args"]?["event"] == event)
        let wait = try lines.called(.epollWait, [4, 0x100, 64, .max, 0x200], guest)
        #expect(wait["args"]?["events"] == [event])
        #expect(wait["args"]?["timeout"] == "INF" && wait["result"] == 1)
        #expect(try lines.called(.epollWait, [4, 0x100, 64, 5_000_000, 0x200], guest)["args"]?["timeout"] == 5_000_000)
    }

    @Test func entriesOfADirectoryAreNames() throws {
        var guest = TracedMemory()
        func entry(_ name: String) -> [UInt8] {
            [UInt8](repeating: 0, count: 16) + [UInt8(name.utf8.count), 0, 0, 0, 4, 0, 0, 0] + Array(name.utf8)
        }
        let entries = entry("one") + entry("two \"2\"") + entry("cut off").prefix(28)
        guest.put(0x100, entries)
        guest.put(0x400, words: [UInt32(entries.count)])
        let line = try lines.called(.fdReaddir, [3, 0x100, 4096, 0, 0x400], guest)
        #expect(line["args"]?["buf"] == ["one", "two \"2\"", "cut "])
        #expect(line["cut"] == ["buf"])
    }

    @Test func descriptorsHaveTheirNames() throws {
        var record = TraceRecord()
        record.call = CallID.fdClose.rawValue
        record.words.0 = 7
        record.objects.0 = 12
        let value = try #require(try lines.line(record) { "pipe#\($0) r" })
        #expect(value["names"] == ["fd": "pipe#12 r"])
        #expect(try lines.line(record)?["names"] == nil)
    }

    @Test func anUnfinishedCallHasNoResult() throws {
        var record = TraceRecord()
        record.call = CallID.fdClose.rawValue
        record.flags = TraceRecord.Flags.unfinished
        record.start = 5
        record.duration = 70
        let value = try #require(try lines.line(record))
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
            let buffer = try lines.called(.fdWrite, [1, 0x100, 1, 0x400], guest)["args"]?["iovs"]?[0]
            let text = buffer?["text"]?.string.map { Array($0.utf8) }
            let decoded = buffer?["base64"]?.string.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
            #expect(text ?? decoded == bytes, "\(bytes)")
            #expect((text != nil) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
    }
}
