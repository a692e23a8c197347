/// A name or a value of the host, as it is: bytes without a zero byte. Mostly UTF-8, but Linux does not ask for that; and
/// never compared as Swift compares texts, for which two spellings of a letter are one.
public struct ByteString: Hashable, Sendable {
    public let bytes: [UInt8]

    public init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// The text's UTF-8.
    public init(_ text: String) { bytes = Array(text.utf8) }

    public init(cString: UnsafePointer<CChar>) {
        bytes = cString.withMemoryRebound(to: UInt8.self, capacity: 1, Self.copy)
    }

    private static func copy(_ start: UnsafePointer<UInt8>) -> [UInt8] {
        var count = 0
        while start[count] != 0 { count += 1 }
        return Array(UnsafeBufferPointer(start: start, count: count))
    }

    /// For a call of the host: with the zero byte that ends it there.
    public func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (bytes + [0]).withUnsafeBufferPointer {
            body(UnsafeRawPointer($0.baseAddress!).assumingMemoryBound(to: CChar.self))
        }
    }
}

extension ByteString: ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) { self.init(text) }
}

extension ByteString: CustomStringConvertible {
    /// For people: what is no UTF-8 as `\xNN`. Not made safe for a terminal.
    public var description: String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = ""
        var rest = bytes[...]
        while let byte = rest.first {
            let length = (1...4).first { String(validating: rest.prefix($0), as: UTF8.self) != nil && rest.count >= $0 }
            if let length, let part = String(validating: rest.prefix(length), as: UTF8.self) {
                text += part
                rest = rest.dropFirst(length)
            } else {
                text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
                rest = rest.dropFirst()
            }
        }
        return text
    }
}
