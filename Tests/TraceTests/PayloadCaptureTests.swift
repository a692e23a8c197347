import Testing
import WasixABI

@testable import Trace

@Suite struct PayloadCaptureTests {
    private struct Chunk: Equatable {
        var argument: UInt8
        var total: UInt32
        var bytes: [UInt8]
    }

    private struct Captured {
        var record: TraceRecord
        var chunks: [Chunk]

        func chunk(_ argument: UInt8) -> Chunk? { chunks.first { $0.argument == argument } }
        var result: UInt32? { record.flags & TraceRecord.Flags.hasResult != 0 ? record.result : nil }
        var isCut: Bool { record.flags & TraceRecord.Flags.payloadCut != 0 }
        var words: [UInt32] {
            let words = record.words
            return [words.0, words.1, words.2, words.3, words.4, words.5]
        }
    }

    /// A page of guest memory, and beyond it bytes that must never be seen.
    private struct Guest {
        static let size = 4096
        private var memory = [UInt8](repeating: 0, count: size) + [UInt8](repeating: 0xEE, count: 64)
        var width = PointerWidth.bits32

        mutating func put(_ address: Int, _ bytes: [UInt8]) {
            memory.replaceSubrange(address..<address + bytes.count, with: bytes)
        }

        mutating func put<Number: FixedWidthInteger>(_ address: Int, number: Number) {
            put(address, withUnsafeBytes(of: number.littleEndian) { Array($0) })
        }

        mutating func put(_ address: Int, _ text: String) { put(address, Array(text.utf8)) }

