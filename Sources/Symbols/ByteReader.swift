/// What a reader says of bytes that end too early or hold a number no field can have.
struct Malformed: Error {}

/// A cursor over a part of a module. Every read is checked: the bytes are the guest's, and debug sections are validated
/// by nobody.
struct ByteReader {
    let bytes: [UInt8]
    private(set) var position: Int
    let end: Int

    /// A range that reaches past the bytes is cut to them.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        let range = range.clamped(to: 0..<bytes.count)
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position >= end }
    var remaining: Range<Int> { position..<end }

    mutating func byte() throws(Malformed) -> UInt8 {
        guard position < end else { throw Malformed() }
        defer { position += 1 }
        return bytes[position]
    }

    /// Steps over `count` bytes and answers where they are.
    @discardableResult
    mutating func skip(_ count: UInt64) throws(Malformed) -> Range<Int> {
        guard count <= UInt64(end - position) else { throw Malformed() }
        defer { position += Int(count) }
        return position..<position + Int(count)
    }

    /// Continues at a place that the caller took from this reader.
    mutating func seek(_ target: Int) { position = min(max(target, 0), end) }

    /// Little-endian, of 1 to 8 bytes.
    mutating func number(size: Int) throws(Malformed) -> UInt64 {
        let field = try skip(UInt64(size))
        var value: UInt64 = 0
        for (place, index) in field.enumerated() { value |= UInt64(bytes[index]) << (8 * UInt64(place)) }
        return value
    }

    /// LEB128. Bits beyond the 64th are lost, as debuggers lose them; padding of any length is accepted.
    mutating func unsigned() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            if shift < 64 { value |= UInt64(next & 0x7f) << shift }
            guard next & 0x80 != 0 else { return value }
            shift += 7
        }
    }

    mutating func signed() throws(Malformed) -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            if shift < 64 { value |= UInt64(next & 0x7f) << shift }
            shift += 7
            guard next & 0x80 != 0 else {
                if next & 0x40 != 0, shift < 64 { value |= ~0 << shift }
                return Int64(bitPattern: value)
            }
        }
    }

    /// Steps over bytes that end in a NUL and answers where they are, without it.
    mutating func terminated() throws(Malformed) -> Range<Int> {
        let start = position
        while try byte() != 0 {}
        return start..<position - 1
    }
    /// Steps over a unit of a debug section: where it is behind its length, and how large its offsets are (DWARF 5, 7.4).
    mutating func unit() throws(Malformed) -> (Range<Int>, offsetSize: Int) {
        let length = try number(size: 4)
        guard length >= 0xffff_fff0 else { return (try skip(length), 4) }
        guard length == 0xffff_ffff else { throw Malformed() }
        return (try skip(number(size: 8)), 8)
    }
}
