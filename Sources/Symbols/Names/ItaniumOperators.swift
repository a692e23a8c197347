/// The operators that names and expressions hold, by their codes.
enum ItaniumOperators {
    enum Place {
        case infix, prefix
        /// Of a name only: how it stands in an expression is said elsewhere.
        case other
    }

    static func find(_ code: String) -> (symbol: String, place: Place)? {
        table[code]
    }

    private static let table: [String: (symbol: String, place: Place)] = [
        "aN": ("&=", .infix), "aS": ("=", .infix), "aa": ("&&", .infix), "ad": ("&", .prefix), "an": ("&", .infix),
        "aw": ("co_await ", .prefix), "cl": ("()", .other), "cm": (",", .infix), "co": ("~", .prefix),
        "dV": ("/=", .infix), "da": ("delete[]", .other), "de": ("*", .prefix), "dl": ("delete", .other),
        "ds": (".*", .infix), "dv": ("/", .infix), "eO": ("^=", .infix), "eo": ("^", .infix), "eq": ("==", .infix),
        "ge": (">=", .infix), "gt": (">", .infix), "ix": ("[]", .other), "lS": ("<<=", .infix), "le": ("<=", .infix),
        "ls": ("<<", .infix), "lt": ("<", .infix), "mI": ("-=", .infix), "mL": ("*=", .infix), "mi": ("-", .infix),
        "ml": ("*", .infix), "mm": ("--", .other), "na": ("new[]", .other), "ne": ("!=", .infix),
        "ng": ("-", .prefix), "nt": ("!", .prefix), "nw": ("new", .other), "oR": ("|=", .infix),
        "oo": ("||", .infix), "or": ("|", .infix), "pL": ("+=", .infix), "pl": ("+", .infix), "pm": ("->*", .infix),
        "pp": ("++", .other), "ps": ("+", .prefix), "pt": ("->", .other), "qu": ("?", .other), "rM": ("%=", .infix),
        "rS": (">>=", .infix), "rm": ("%", .infix), "rs": (">>", .infix), "ss": ("<=>", .infix),
    ]
}

extension ItaniumName {
    /// Steps over an operator's code.
    mutating func operatorCode() throws(Unreadable) -> (symbol: String, place: ItaniumOperators.Place) {
        let code = reader.text(reader.position..<min(reader.position + 2, reader.bytes.count))
        guard let found = ItaniumOperators.find(code) else { throw Unreadable() }
        reader.position += 2
        return found
    }

    mutating func operatorName(_ traits: inout NameTraits) throws(Unreadable) -> ItaniumNode {
        if reader.take("cv") { return try conversion(&traits) }
        if reader.take("li") { return .sequence([.text("operator\"\" "), .identifier(try sourceName())]) }
        var symbol = try operatorCode().symbol
        if symbol.last == " " { symbol.removeLast() }
        return .text("operator" + (symbol.first?.isLetter == true ? " " : "") + symbol)
    }

    private mutating func conversion(_ traits: inout NameTraits) throws(Unreadable) -> ItaniumNode {
        let outer = (permitsForward, typesTakeArguments)
        // Arguments that follow are the operator's, and the type may speak of them.
        (permitsForward, typesTakeArguments) = (permitsForward || traits.isFunction, false)
        let type = try type()
        (permitsForward, typesTakeArguments) = outer
        traits.hasNoResult = true
        return .sequence([.text("operator "), type])
    }
}
