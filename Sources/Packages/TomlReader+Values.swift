/// Values (TOML 1.0).
extension TomlReader {
    mutating func entry(level: Int) throws(PackageFailure) -> TomlTable.Entry {
        guard level < ManifestValue.mostLevels else { throw failure("values nest too deep") }
        if skip("{") { return .table(try inlineTable(level)) }
        if skip("[") { return .value(.list(try list(level))) }
        if let text = try string(isValue: true) { return .value(.text(text)) }
        return .value(try scalar())
    }

    private mutating func list(_ level: Int) throws(PackageFailure) -> [ManifestValue] {
        var elements: [ManifestValue] = []
        while true {
            try skipSpace()
            if skip("]") { return elements }
            switch try entry(level: level + 1) {
            case .value(let value): elements.append(value)
            case .table(let table): elements.append(.table(table.members))
            case .tables: break
            }
            try skipSpace()
            if skip("]") { return elements }
            guard skip(",") else { throw failure("a list without its end") }
        }
    }

    private mutating func inlineTable(_ level: Int) throws(PackageFailure) -> TomlTable {
        let table = TomlTable(.inline)
        skipBlanks()
        if skip("}") { return table }
        repeat { try assignment(to: table, level: level + 1) } while try hasAnother()
        return table
    }

    /// Goes over what stands between two entries of an inline table, or ends it.
    private mutating func hasAnother() throws(PackageFailure) -> Bool {
        skipBlanks()
        if skip("}") { return false }
        guard skip(",") else { throw failure("a table without its end") }
        return true
    }

    // MARK: strings

    /// The string that is next; nil when something else is.
    /// - Parameter isValue: it may be of several lines.
    mutating func string(isValue: Bool = false) throws(PackageFailure) -> String? {
        if isValue, skip(all: "\"\"\"") { return try lines("\"", hasEscapes: true) }
        if isValue, skip(all: "'''") { return try lines("'", hasEscapes: false) }
        if skip("\"") { return try text("\"", hasEscapes: true) }
        if skip("'") { return try text("'", hasEscapes: false) }
        return nil
    }

    private mutating func text(_ quote: Character, hasEscapes: Bool) throws(PackageFailure) -> String {
        var text: [UInt8] = []
        while !skip(quote) {
            guard let byte = bytes.first, byte != 0x0a, byte != 0x0d else { throw failure("a text without its end") }
            try character(into: &text, hasEscapes: hasEscapes)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func lines(_ quote: Character, hasEscapes: Bool) throws(PackageFailure) -> String {
        let end = String(repeating: quote, count: 3)
        var text: [UInt8] = []
        _ = skipNewline()
        while true {
            if skip(all: end) {
                // Up to two quotes may stand before the three that end it.
                for _ in 0..<2 where skip(quote) { text.append(quote.asciiValue!) }
                return String(decoding: text, as: UTF8.self)
            }
            guard !bytes.isEmpty else { throw failure("a text without its end") }
            if skipNewline() {
                text.append(0x0a)
            } else if hasEscapes, isLineContinued() {
                skipContinuation()
            } else {
                try character(into: &text, hasEscapes: hasEscapes)
            }
        }
    }

    /// Whether a backslash is next that ends its line.
    private func isLineContinued() -> Bool {
        guard bytes.first == UInt8(ascii: "\\") else { return false }
        let after = bytes.dropFirst().drop { $0 == 0x20 || $0 == 0x09 }
        return after.starts(with: [0x0a]) || after.starts(with: [0x0d, 0x0a])
    }

    private mutating func skipContinuation() {
        bytes.removeFirst()
        repeat { skipBlanks() } while skipNewline()
    }

    private mutating func character(into text: inout [UInt8], hasEscapes: Bool) throws(PackageFailure) {
        guard let byte = bytes.popFirst() else { throw failure("a text without its end") }
        guard byte >= 0x20 && byte != 0x7f || byte == 0x09 else { throw failure("a control character") }
        guard hasEscapes, byte == UInt8(ascii: "\\") else {
            text.append(byte)
            return
        }
        guard let escape = bytes.popFirst() else { throw failure("a text without its end") }
        switch Character(Unicode.Scalar(escape)) {
        case "b": text.append(0x08)
        case "t": text.append(0x09)
        case "n": text.append(0x0a)
        case "f": text.append(0x0c)
        case "r": text.append(0x0d)
        case "\"": text.append(escape)
        case "\\": text.append(escape)
        case "u": try codePoint(4, into: &text)
        case "U": try codePoint(8, into: &text)
        default: throw failure("an unknown escape")
        }
    }

    private mutating func codePoint(_ digits: Int, into text: inout [UInt8]) throws(PackageFailure) {
        let digits = (bytes.prefix(digits), digits)
        guard digits.0.count == digits.1,
            digits.0.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let number = UInt32(String(decoding: digits.0, as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(number)
        else { throw failure("an escape of no character") }
        bytes.removeFirst(digits.1)
        text += UTF8.encode(scalar)!
    }

    // MARK: numbers, dates and truth values

    /// None of them matters to a package, but each must be one.
    private mutating func scalar() throws(PackageFailure) -> ManifestValue {
        var word = bytes.prefix(while: Self.isOfScalar)
        // A date and a time may have a blank between them.
        if TomlScalar.isDate(String(decoding: word, as: UTF8.self)), bytes.dropFirst(word.count).first == 0x20 {
            let time = bytes.dropFirst(word.count + 1).prefix(while: Self.isOfScalar)
            if !time.isEmpty { word = bytes.prefix(word.count + 1 + time.count) }
        }
        guard word.count <= 100, TomlScalar.isScalar(String(decoding: word, as: UTF8.self)) else {
            throw failure("no value where there should be one")
        }
        bytes.removeFirst(word.count)
        return .other
    }

    private static func isOfScalar(_ byte: UInt8) -> Bool {
        let character = Character(Unicode.Scalar(byte))
        return character.isASCII && (character.isLetter || character.isNumber || "+-_.:".contains(character))
    }
}
