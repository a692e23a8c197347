/// Reads the words of a filter. Positions are offsets in characters.
struct FilterScanner {
    /// A value or a text as it was meant.
    struct Word {
        let text: String
        let range: Range<Int>
        let isQuoted: Bool
    }

    enum Operator: String, CaseIterable {
        case equal = "=="
        case notEqual = "!="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case more = ">"
        case contains = "~"
        case oneOf = "in"
    }

    let characters: [Character]
    private(set) var position = 0

    init(_ text: String) { characters = Array(text) }

    var isAtEnd: Bool { position == characters.count }
    var next: Character? { character(position) }

    func character(_ place: Int) -> Character? { characters.indices.contains(place) ? characters[place] : nil }

    func text(_ range: Range<Int>) -> String { String(characters[range]) }

    mutating func skipSpace() {
        while let character = next, character.isWhitespace { position += 1 }
    }

    private func isAhead(_ symbol: String) -> Bool { characters[position...].starts(with: symbol) }

    /// A symbol, or a word that ends here.
    mutating func take(_ wanted: String) -> Bool {
        guard isAhead(wanted) else { return false }
        if wanted.first?.isLetter == true, let behind = character(position + wanted.count), !behind.isWhitespace,
            !"()!\"'".contains(behind)
        {
            return false
        }
        position += wanted.count
        return true
    }

    /// A comparison; stays where it is when there is none.
    mutating func takeOperator() -> Operator? {
        let place = position
        skipSpace()
        for symbol in Operator.allCases where take(symbol.rawValue) { return symbol }
        if take("=") { return .equal }
        if take("contains") { return .contains }
        position = place
        return nil
    }

    /// A word where a term may stand: up to a space, a bracket, a comma, a quotation mark or an operator.
    mutating func takeWord() -> Word {
        takeRun { character, scanner in
            !"=<>~(),\"'".contains(character) && !(character == "!" && scanner.isAhead("!=")) && !scanner.isAtConnective
        }
    }

    /// A value as it stands, without quotation marks.
    mutating func takeValue() -> Word {
        takeRun { character, scanner in !"(),".contains(character) && !scanner.isAtConnective }
    }

    /// A list of calls: up to a space, a connective, or a bracket that was not opened in it.
    mutating func takeCallList() -> Word {
        var depth = 0
        return takeRun { character, scanner in
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            return depth >= 0 && !scanner.isAtConnective
        }
    }

    private var isAtConnective: Bool { (next == "&" || next == "|") && character(position + 1) == next }

    private mutating func takeRun(while belongs: (Character, FilterScanner) -> Bool) -> Word {
        let start = position
        while let character = next, !character.isWhitespace, belongs(character, self) { position += 1 }
        return Word(text: text(start..<position), range: start..<position, isQuoted: false)
    }

    /// Whether a list of calls begins here: `%net`, `/^fd_`, `fd_read,fd_write`, each also with `!`.
    var isAtCallList: Bool {
        var ahead = self
        _ = ahead.take("!")
        if ahead.next == "%" || ahead.next == "/" { return true }
        guard ahead.next?.isLetter == true else { return false }
        _ = ahead.takeWord()
        return ahead.next == ","
    }

    /// A text between quotation marks of one kind, with C's escapes; nil where none begins.
    mutating func takeQuoted() throws(FilterProblem) -> Word? {
        guard let mark = next, mark == "\"" || mark == "'" else { return nil }
        let start = position
        position += 1
        var bytes: [UInt8] = []
        while let character = next {
            position += 1
            switch character {
            case mark:
                return Word(text: String(decoding: bytes, as: UTF8.self), range: start..<position, isQuoted: true)
            case "\\": bytes += try escaped()
            default: bytes += character.utf8
            }
        }
        throw FilterProblem("no closing quotation mark", start..<start + 1)
    }

    private mutating func escaped() throws(FilterProblem) -> [UInt8] {
        let start = position - 1
        guard let character = next else { throw FilterProblem("nothing behind '\\'", start..<position) }
        position += 1
        switch character {
        case "n": return [0x0a]
        case "r": return [0x0d]
        case "t": return [0x09]
        case "x":
            let digits = characters[position...].prefix(2)
            guard digits.count == 2, digits.allSatisfy(\.isHexDigit), let byte = UInt8(String(digits), radix: 16) else {
                throw FilterProblem("'\\x' takes two hexadecimal digits", start..<position)
            }
            position += 2
            return [byte]
        case "\\", "\"", "'": return Array(character.utf8)
        default: throw FilterProblem("'\\\(character)' is not known; there are \\n \\r \\t \\xHH", start..<position)
        }
    }

    /// A regular expression between slashes, without them; nil where none begins.
    mutating func takePattern() throws(FilterProblem) -> Word? {
        guard next == "/" else { return nil }
        let start = position + 1
        var end = start
        while let character = character(end), character != "/" { end += character == "\\" ? 2 : 1 }
        guard character(end) == "/" else {
            throw FilterProblem("no closing '/' of the regular expression; quotes make it a text", position..<start)
        }
        position = end + 1
        return Word(text: text(start..<end), range: start..<end, isQuoted: true)
    }
}
