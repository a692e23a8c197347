import Diagnosis
import Trace
import WasixABI

/// Makes what is written beside a field into what its values are compared with.
struct FilterValueReader {
    private let field: FilterField
    private var ranges: [ClosedRange<UInt64>] = []
    private var texts: [TextCondition] = []

    init(_ field: FilterField) { self.field = field }

    /// All that was added.
    var condition: FilterTest.Condition {
        field.kind == .text || field.kind == .type ? .texts(texts) : .numbers(ranges)
    }

    mutating func add(_ pattern: TextPattern) { texts.append(.matches(pattern)) }

    mutating func add(_ word: FilterScanner.Word, _ symbol: FilterScanner.Operator) throws(FilterProblem) {
        switch field.kind {
        case .text:
            texts.append(symbol == .contains ? .contains(TextCondition.Substring(word.text)) : .equal(word.text))
        case .type: texts.append(.equal(try type(word)))
        default: try addNumber(word, symbol)
        }
    }

    private mutating func addNumber(
        _ word: FilterScanner.Word, _ symbol: FilterScanner.Operator
    ) throws(FilterProblem) {
        if symbol == .equal || symbol == .notEqual, let dots = word.text.firstRange(of: "..") {
            let lower = try number(String(word.text[..<dots.lowerBound]), word.range)
            let upper = try number(String(word.text[dots.upperBound...]), word.range)
            guard lower <= upper else { throw FilterProblem("a range goes upwards", word.range) }
            return ranges.append(lower...upper)
        }
        let value = try number(word.text, word.range)
        switch symbol {
        case .less: if value > 0 { ranges.append(0...value - 1) }
        case .atMost: ranges.append(0...value)
        case .more: if value < .max { ranges.append(value + 1 ... .max) }
        case .atLeast: ranges.append(value ... .max)
        default: ranges.append(value...value)
        }
    }

    private func number(_ text: String, _ range: Range<Int>) throws(FilterProblem) -> UInt64 {
        let value: UInt64?
        let expected: String
        switch field.kind {
        case .errno: return try errno(text, range)
        case .signal: return try signal(text, range)
        case .event: return try event(text, range)
        case .duration:
            value = field == .timeout && text == "INF" ? .max : Self.nanoseconds(text)
            expected = "duration, as 100us, 1.5ms, 2s"
        case .size:
            value = Self.size(text)
            expected = "number of bytes, as 4096, 4K, 1M"
        default:
            value = prefixed(text)
            expected = "number"
        }
        guard let value else { throw FilterProblem("'\(text)' is no \(expected)", range) }
        return value
    }

    /// `T3` is thread 3 and `P2` process 2, as lines show them; -1 is what C programs call no descriptor.
    private func prefixed(_ text: String) -> UInt64? {
        switch field {
        case .thread, .woke, .wokenBy: Self.whole(text.first == "T" ? text.dropFirst() : text[...])
        case .process: Self.whole(text.first == "P" ? text.dropFirst() : text[...])
        case .fd where text == "-1": UInt64(UInt32.max)
        default: Self.whole(text[...])
        }
    }

    // MARK: numbers

    /// Decimal, or hexadecimal behind `0x`.
    private static func whole(_ text: Substring) -> UInt64? {
        let isHex = text.hasPrefix("0x")
        let digits = isHex ? text.dropFirst(2) : text
        guard digits.first.map({ $0 != "+" && $0 != "-" }) ?? false else { return nil }
        return UInt64(digits, radix: isHex ? 16 : 10)
    }

    private static func size(_ text: String) -> UInt64? {
        let shift: UInt64
        switch text.last {
        case "k", "K": shift = 10
        case "M": shift = 20
        case "G": shift = 30
        default: return whole(text[...])
        }
        guard let number = whole(text.dropLast()) else { return nil }
        let (bytes, overflows) = number.multipliedReportingOverflow(by: 1 << shift)
        return overflows ? nil : bytes
    }