        func withMemory(_ body: (UnsafeRawBufferPointer) -> Void) {
            memory.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<Self.size])) }
        }

        func capture(
            _ call: CallID, _ values: [UInt64], errno: Errno = .success, limit: Int = 32, arena: Int = 1 << 16,
            note: CallNote? = nil
        ) -> Captured {
            let ring = TraceRing(capacity: 4, payloadCapacity: arena)
            var record = TraceRecord()
            record.call = call.rawValue
            record.errno = errno.rawValue
            let refusal = note ?? CallNote()
            var options = TraceOptions()
            options.stringLimit = limit
            let slots: [UInt64] = values.flatMap { [$0, 0xDEAD] } + [0, 0]
            memory.withUnsafeBytes { memory in
                slots.withUnsafeBufferPointer { slots in
                    withUnsafePointer(to: refusal) { refusal in
                        PayloadCapture(call.spec, width: width).fill(
                            &record, slots: slots.baseAddress!,
                            memory: UnsafeRawBufferPointer(rebasing: memory[..<Self.size]), ring: ring,
                            options: options, note: note == nil ? nil : refusal)
                    }
                }
            }
            ring.push(record)
            var captured = Captured(record: record, chunks: [])
            ring.drain { captured.chunks = Self.chunks($1) }
            return captured
        }

        private static func chunks(_ payload: UnsafeRawBufferPointer) -> [Chunk] {
            var found: [Chunk] = []
            var offset = 0
            while offset + PayloadChunk.headerSize <= payload.count {
                let head = payload.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                let count = PayloadChunk.captured(head)
                let start = offset + PayloadChunk.headerSize
                found.append(
                    Chunk(
                        argument: PayloadChunk.argument(head),
                        total: payload.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self),
                        bytes: Array(payload[start..<start + count])))
                offset = start + count
            }
            return found
        }
    }

    /// Also of a call that has nothing else to keep.
    @Test(arguments: [CallID.sockListen, .sockConnect]) func aRefusalIsKeptWithItsRule(call: CallID) throws {
        let text = Array("tcp:deny=*:80".utf8)
        try text.withUnsafeBytes { text in
            var note = CallNote(.deniedByRule)
            note.direction = .in
            note.addressVersion = 4
            note.port = 0x1234
            note.address = (0x0100_000a, 7)
            note.rule = text
            let kept = try #require(
                Guest().capture(call, [3, 8], errno: .acces, note: note).chunk(PayloadChunk.note))
            let octets: [UInt8] = [10, 0, 0, 1, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]
            #expect(kept.bytes == [3, 0, 1, 4, 0x34, 0x12] + octets + Array(text))
            #expect(Guest().capture(call, [3, 8], errno: .acces).chunk(PayloadChunk.note) == nil)
        }
    }

    @Test func aLongRuleIsCut() throws {
        let text = [UInt8](repeating: 0x61, count: 5_000)
        try text.withUnsafeBytes { text in
            var note = CallNote(.deniedByRule)
            note.rule = text
            let kept = try #require(
                Guest().capture(.sockListen, [3, 8], errno: .acces, note: note).chunk(PayloadChunk.note))
            #expect(kept.bytes.count == CallNoteLayout.rule + CallNoteLayout.mostRule)
            let tight = Guest().capture(.sockListen, [3, 8], errno: .acces, arena: 256, note: note)
            #expect(tight.isCut && tight.chunks.map(\.bytes.count) == [128 - PayloadChunk.headerSize])
        }
    }

    private func entry(_ length: UInt32, _ bytes: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: (length, UInt32(bytes.count))) { Array($0) } + bytes
    }

    private static let end = UInt64(Guest.size)

    // MARK: words and results

    @Test func argumentsAreWords() {
        let guest = Guest()
        let seek = guest.capture(.fdSeek, [5, 0x1_0000_0002, 1, .max])
        #expect(seek.words == [5, 2, 1, 1, .max, 0])
        let open = guest.capture(.pathOpen2, [3, 1, 0, 0, 1, 2, 1 << 32, 4, 1, 0x200])
        #expect(open.words == [3, 1, 0, 0, 1, 2])
        let rest: [UInt8] = [0, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0]
        let more = PayloadChunk.moreArguments
        #expect(open.chunk(more) == Chunk(argument: more, total: 6, bytes: [0, 0, 0, 0] + rest))
    }

    @Test func theFirstSmallResultIsInTheRecord() {
        var guest = Guest()
        guest.put(0x100, number: UInt32(7))
        guest.put(0x200, number: UInt32(8))
        let pipe = guest.capture(.fdPipe, [0x100, 0x200])
        #expect(pipe.result == 7)
        #expect(pipe.chunks == [Chunk(argument: 1, total: 4, bytes: [8, 0, 0, 0])])
        let failed = guest.capture(.fdPipe, [0x100, 0x200], errno: .mfile)
        #expect(failed.result == nil && failed.chunks.isEmpty)
        #expect(guest.capture(.fdPipe, [Self.end - 3, 0x200]).result == nil)
        #expect(guest.capture(.fdPipe, [Self.end - 4, 0x200]).result == 0)
    }

    @Test func aWideResultTakesTheWordThatTheArgumentsLeaveFree() {
        var guest = Guest()
        guest.put(0x100, number: UInt64(0x1122_3344_5566_7788))
        let time = guest.capture(.clockTimeGet, [1, 2, 0x100])
        #expect(time.result == nil && time.chunks.isEmpty)
        #expect(time.record.inlineResult == 0x1122_3344_5566_7788)
        #expect(time.words == [1, 2, 0, 0x100, 0, 0x1122_3344])
        #expect(guest.capture(.clockTimeGet, [1, 0, Self.end - 8]).record.inlineResult == 0)
        for outside in [Self.end - 7, 0xffff_fffc] {
            let failed = guest.capture(.clockTimeGet, [1, 0, outside])
            #expect(failed.record.inlineResult == nil && failed.chunks.isEmpty && failed.words[5] == 0)
        }
    }

    @Test func aWideResultIsBehindTheRecordWhenNoWordIsFree() {
        var guest = Guest()
        guest.width = .bits64
        guest.put(0x100, number: UInt64(0x1122_3344_5566_7788))
        let seek = guest.capture(.fdSeek, [5, 2, 1, 0x100])
        #expect(seek.record.inlineResult == nil)
        #expect(seek.chunk(3)?.bytes == [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11])
    }

    // MARK: text

    /// strace(1), -s: "filenames are not considered strings and are always printed in full".
    @Test func namesAreKeptWholeWhateverTheLimit() {
        var guest = Guest()
        guest.put(0x100, "some/long/path/of/many/bytes/in/all")
        let short = guest.capture(.pathUnlinkFile, [3, 0x100, 9])
        #expect(short.chunk(1) == Chunk(argument: 1, total: 9, bytes: Array("some/long".utf8)))
        #expect(guest.capture(.pathUnlinkFile, [3, 0x100, 9], errno: .noent).chunk(1) == short.chunk(1))
        for limit in [0, 32, 100_000] {
            #expect(guest.capture(.pathUnlinkFile, [3, 0x100, 35], limit: limit).chunk(1)?.bytes.count == 35)
            #expect(guest.capture(.pathUnlinkFile, [3, 0, Self.end], limit: limit).chunk(1)?.bytes.count == 4096)
            #expect(guest.capture(.resolve, [0x100, 35, 0, 0, 0, 0], limit: limit).chunk(0)?.bytes.count == 35)
        }
    }

    @Test func contentIsKeptUpToTheLimit() {
        let guest = Guest()
        for (limit, kept) in [(0, 0), (32, 32), (4000, 1000), (.max, 1000)] {
            #expect(guest.capture(.randomGet, [0x100, 1000], limit: limit).chunk(0)?.bytes.count == kept)
            #expect(guest.capture(.randomGet, [0x100, 1000], limit: limit).chunk(0)?.total == 1000)
        }
    }

    @Test func nothingOutsideOfMemoryIsRead() {
        var guest = Guest()
        guest.put(Guest.size - 4, "tail")
        #expect(guest.capture(.pathUnlinkFile, [3, Self.end - 4, 4]).chunk(1)?.bytes == Array("tail".utf8))
        #expect(guest.capture(.pathUnlinkFile, [3, Self.end - 4, 5]).chunks.isEmpty)
        #expect(guest.capture(.pathUnlinkFile, [3, Self.end, 0]).chunk(1)?.bytes == [])
        for start in [Self.end, 0xffff_ffff, 0x8000_0000] {
            for count: UInt64 in [1, 0x7fff_ffff, 0xffff_ffff] {
                #expect(guest.capture(.pathUnlinkFile, [3, start, count]).chunks.isEmpty)
            }
        }
        guest.width = .bits64
        for start: UInt64 in [Self.end - 3, .max, .max - 3, 1 << 63] {
            #expect(guest.capture(.pathUnlinkFile, [3, start, .max]).chunks.isEmpty)
        }
    }

    @Test func anOutputIsAsLongAsTheCallSays() {
        var guest = Guest()
        guest.put(0x100, "target-and-old-bytes")
        guest.put(0x200, "link")
        guest.put(0x300, number: UInt32(6))
        let values: [UInt64] = [3, 0x200, 4, 0x100, 20, 0x300]
        let link = guest.capture(.pathReadlink, values)
        #expect(link.chunk(3) == Chunk(argument: 3, total: 6, bytes: Array("target".utf8)))
        #expect(link.chunk(1)?.bytes == Array("link".utf8))
        #expect(link.result == 6)
        let failed = guest.capture(.pathReadlink, values, errno: .inval)
        #expect(failed.chunks.map(\.argument) == [1])
        let random = guest.capture(.randomGet, [0x100, 6])
        #expect(random.chunk(0)?.bytes == Array("target".utf8))
    }

    // MARK: vectors

    private func withVectors() -> Guest {
        var guest = Guest()
        for (index, (base, length)) in [(0x200, 6), (0x300, 10)].enumerated() {
            guest.put(0x100 + index * 8, number: UInt32(base))
            guest.put(0x104 + index * 8, number: UInt32(length))
        }
        guest.put(0x200, "hello\n")
        guest.put(0x300, "wonderful!")
        return guest
    }

    @Test func aWriteKeepsWhatWasOffered() {
        var guest = withVectors()
        guest.put(0x400, number: UInt32(2))
        let write = guest.capture(.fdWrite, [1, 0x100, 2, 0x400])
        let all = entry(6, Array("hello\n".utf8)) + entry(10, Array("wonderful!".utf8))
        #expect(write.chunk(1) == Chunk(argument: 1, total: 2, bytes: all))
        #expect(guest.capture(.fdWrite, [1, 0x100, 2, 0x400], errno: .pipe).chunk(1)?.bytes == all)
        let cut = guest.capture(.fdWrite, [1, 0x100, 2, 0x400], limit: 8)
        #expect(cut.chunk(1)?.bytes == entry(6, Array("hello\n".utf8)) + entry(10, Array("wonderfu".utf8)))
    }

    @Test func aReadKeepsWhatCame() {
        var guest = withVectors()
        guest.put(0x400, number: UInt32(8))
        let read = guest.capture(.fdRead, [0, 0x100, 2, 0x400])
        #expect(read.chunk(1)?.bytes == entry(6, Array("hello\n".utf8)) + entry(10, Array("wo".utf8)))
        guest.put(0x400, number: UInt32(0))
        #expect(guest.capture(.fdRead, [0, 0x100, 2, 0x400]).chunk(1)?.bytes == entry(6, []) + entry(10, []))
    }

    @Test func aFailedReadKeepsTheSizesOfItsBuffers() {
        var guest = withVectors()
        guest.put(0x400, number: UInt32(8))
        let failed = guest.capture(.fdRead, [0, 0x100, 2, 0x400], errno: .again)
        #expect(failed.chunk(1) == Chunk(argument: 1, total: 2, bytes: entry(6, []) + entry(10, [])))
        #expect(failed.result == nil)
    }

    @Test func brokenVectorsEndTheList() {
        var guest = withVectors()
        guest.put(0x108, number: UInt32(Guest.size - 2))
        let write = guest.capture(.fdWrite, [1, 0x100, 2, 0x400])
        #expect(write.chunk(1)?.bytes == entry(6, Array("hello\n".utf8)) + entry(10, []))
        let outside = guest.capture(.fdWrite, [1, Self.end - 8, 5, 0x400])
        #expect(outside.chunk(1) == Chunk(argument: 1, total: 5, bytes: entry(0, [])))
        #expect(guest.capture(.fdWrite, [1, 0xffff_fffc, 2, 0x400]).chunk(1)?.bytes == [])
        let many = guest.capture(.fdWrite, [1, 0x800, 0xffff_ffff, 0x400])
        #expect(many.chunk(1)?.total == .max)
        #expect(many.chunk(1)?.bytes.count == 16 * 8)
    }

    @Test func wideVectors() {
        var guest = Guest()
        guest.width = .bits64
        guest.put(0x100, number: UInt64(0x200))
        guest.put(0x108, number: UInt64(2))
        guest.put(0x110, number: UInt64.max - 1)
        guest.put(0x118, number: UInt64.max)
        guest.put(0x200, "hi")
        let write = guest.capture(.fdWrite, [1, 0x100, 2, 0x400])
        #expect(write.chunk(1)?.bytes == entry(2, Array("hi".utf8)) + entry(.max, []))
    }

    // MARK: structures, arrays, lists of strings

    @Test func aStructureIsKeptWhole() {
        var guest = Guest()
        guest.put(0x100, [UInt8](1...32))
        let add = guest.capture(.epollCtl, [4, 0, 5, 0x100])
        #expect(add.chunks == [Chunk(argument: 3, total: 32, bytes: [UInt8](1...32))])
        #expect(guest.capture(.epollCtl, [4, 0, 5, Self.end - 31]).chunks.isEmpty)
        #expect(guest.capture(.epollCtl, [4, 0, 5, Self.end - 32]).chunks.count == 1)
    }

    @Test func anArrayIsAsLongAsTheCallSays() {
        var guest = Guest()
        guest.put(0x100, [UInt8](repeating: 3, count: 64))
        guest.put(0x400, number: UInt32(2))
        let wait = guest.capture(.epollWait, [4, 0x100, 64, 0, 0x400])
        #expect(wait.chunk(1) == Chunk(argument: 1, total: 2, bytes: [UInt8](repeating: 3, count: 64)))
        guest.put(0x400, number: UInt32(40))
        #expect(guest.capture(.epollWait, [4, 0x100, 64, 0, 0x400]).chunk(1)?.bytes.count == 16 * 32)
        #expect(guest.capture(.epollWait, [4, 0x100, 64, 0, 0x400], errno: .intr).chunks.isEmpty)
    }

    @Test func stringsAreEntriesAsVectorsAre() {
        var guest = Guest()
        for (index, address) in [0x200, 0x210, 0x220].enumerated() {
            guest.put(0x100 + index * 4, number: UInt32(address))
        }
        guest.put(0x200, "sh\0")
        guest.put(0x210, "\0")
        guest.put(0x220, "a-string-of-more-than-thirty-two-bytes\0")
        func argv(_ start: UInt64, _ count: UInt64) -> Chunk? {
            guest.capture(.procExec4, [0x300, 0, start, count, 0, 0, 0, 0, 0]).chunk(2)
        }
        let two = entry(2, Array("sh".utf8)) + entry(0, [])
        #expect(argv(0x100, 2) == Chunk(argument: 2, total: 2, bytes: two))
        let cut = two + entry(.max, Array("a-string-of-more-than-thirty-two".utf8))
        #expect(argv(0x100, 3) == Chunk(argument: 2, total: 3, bytes: cut))
        #expect(argv(0x100, 0) == Chunk(argument: 2, total: 0, bytes: []))
        guest.put(0x108, number: UInt32(Guest.size - 3))
        guest.put(Guest.size - 3, "end")
        let open = two + entry(.max, Array("end".utf8))
        #expect(argv(0x100, 3)?.bytes == open, "no NUL before the end of memory")
        guest.put(0x108, number: UInt32(Guest.size))
        #expect(argv(0x100, 3)?.bytes == two)
        #expect(argv(Self.end - 2, 3)?.bytes == [])
        #expect(argv(0x100, 0xffff_ffff)?.total == .max)
    }

    // MARK: room

    @Test func whatFindsNoRoomIsCutWhereItIsCleanAndSaidToBe() {
        let guest = withVectors()
        for arena in [16, 32, 64] {
            let cut = guest.capture(.fdWrite, [1, 0x100, 2, 0x400], arena: arena)
            #expect(cut.isCut)
            let all = entry(6, Array("hello\n".utf8)) + entry(10, Array("wonderful!".utf8))
            let shown = cut.chunk(1)?.bytes ?? []
            // Whole numbers of the last entry, and as much of its bytes as they say.
            let wanted: [UInt8] =
                switch arena {
                case 64: Array(all.prefix(18)) + [2, 0, 0, 0] + Array("wo".utf8)
                case 32: [6, 0, 0, 0, 0, 0, 0, 0]
                default: []
                }
            #expect(shown == wanted, "\(arena)")
        }
        let all = guest.capture(.fdWrite, [1, 0x100, 2, 0x400])
        #expect(!all.isCut)
    }

    @Test func aHigherLimitNeverShowsLess() {
        var options = TraceOptions()
        let sizes = [200_000, 16_000, 1_000, 4] + [Int](repeating: 2_000_000, count: 12)
        let memory = [UInt8](repeating: 7, count: 4_000_000)
        var head: [UInt8] = []
        for size in sizes {
            head += withUnsafeBytes(of: (UInt32(0x1000), UInt32(size))) { Array($0) }
        }
        var before = [Int](repeating: 0, count: 16)
        for limit in [0, 1, 64, 16_369, 20_000, 32_769, 1_000_000, 5_000_000, Int.max] {
            options.stringLimit = limit
            let ring = TraceRing(payloadCapacity: options.payloadCapacity)
            var record = TraceRecord()
            let slots: [UInt64] = [1, 0, 0, 0, 16, 0, 0x800, 0]
            (head + memory).withUnsafeBytes {
                PayloadCapture(CallID.fdWrite.spec, width: .bits32).fill(
                    &record, slots: slots, memory: $0, ring: ring, options: options)
            }
            #expect(record.flags & TraceRecord.Flags.payloadCut == 0)
            ring.push(record)
            var shown: [Int] = []
            ring.drain { _, payload in
                var offset = PayloadChunk.headerSize
                while offset < payload.count {
                    shown.append(Int(payload.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)))
                    offset += 8 + shown[shown.count - 1]
                }
            }
            #expect(shown == sizes.map { min($0, limit, CaptureStep.mostString) })
            #expect(zip(before, shown).allSatisfy { $0 <= $1 })
            before = shown
        }
    }

    /// What a thread is in can be told before it returns.
    @Test func aCallInProgressHasWhatItWasGiven() {
        var guest = withVectors()
        guest.put(0x600, "name")
        let open = PayloadCapture(CallID.pathOpen.spec, width: .bits32)
        let slots: [UInt64] = [3, 0, 1, 0, 0x600, 0, 4, 0, 0, 0, 1 << 33, 0, 5, 0, 0, 0, 0x400, 0]
        #expect(open.argumentWords(slots: slots) == [3, 1, 0x600, 4, 0, 0, 2, 5, 0, 0, 0x400])
        let read = PayloadCapture(CallID.fdRead.spec, width: .bits32)
        guest.withMemory { memory in
            #expect(open.entry(slots: slots, memory: memory, stringLimit: 0).suffix(4) == Array("name".utf8)[...])
            let sizes = read.entry(slots: [5, 0, 0x100, 0, 2, 0, 0x400, 0], memory: memory, stringLimit: 64)
            #expect(sizes.dropFirst(PayloadChunk.headerSize) == (entry(6, []) + entry(10, []))[...])
            let wait = PayloadCapture(CallID.epollWait.spec, width: .bits32)
            #expect(wait.entry(slots: [UInt64](repeating: 1, count: 12), memory: memory, stringLimit: 64).isEmpty)
        }
    }

    @Test func callsThatKeepNothingReserveNothing() {
        let guest = Guest()
        let close = guest.capture(.fdClose, [3], arena: 1)
        #expect(!close.isCut && close.record.payloadLength == 0)
    }
}
