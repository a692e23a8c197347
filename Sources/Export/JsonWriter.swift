import Trace

/// Writes a JSON text. ASCII alone: everything else is escaped, so that
/// what a guest wrote cannot control the terminal that it is shown on.
struct JsonWriter {
    /// Integers that every reader of JSON holds exactly; larger ones are written as strings.
    private static let largestNumber: UInt64 = 1 << 53

    private var bytes: [UInt8] = []
    private var needsComma = false

    init() { bytes.reserveCapacity(1024) }

    /// What was written, as a line.
    var line: String { String(decoding: bytes + [UInt8(ascii: "\n")], as: UTF8.self) }

    // MARK: structure

    mutating func object(_ body: (inout JsonWriter) -> Void) { enclosed("{", "}", body) }
    mutating func array(_ body: (inout JsonWriter) -> Void) { enclosed("[", "]", body) }

    /// The next member of the object that is open: its value must follow.
    mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func enclosed(_ opening: String, _ closing: String, _ body: (inout JsonWriter) -> Void) {
        begin()
        bytes += opening.utf8
        needsComma = false
        body(&self)
        bytes += closing.utf8
        needsComma = true
    }

    private mutating func begin() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    // MARK: values

    mutating func null() { raw("null") }
    mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    mutating func number(_ value: UInt64) {
        if value <= Self.largestNumber { raw(String(value)) } else { string(String(value)) }
    }

    mutating func number(_ value: Int64) {
        if value.magnitude <= Self.largestNumber { raw(String(value)) } else { string(String(value)) }
    }

    private mutating func raw(_ text: String) {
        begin()
        bytes += text.utf8
    }

    mutating func string(_ text: String) {
        begin()
        bytes.append(UInt8(ascii: "\""))
        for unit in text.utf16 { append(unit) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ unit: UInt16) {
        switch unit {
        case 0x22, 0x5c: bytes += [UInt8(ascii: "\\"), UInt8(unit)]
        case 0x20..<0x7f: bytes.append(UInt8(unit))
        case 0x0a: bytes += "\\n".utf8
        case 0x09: bytes += "\\t".utf8
        case 0x0d: bytes += "\\r".utf8
        default:
            bytes += "\\u".utf8
            for shift in [12, 8, 4, 0] { bytes.append(Self.digits[Int(unit >> shift) & 15]) }
        }
    }

    /// RFC 4648, with padding.
    mutating func base64(_ content: [UInt8]) {
        begin()
        bytes.append(UInt8(ascii: "\""))
        for start in stride(from: 0, to: content.count, by: 3) {
            let group = content[start..<min(start + 3, content.count)]
            var word: UInt32 = 0
            for byte in group { word = word << 8 | UInt32(byte) }
            word <<= UInt32(3 - group.count) * 8
            for position in 0..<4 {
                let isPadding = position > group.count
                bytes.append(
                    isPadding ? UInt8(ascii: "=") : Self.alphabet[Int(word >> UInt32(18 - 6 * position)) & 63])
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let digits = Array("0123456789abcdef".utf8)
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}

extension JsonWriter {
    /// A frame of a guest's stack as an object.
    mutating func frame(_ frame: GuestFrame) {
        object { out in
            out.member("function", frame.function)
            if let file = frame.file, let line = frame.line {
                out.member("file", file)
                out.member("line", UInt64(clamping: line))
            }
            if let offset = frame.moduleOffset { out.member("moduleOffset", UInt64(clamping: offset)) }
        }
    }
}
