/// What numbers, dates, times and truth values look like (TOML 1.0).
enum TomlScalar {
    static func isScalar(_ word: String) -> Bool {
        ["true", "false"].contains(word) || isInteger(withPrefix: word) || isNumber(word[...]) || isDate(word)
            || isTime(word[...]) || isMoment(word)
    }

    static func isDate(_ word: String) -> Bool { looks(word[...], like: "0000-00-00") }

    /// `0x`, `0o` or `0b` and digits.
    private static func isInteger(withPrefix word: String) -> Bool {
        switch word.prefix(2) {
        case "0x": areDigits(word.dropFirst(2), radix: 16)
        case "0o": areDigits(word.dropFirst(2), radix: 8)
        case "0b": areDigits(word.dropFirst(2), radix: 2)
        default: false
        }
    }

    /// An integer or a floating-point number.
    private static func isNumber(_ word: Substring) -> Bool {
        let unsigned = word.first == "+" || word.first == "-" ? word.dropFirst() : word
        if unsigned == "inf" || unsigned == "nan" { return true }
        let parts = unsigned.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        if parts.count > 1 {
            let exponent = parts[1].first == "+" || parts[1].first == "-" ? parts[1].dropFirst() : parts[1]
            guard areDigits(exponent) else { return false }
        }
        let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard mantissa.allSatisfy({ areDigits($0) }) else { return false }
        return mantissa[0] == "0" || mantissa[0].first != "0"
    }

    /// Digits, with single underscores between them.
    private static func areDigits(_ text: Substring, radix: Int = 10) -> Bool {
        text.split(separator: "_", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { $0 < 0x80 }
                && part.allSatisfy { $0.hexDigitValue.map { $0 < radix } ?? false }
        }
    }

    /// A time of day, perhaps with a fraction.
    private static func isTime(_ word: Substring) -> Bool {
        guard looks(word.prefix(8), like: "00:00:00") else { return false }
        let rest = word.dropFirst(8)
        return rest.isEmpty || rest.first == "." && areDigits(rest.dropFirst()) && !rest.contains("_")
    }

    /// A date with a time, perhaps with its distance from UTC.
    private static func isMoment(_ word: String) -> Bool {
        guard isDate(String(word.prefix(10))), let separator = word.dropFirst(10).first, "Tt ".contains(separator)
        else {
            return false
        }
        let time = word.dropFirst(11)
        if time.last == "Z" || time.last == "z" { return isTime(time.dropLast()) }
        let zone = time.suffix(6)
        if looks(zone, like: "+00:00") || looks(zone, like: "-00:00") { return isTime(time.dropLast(6)) }
        return isTime(time)
    }

    /// Whether there are digits where the pattern has zeros, and else the same characters.
    private static func looks(_ text: Substring, like pattern: String) -> Bool {
        text.count == pattern.count
            && zip(text, pattern).allSatisfy { $1 == "0" ? "0"..."9" ~= $0 : $0 == $1 }
    }
}
