/// Rust's first mangling: Itanium's nested name of plain identifiers, with a hash for the last one and escapes for what
/// an identifier cannot hold.
enum RustLegacyName {
    /// nil when the name has another mangling.
    static func read(_ name: String) -> String? {
        try? parse(name)
    }

    private static func parse(_ name: String) throws(Unreadable) -> String {
        var reader = NameReader(name)
        try reader.expect("_ZN")
        var parts: [Range<Int>] = []
        while !reader.take("E") { parts.append(try reader.skip(reader.decimal())) }
        guard let hash = parts.popLast(), isHash(reader.bytes[hash]), !parts.isEmpty else { throw Unreadable() }
        let texts = try parts.map { part throws(Unreadable) in try unescape(reader.text(part)) }
        return try texts.joined(separator: "::") + RustSuffix.read(&reader)
    }

    private static func isHash(_ part: ArraySlice<UInt8>) -> Bool {
        part.count == 17 && part.first == UInt8(ascii: "h")
            && part.dropFirst().allSatisfy { Unicode.Scalar($0).isDigit || (0x61...0x66).contains($0) }
    }

    private static let escapes = [
        "SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ",",
    ]

    private static func unescape(_ part: String) throws(Unreadable) -> String {
        var reader = NameReader(part)
        var text = ""
        // An underscore keeps an escape from being the identifier's first character.
        if reader.peek(0) == "_", reader.peek(1) == "$" { reader.position = 1 }
        while !reader.isAtEnd {
            if reader.take("..") {
                text += "::"
            } else if reader.take("$") {
                text += try escape(&reader)
            } else {
                let start = reader.position
                while !reader.isAtEnd, reader.peek() != "$", reader.peek() != "." || reader.position == start {
                    reader.position += 1
                }
                text += reader.text(start..<reader.position)
            }
        }
        return text
    }

    private static func escape(_ reader: inout NameReader) throws(Unreadable) -> String {
        let start = reader.position
        while try reader.next() != "$" {}
        let code = reader.text(start..<reader.position - 1)
        if let known = escapes[code] { return known }
        guard code.first == "u", let value = UInt32(code.dropFirst(), radix: 16),
            let character = Unicode.Scalar(value), character.properties.generalCategory != .control
        else { throw Unreadable() }
        return String(character)
    }
}

/// What LLVM appends to the names of functions it copies.
enum RustSuffix {
    static func read(_ reader: inout NameReader) throws(Unreadable) -> String {
        guard !reader.isAtEnd else { return "" }
        guard reader.peek() == "." else { throw Unreadable() }
        if reader.take(".llvm.") { return "" }
        return reader.text(reader.position..<reader.bytes.count)
    }
}
