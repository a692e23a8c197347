import TestSupport
import Trace
import WasixABI

/// Records and payloads that no tracer would write.
struct HostileRecords {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func record(_ call: CallID, width: PointerWidth) -> TraceRecord {
        var record = TraceRecord()
        record.call = call.rawValue
        let flags = UInt8.random(in: 0...255, using: &random)
        record.flags = width == .bits64 ? flags | TraceRecord.Flags.wide : flags & ~TraceRecord.Flags.wide
        record.errno = Bool.random(using: &random) ? 0 : .random(in: 0...120, using: &random)
        record.start = random.next() >> UInt64.random(in: 0..<64, using: &random)
        record.duration = random.next()
        record.result = word()
        record.objects = (word(), word())
        record.words = (word(), word(), word(), word(), word(), word())
        return record
    }

    /// Chunks with honest headers and arbitrary contents and totals, several of them for one argument.
    mutating func payload(arguments: Int) -> [UInt8] {
        (0..<Int.random(in: 0...5, using: &random)).flatMap { _ -> [UInt8] in
            let content = bytes([0, 1, 2, 8, 24, 32, 48, 100].randomElement(using: &random)!)
            let isOurs = Int.random(in: 0..<5, using: &random) == 0
            let argument = UInt8.random(in: isOurs ? 0xfd...0xff : 0...UInt8(arguments), using: &random)
            let head = Self.little(PayloadChunk.head(argument: argument, captured: content.count))
            return head + Self.little(word()) + content
        }
    }

    /// Small numbers half of the time: they make plausible tags and lengths.
    mutating func bytes(_ count: Int) -> [UInt8] {
        let areSmall = Bool.random(using: &random)
        return (0..<count).map { _ in
            UInt8.random(in: areSmall && Bool.random(using: &random) ? 0...3 : 0...255, using: &random)
        }
    }

    /// Small numbers, the limits, and anything.
    private mutating func word() -> UInt32 {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: .random(in: 0...8, using: &random)
        case 1: [0, .max, 0x7fff_ffff, 0x8000_0000].randomElement(using: &random)!
        default: .random(in: 0 ... .max, using: &random)
        }
    }

    private static func little(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
}