    private static let units: [(name: String, nanoseconds: UInt64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// Exact, as far as it is whole nanoseconds. Only nothing has no unit.
    private static func nanoseconds(_ text: String) -> UInt64? {
        guard text != "0" else { return 0 }
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let unit = units.first(where: { $0.name == text.dropFirst(digits.count) })?.nanoseconds else {
            return nil
        }
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap({ UInt64($0) }) else { return nil }
        let (product, overflows) = whole.multipliedReportingOverflow(by: unit)
        guard !overflows, product < 1 << 63 else { return nil }
        guard parts.count == 2 else { return product }
        guard (1...12).contains(parts[1].count), let fraction = UInt64(parts[1]) else { return nil }
        var scale: Double = 1
        for _ in 0..<parts[1].count { scale *= 10 }
        return product + UInt64((Double(fraction) / scale * Double(unit)).rounded())
    }

    // MARK: names

    private func errno(_ text: String, _ range: Range<Int>) throws(FilterProblem) -> UInt64 {
        let name = text.uppercased()
        guard name != "OK", text != "0" else {
            throw FilterProblem("a call without an error has no '\(field.name)': it is 'ok'", range)
        }
        if let number = Self.whole(text[...]), number < 256 { return number }
        let meant = Self.otherNames[name] ?? name
        if let found = Errno.all.first(where: { $0.name == meant || $0.name == "E" + meant }) {
            return UInt64(found.rawValue)
        }
        throw Self.unknown("error", text, range, among: Self.errnoNames)
    }

    /// Linux: errno(3).
    private static let otherNames = ["EWOULDBLOCK": "EAGAIN", "EOPNOTSUPP": "ENOTSUP", "EDEADLOCK": "EDEADLK"]
    static let errnoNames = Errno.all.dropFirst().map(\.name)

    private func signal(_ text: String, _ range: Range<Int>) throws(FilterProblem) -> UInt64 {
        let name = text.uppercased()
        if let number = Self.whole(text[...]), (1...255).contains(number) { return number }
        if let number = (1...255 as ClosedRange<UInt8>).first(where: {
            let known = Signal(rawValue: $0).name
            return known == name || known == "SIG" + name
        }) {
            return UInt64(number)
        }
        throw Self.unknown("signal", text, range, among: Self.signalNames)
    }

    static let signalNames = (1...31 as ClosedRange<UInt8>).map { Signal(rawValue: $0).name }

    /// `EPOLLIN`, too.
    private func event(_ text: String, _ range: Range<Int>) throws(FilterProblem) -> UInt64 {
        let name = text.uppercased()
        let short = name.hasPrefix("EPOLL") ? String(name.dropFirst(5)) : name
        guard let found = FilterField.events.first(where: { $0.name == short }) else {
            throw Self.unknown("event", text, range, among: FilterField.events.map(\.name))
        }
        return UInt64(found.bits.rawValue)
    }

    private func type(_ word: FilterScanner.Word) throws(FilterProblem) -> String {
        guard FilterField.types.contains(word.text) else {
            throw Self.unknown("type", word.text, word.range, among: FilterField.types)
        }
        return word.text
    }

    private static func unknown(
        _ what: String, _ text: String, _ range: Range<Int>, among names: [String]
    ) -> FilterProblem {
        let nearest = Spelling.nearest(to: what == "type" ? text : text.uppercased(), among: names)
        let few = names.count < 20 ? "; there are " + names.joined(separator: " ") : ""
        return FilterProblem(
            "unknown \(what) '\(text)'" + (nearest.map { "; did you mean '\($0)'?" } ?? few), range)
    }
}

extension FilterField {
    /// Values of `fd.type`, as far as names of objects tell: standard streams are `stdio`, what has a path otherwise is a
    /// `file`, and both ends of a pipe are pipes.
    static let types: [String] = ObjectKind.allCases.reduce(into: ["file", "stdio"]) { types, kind in
        let word = firstWord(of: kind.name)
        if ![.file, .directory, .device, .terminal, .hostPipe].contains(kind), !types.contains(word) {
            types.append(word)
        }
    }

    /// The type of what bears a name: `pipe` of `pipe#4 r`.
    package static func type(ofName name: String) -> String {
        if ["stdin", "stdout", "stderr"].contains(name) { return "stdio" }
        let word = firstWord(of: name)
        return types.contains(word) ? word : "file"
    }

    private static func firstWord(of name: String) -> String { String(name.prefix { $0 != " " && $0 != "#" }) }

    /// Events by the names that screens and traces use.
    static let events: [(name: String, bits: EpollEvents)] = [
        ("IN", .in), ("OUT", .out), ("RDHUP", .rdhup), ("PRI", .pri), ("ERR", .err), ("HUP", .hup),
    ]

    /// The values of `ready`: each event that is in one of these sets.
    package static func bits(_ sets: [EpollEvents]) -> [UInt64] {
        let all = sets.reduce(EpollEvents()) { $0.union($1) }
        return events.lazy.filter { all.contains($0.bits) }.map { UInt64($0.bits.rawValue) }
    }
}
