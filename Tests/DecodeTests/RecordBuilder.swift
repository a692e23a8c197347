@_exported import TestSupport
import Trace
import WasixABI

@testable import Decode

/// Builds a record and its payload the way the tracer does, for one call.
struct RecordBuilder {
    var record = TraceRecord()
    private(set) var payload: [UInt8] = []
    private let row: CallSpec
    private let width: PointerWidth

    /// - Parameter values: one for each argument, in order.
    init(_ call: CallID, _ values: [UInt64], errno: Errno = .success, width: PointerWidth = .bits32) {
        row = call.spec
        self.width = width
        record.call = call.rawValue
        record.errno = errno.rawValue
        if width == .bits64 { record.flags |= TraceRecord.Flags.wide }
        var words: [UInt32] = []
        for (argument, value) in zip(row.arguments, values) {
            words.append(UInt32(truncatingIfNeeded: value))
            if argument.kind.wasmType(width) == .i64 { words.append(UInt32(truncatingIfNeeded: value >> 32)) }
        }
        let padded = words + [UInt32](repeating: 0, count: 6)
        record.words = (padded[0], padded[1], padded[2], padded[3], padded[4], padded[5])
        if words.count > TraceRecord.inlineWords {
            let rest = words.dropFirst(TraceRecord.inlineWords).flatMap { Self.bytes($0) }
            append(Int(PayloadChunk.moreArguments), rest, total: words.count - TraceRecord.inlineWords)
        }
    }

    func result(_ value: UInt32) -> RecordBuilder {
        var copy = self
        copy.record.result = value
        copy.record.flags |= TraceRecord.Flags.hasResult
        return copy
    }

    func flag(_ flag: UInt8) -> RecordBuilder {
        var copy = self
        copy.record.flags |= flag
        return copy
    }

    func objects(_ first: UInt32, _ second: UInt32 = 0) -> RecordBuilder {
        var copy = self
        copy.record.objects = (first, second)
        return copy
    }

    /// What was kept of an argument's memory; all of it unless `total` says otherwise.
    func keep(_ name: String, _ bytes: [UInt8], total: Int? = nil) -> RecordBuilder {
        var copy = self
        copy.append(row.arguments.firstIndex { $0.name == name }!, bytes, total: total ?? bytes.count)
        return copy
    }

    func keep(_ name: String, _ text: String, total: Int? = nil) -> RecordBuilder {
        keep(name, Array(text.utf8), total: total)
    }

    /// Why the call was refused, in the bytes of a `CallNote`.
    func keep(note bytes: [UInt8]) -> RecordBuilder {
        var copy = self
        copy.append(Int(PayloadChunk.note), bytes, total: bytes.count)
        return copy
    }

    /// A scalar behind a pointer.
    func keep(_ name: String, number value: UInt64, size: Int) -> RecordBuilder {
        keep(name, Array(Self.bytes(value).prefix(size)))
    }

    /// Buffers: how long each is, and what was kept of it.
    func keepVectors(_ name: String, _ vectors: [(length: Int, kept: String)], total: Int? = nil) -> RecordBuilder {
        let bytes = vectors.flatMap { vector in
            Self.bytes(UInt32(vector.length)) + Self.bytes(UInt32(vector.kept.utf8.count)) + Array(vector.kept.utf8)
        }
        return keep(name, bytes, total: total ?? vectors.count)
    }

    func line(options: DecodeOptions = DecodeOptions(), objects: [UInt32: String] = [:]) -> String {
        tokens(options: options, objects: objects).text
    }

    func tokens(options: DecodeOptions = DecodeOptions(), objects: [UInt32: String] = [:]) -> [Token] {
        let formatter = CallFormatter(options: options) { objects[$0.rawValue] }
        return payload.withUnsafeBytes { formatter.text(record, payload: $0).line }
    }

    private mutating func append(_ argument: Int, _ bytes: [UInt8], total: Int) {
        payload += Self.bytes(PayloadChunk.head(argument: UInt8(argument), captured: bytes.count))
        payload += Self.bytes(UInt32(total)) + bytes
        record.payloadLength = payload.count
    }

    static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}

/// Guest memory of a structure, filled field by field.
func structure(_ size: Int, _ fields: [(Int, any FixedWidthInteger)]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    for (offset, value) in fields {
        for (index, byte) in RecordBuilder.bytes(value).enumerated() { bytes[offset + index] = byte }
    }
    return bytes
}
