import Trace
import WasixABI

/// Reads a condition: `queue(3) == 24 and T1 before epoll_wait`.
struct ConditionParser {
    /// Parentheses and `not` within each other.
    private static let deepest = 40

    struct Problem: Error {
        let offset: Int
        let message: String
    }

    private struct Token {
        enum Kind: Equatable {
            case word
            case number(UInt64)
            case sign
        }
        let text: String
        let kind: Kind
        /// In characters from the beginning of the text.
        let offset: Int
    }

    private let tokens: [Token]
    private let end: Int
    private var next = 0
    private var depth = 0

    static func parse(_ text: String) throws(Problem) -> Condition {
        var parser = try ConditionParser(text)
        guard !parser.tokens.isEmpty else { throw Problem(offset: 0, message: "a condition is missing") }
        let condition = try parser.either()
        if let token = parser.current {
            throw Problem(offset: token.offset, message: "expected 'and', 'or' or the end, not '\(token.text)'")
        }
        return condition
    }

    private init(_ text: String) throws(Problem) {
        let letters = Array(text)
        end = letters.count
        var tokens: [Token] = []
        var at = 0
        while at < letters.count {
            let first = letters[at]
            if first == " " || first == "\t" {
                at += 1
                continue
            }
            var stop = at + 1
            if first.isWordPart {
                while stop < letters.count, letters[stop].isWordPart { stop += 1 }
                let word = String(letters[at..<stop])
                if !first.isASCIIDigit {
                    tokens.append(Token(text: word, kind: .word, offset: at))
                } else if let value = UInt64(word) {
                    tokens.append(Token(text: word, kind: .number(value), offset: at))
                } else {
                    throw Problem(offset: at, message: "'\(word)' is no number")
                }
            } else {
                if stop < letters.count, ["==", "!=", "<=", ">="].contains(String(letters[at...stop])) { stop += 1 }
                let sign = String(letters[at..<stop])
                guard ["(", ")", ","].contains(sign) || Condition.Comparison(rawValue: sign) != nil else {
                    let hint = sign == "=" ? "; equal is ==" : ""
                    throw Problem(offset: at, message: "'\(sign)' means nothing in a condition\(hint)")
                }
                tokens.append(Token(text: sign, kind: .sign, offset: at))
            }
            at = stop
        }
        self.tokens = tokens
    }

    // MARK: grammar

    private mutating func either() throws(Problem) -> Condition {
        var condition = try both()
        while take("or") { condition = .or(condition, try both()) }
        return condition
    }

    private mutating func both() throws(Problem) -> Condition {
        var condition = try one()
        while take("and") { condition = .and(condition, try one()) }
        return condition
    }

    private mutating func one() throws(Problem) -> Condition {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw problem("the condition is nested too deeply") }
        if take("not") { return .not(try one()) }
        if take("(") {
            let condition = try either()
            try expect(")")
            return condition
        }
        guard let token = current else { throw problem("a condition is missing here") }
        guard token.kind != .sign else { throw problem("a condition cannot begin with '\(token.text)'") }
        switch token.text {
        case "start", "exited", "asleep":
            next += 1
            return token.text == "start" ? .start : token.text == "exited" ? .exited : .asleep
        case "registered":
            next += 1
            let (epoll, fd) = try pair()
            return .registered(epoll: epoll, fd: fd)
        case "ready":
            next += 1
            return try ready()
        default: break
        }
        if let thread = Self.thread(token.text) {
            next += 1
            return .thread(thread, try stand())
        }
        let left = try number()
        guard let sign = current.flatMap({ Condition.Comparison(rawValue: $0.text) }) else {
            throw problem("expected a comparison here: == != < <= > >=")
        }
        next += 1
        return .compare(left, sign, try number())
    }

    private mutating func ready() throws(Problem) -> Condition {
        try expect("(")
        let epoll = try fd()
        try expect(")")
        if take("contains") { return .onReadyList(epoll: epoll, fd: try fd()) }
        if take("is") {
            try expect("empty")
            return .readyListIsEmpty(epoll)
        }
        throw problem("expected 'contains FD' or 'is empty' behind ready(...)")
    }

    private mutating func stand() throws(Problem) -> Condition.Stand {
        if take("asleep") { return .asleep }
        if take("ended") { return .ended }
        if take("before") { return .before(try call()) }
        if take("after") { return .after(try call()) }
        if take("in") { return .inside(try call()) }
        throw problem("expected before, after, in, asleep or ended behind a thread")
    }

    private mutating func call() throws(Problem) -> Condition.CallMatch {
        guard let token = current, token.kind == .word else { throw problem("the name of a call is missing here") }
        let calls = PendingCall.calls(named: token.text)
        guard !calls.isEmpty else {
            let nearest = Spelling.nearest(to: token.text, among: PendingCall.names)
            throw problem("there is no call '\(token.text)'" + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
        }
        next += 1
        guard take("(") else { return .init(calls: calls) }
        let fd = try fd()
        try expect(")")
        return .init(calls: calls, fd: fd)
    }

    private mutating func number() throws(Problem) -> Condition.Number {
        guard let token = current else { throw problem("a number is missing here") }
        if case .number(let value) = token.kind {
            next += 1
            return .literal(value)
        }
        let names = ["queue", "waits"] + Condition.ItemNumber.allCases.map(\.rawValue)
        guard token.kind == .word, names.contains(token.text) else {
            let words = names + ["start", "exited", "asleep", "registered", "ready", "not"]
            let nearest = Spelling.nearest(to: token.text, among: words)
            throw problem(
                "'\(token.text)' is no condition and no number"
                    + (nearest.map { "; did you mean '\($0)'?" } ?? "; README.md beside the lessons lists them"))
        }
        next += 1
        switch token.text {
        case "queue": return .queue(try single())
        case "waits": return .waits(try single())
        default:
            try expect("(")
            let first = try fd()
            let second = take(",") ? try fd() : nil
            try expect(")")
            let what = Condition.ItemNumber(rawValue: token.text)!
            return second.map { .item(what, epoll: first, fd: $0) } ?? .item(what, epoll: nil, fd: first)
        }
    }

    // MARK: parts

    private mutating func single() throws(Problem) -> FdNumber {
        try expect("(")
        let fd = try fd()
        try expect(")")
        return fd
    }

    private mutating func pair() throws(Problem) -> (FdNumber, FdNumber) {
        try expect("(")
        let first = try fd()
        try expect(",")
        let second = try fd()
        try expect(")")
        return (first, second)
    }

    private mutating func fd() throws(Problem) -> FdNumber {
        guard let token = current, case .number(let value) = token.kind else {
            throw problem("a descriptor's number is missing here")
        }
        guard value <= 0x7fff_ffff else { throw problem("no descriptor has a number that high") }
        next += 1
        return FdNumber(rawValue: UInt32(value))
    }

    /// `T1`
    static func thread(_ word: String) -> ThreadID? {
        guard word.first == "T", let number = UInt32(word.dropFirst()), number > 0, word.utf8.count < 10 else {
            return nil
        }
        return ThreadID(rawValue: number)
    }

    private var current: Token? { next < tokens.count ? tokens[next] : nil }

    private mutating func take(_ text: String) -> Bool {
        guard current?.text == text else { return false }
        next += 1
        return true
    }

    private mutating func expect(_ text: String) throws(Problem) {
        guard take(text) else { throw problem("expected '\(text)' here") }
    }

    private func problem(_ message: String) -> Problem { Problem(offset: current?.offset ?? end, message: message) }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
    fileprivate var isWordPart: Bool { isASCII && (isLetter || isNumber || self == "_") }
}
