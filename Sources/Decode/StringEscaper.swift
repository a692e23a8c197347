/// Turns guest bytes into text that is safe in a terminal, on one line, and unambiguous: printable ASCII stays, the
/// usual letters stand for control characters, everything else is `\xhh` with exactly two digits.
package enum StringEscaper {
    static func quote(_ bytes: GuestBytes) -> String {
        var text: [UInt8] = [quotationMark]
        text.reserveCapacity(bytes.count + 2)
        for offset in 0..<bytes.count { append(bytes[offset], to: &text) }
        text.append(quotationMark)
        return String(decoding: text, as: UTF8.self)
    }

    /// A name of ours that may contain a guest's path: escaped, not quoted.
    package static func plain(_ name: String) -> String {
        guard !name.utf8.allSatisfy(isPrintable) else { return name }
        var text: [UInt8] = []
        for byte in name.utf8 {
            if isPrintable(byte) { text.append(byte) } else { append(byte, to: &text) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let quotationMark = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
    private static let digits = Array("0123456789abcdef".utf8)

    private static func isPrintable(_ byte: UInt8) -> Bool {
        (0x20...0x7e).contains(byte)
    }

    private static func append(_ byte: UInt8, to text: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\n"): text += [backslash, UInt8(ascii: "n")]
        case UInt8(ascii: "\t"): text += [backslash, UInt8(ascii: "t")]
        case UInt8(ascii: "\r"): text += [backslash, UInt8(ascii: "r")]
        case 0: text += [backslash, UInt8(ascii: "0")]
        case quotationMark, backslash: text += [backslash, byte]
        case _ where isPrintable(byte): text.append(byte)
        default: text += [backslash, UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
}
