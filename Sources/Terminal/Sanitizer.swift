/// Makes text that a guest chose safe to draw: what a terminal would obey, and what changes the order of what stands
/// beside it, becomes a visible escape. Every guest string passes here before it reaches a canvas.
package enum Sanitizer {
    package static func clean(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars { append(scalar, to: &result) }
        return result
    }

    /// The same, cut to `limit` characters on the screen.
    package static func clean(_ text: String, limit: Int) -> String {
        let text = clean(String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit + 1))))
        guard text.unicodeScalars.count > limit else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(max(limit - 3, 0)))) + "..."
    }

    /// Bytes that ought to be UTF-8; those that are not become `\xNN`.
    package static func clean(_ bytes: some Collection<UInt8>) -> String {
        let bytes = Array(bytes)
        var result = ""
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let length = sequenceLength(of: bytes[index])
            let end = index + max(length, 1)
            if length > 0, end <= bytes.count, let text = String(validating: bytes[index..<end], as: UTF8.self) {
                for scalar in text.unicodeScalars { append(scalar, to: &result) }
                index = end
            } else {
                result += "\\x" + hex(UInt32(bytes[index]), digits: 2)
                index += 1
            }
        }
        return result
    }

    /// How many bytes the UTF-8 sequence that starts with `lead` has; 0 when none does.
    package static func sequenceLength(of lead: UInt8) -> Int {
        switch lead {
        case 0x00..<0x80: 1
        case 0xc2..<0xe0: 2
        case 0xe0..<0xf0: 3
        case 0xf0..<0xf5: 4
        default: 0
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        if scalar.value >= 0x20 && scalar.value < 0x7f {
            result.unicodeScalars.append(scalar)
            return
        }
        switch scalar {
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\u{1b}": result += "\\e"
        default:
            switch scalar.properties.generalCategory {
            case .control: result += "\\x" + hex(scalar.value, digits: 2)
            case .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
                result += "\\u{" + hex(scalar.value, digits: 4) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(digits - text.count, 0)) + text
    }
}
