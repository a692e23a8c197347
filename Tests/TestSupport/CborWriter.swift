/// Writes values in CBOR (RFC 8949).
package enum CborWriter {
    package static func bytes(_ value: JsonValue) -> [UInt8] {
        switch value {
        case .null: [0xf6]
        case .bool(let isTrue): [isTrue ? 0xf5 : 0xf4]
        case .integer(let number) where number >= 0: head(0, UInt64(number))
        case .integer(let number): head(1, UInt64(-1 - number))
        case .fraction(let number): [0xfb] + withUnsafeBytes(of: number.bitPattern.bigEndian, Array.init)
        case .string(let text): head(3, UInt64(text.utf8.count)) + text.utf8
        case .array(let elements): head(4, UInt64(elements.count)) + elements.flatMap(bytes)
        case .object(let members):
            head(5, UInt64(members.count))
                + members.sorted { $0.key < $1.key }.flatMap { bytes(.string($0.key)) + bytes($0.value) }
        }
    }

    /// What an item begins with: its kind and a number, in as few bytes as will do.
    package static func head(_ kind: UInt8, _ number: UInt64) -> [UInt8] {
        let size = number < 24 ? 0 : number < 1 << 8 ? 1 : number < 1 << 16 ? 2 : number < 1 << 32 ? 4 : 8
        let information = size == 0 ? UInt8(number) : 24 + UInt8(size.trailingZeroBitCount)
        return [kind << 5 | information] + (0..<size).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
