/// What a demangler says of a name that it does not understand to its end.
struct Unreadable: Error {}

/// A cursor over a mangled name, which is ASCII.
struct NameReader {
    let bytes: [UInt8]
    var position = 0

    init(_ name: String) { bytes = Array(name.utf8) }

    var isAtEnd: Bool { position >= bytes.count }

    /// The next character, or the one `ahead` of it; NUL behind the end.
    func peek(_ ahead: Int = 0) -> Unicode.Scalar {
        let place = position + ahead
        return place < bytes.count ? Unicode.Scalar(bytes[place]) : "\0"
    }

    var isAtDigit: Bool { peek().isDigit }

    mutating func next() throws(Unreadable) -> Unicode.Scalar {
        guard !isAtEnd else { throw Unreadable() }
        defer { position += 1 }
        return peek()
    }

    /// Steps over `text` if it is next.
    mutating func take(_ text: String) -> Bool {
        var place = position
        for byte in text.utf8 {
            guard place < bytes.count, bytes[place] == byte else { return false }
            place += 1
        }
        position = place
        return true
    }

    mutating func expect(_ text: String) throws(Unreadable) {
        guard take(text) else { throw Unreadable() }
    }

    /// Steps over `count` bytes and answers where they are.
    mutating func skip(_ count: Int) throws(Unreadable) -> Range<Int> {
        guard count >= 0, count <= bytes.count - position else { throw Unreadable() }
        defer { position += count }
        return position..<position + count
    }

    mutating func digits() -> Range<Int> {
        let start = position
        while isAtDigit { position += 1 }
        return start..<position
    }

    mutating func decimal() throws(Unreadable) -> Int {
        let digits = digits()
        guard let value = Int(text(digits)) else { throw Unreadable() }
        return value
    }

    /// Digits up to an underscore, in base 36 (with upper case letters) or 62 (lower case first): nothing is 0, 0 is 1.
    mutating func sequence(base: Int) throws(Unreadable) -> Int {
        if take("_") { return 0 }
        var value = 0
        while !take("_") {
            // Hashes fill 64 bits; beyond 56 the value serves nobody but must not overflow.
            value = min(value, 1 << 56) * base + (try Self.digit(try next(), base: base))
        }
        return value + 1
    }

    /// The same with decimal digits.
    mutating func decimalSequence() throws(Unreadable) -> Int {
        if take("_") { return 0 }
        let number = try decimal()
        try expect("_")
        guard number < 1 << 32 else { throw Unreadable() }
        return number + 1
    }

    private static func digit(_ character: Unicode.Scalar, base: Int) throws(Unreadable) -> Int {
        let code = Int(character.value)
        return switch character {
        case "0"..."9": code - 48
        case "a"..."z" where base == 62: code - 97 + 10
        case "A"..."Z": code - 65 + (base == 62 ? 36 : 10)
        default: throw Unreadable()
        }
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension Unicode.Scalar {
    var isDigit: Bool { ("0"..."9").contains(self) }
    var isUpper: Bool { ("A"..."Z").contains(self) }
    var isLower: Bool { ("a"..."z").contains(self) }
}
