import Testing
import Trace
import WasixABI

@testable import Decode

/// Whatever the bytes are, the formatter answers with one line of printable text.
@Suite struct HostileRecordTests {
    @Test(arguments: PointerWidth.allCases) func randomPayloadsOfEveryCallGiveOnePrintableLine(width: PointerWidth) {
        var random = SeededGenerator(seed: 0x9e37_79b9_7f4a_7c15 &+ UInt64(width.rawValue))
        for row in CallTable.all {
            for _ in 0..<20 {
                let record = randomRecord(row.id, &random)
                let payload = randomPayload(arguments: row.arguments.count, &random)
                check(record, payload, width: width)
            }
        }
    }

    @Test func payloadsThatAreNotChunksGiveOnePrintableLine() {
        var random = SeededGenerator(seed: 42)
        for _ in 0..<2_000 {
            let record = randomRecord(
                CallID(rawValue: .random(in: 0..<UInt16(CallTable.all.count), using: &random))!, &random)
            let size = Int.random(in: 0..<200, using: &random)
            check(record, (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }, width: .bits32)
        }
    }

    @Test func everyPrefixOfAGoodPayloadGivesALine() {
        let events = (0..<3).flatMap { _ in structure(32, [(0, UInt32(1)), (24, UInt64(7))]) }
        let builder = RecordBuilder(.epollWait, [4, 0x100, 3, 0, 0x200]).result(3).keep("events", events, total: 3)
        for length in 0...builder.payload.count {
            check(builder.record, Array(builder.payload.prefix(length)), width: .bits32)
        }
        #expect(builder.line().contains("[{EPOLLIN, data=0x7}, {EPOLLIN, data=0x7}, {EPOLLIN, data=0x7}]"))
    }

    @Test func aStructureCutAnywhereSaysSo() {
        let bytes = structure(24, [(0, UInt8(4))])
        for length in 0..<24 {
            let record = RecordBuilder(.fdFdstatGet, [1, 0x100]).keep("buf", Array(bytes.prefix(length)), total: 24)
            #expect(record.line().contains("...}"), "\(length) bytes")
        }
    }

    private func check(_ record: TraceRecord, _ payload: [UInt8], width: PointerWidth) {
        var record = record
        record.flags = width == .bits64 ? record.flags | TraceRecord.Flags.wide : record.flags & ~TraceRecord.Flags.wide
        var options = DecodeOptions()
        options.isVerbose = payload.count % 2 == 0
        let formatter = CallFormatter(options: options) { $0.rawValue % 2 == 0 ? "x\u{7}" : nil }
        let tokens = payload.withUnsafeBytes { formatter.text(record, payload: $0).line }
        let isPrintable = tokens.text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
        #expect(isPrintable, "\(tokens.text.debugDescription)")
        #expect(tokens.first?.kind == .call)
        let depth = tokens.reduce(into: 0) { depth, token in
            guard token.kind == .punctuation else { return }
            for character in token.text {
                if "([{".contains(character) { depth += 1 }
                if ")]}".contains(character) { depth -= 1 }
            }
        }
        #expect(depth == 0, "\(tokens.text)")
    }

    private func randomRecord(_ call: CallID, _ random: inout SeededGenerator) -> TraceRecord {
        var record = TraceRecord()
        record.call = call.rawValue
        record.flags = .random(in: 0...255, using: &random)
        record.errno = Bool.random(using: &random) ? 0 : .random(in: 0...120, using: &random)
        record.result = word(&random)
        record.objects = (word(&random), word(&random))
        record.words = (
            word(&random), word(&random), word(&random), word(&random), word(&random), word(&random)
        )
        return record
    }

    /// Small numbers, the limits, and anything.
    private func word(_ random: inout SeededGenerator) -> UInt32 {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: .random(in: 0...8, using: &random)
        case 1: [0, .max, 0x7fff_ffff, 0x8000_0000].randomElement(using: &random)!
        default: .random(in: 0 ... .max, using: &random)
        }
    }

    /// Chunks with honest headers and arbitrary contents and totals, several of them for one argument.
    private func randomPayload(arguments: Int, _ random: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 0...4, using: &random)).flatMap { _ -> [UInt8] in
            let size = [0, 1, 2, 8, 24, 32, 48, 100].randomElement(using: &random)!
            let content = (0..<size).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...3, using: &random) : .random(in: 0...255, using: &random)
            }
            let argument =
                Int.random(in: 0..<5, using: &random) == 0
                ? 0xff : UInt8.random(in: 0...UInt8(arguments), using: &random)
            return [argument, 0] + RecordBuilder.bytes(UInt16(size)) + RecordBuilder.bytes(word(&random)) + content
        }
    }
}
