/// Turns guest bytes into text that is safe in a terminal, on one line, and unambiguous: printable ASCII stays, the
/// usual letters stand for control characters, everything else is `\xhh` with exactly two digits.
enum StringEscaper {
    static func quote(_ bytes: GuestBytes) -> String {
        var text = "\""
        text.reserveCapacity(bytes.count + 2)
        for offset in 0..<bytes.count { append(bytes[offset], to: &text) }
        text += "\""
        return text
    }

    /// A name of ours that may contain a guest's path: escaped, not quoted.
    static func plain(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { (0x20...0x7e).contains($0) }
        guard !isPlain else { return name }
        var text = ""
        for byte in name.utf8 {
            if (0x20...0x7e).contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                append(byte, to: &text)
            }
        }
        return text
    }

    private static func append(_ byte: UInt8, to text: inout String) {
        switch byte {
        case UInt8(ascii: "\n"): text += "\\n"
        case UInt8(ascii: "\t"): text += "\\t"
        case UInt8(ascii: "\r"): text += "\\r"
        case 0: text += "\\0"
        case UInt8(ascii: "\""): text += "\\\""
        case UInt8(ascii: "\\"): text += "\\\\"
        case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            text += byte < 16 ? "\\x0" : "\\x"
            text += String(byte, radix: 16)
        }
    }
}
