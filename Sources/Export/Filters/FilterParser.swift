import Diagnosis

/// Reads a filter by descent, each rule a function.
struct FilterParser {
    /// What may stand at a place.
    enum Expectation {
        case term
        case value(FilterField)
        case connective
    }

    /// Brackets within brackets.
    private static let deepest = 64
    /// Characters of a filter.
    private static let longest = 4_096

    private let fields: Set<FilterField>
    private var scanner: FilterScanner
    /// What was looked for and where, in the order of reading: for completion.
    private(set) var expectations: [(place: Int, what: Expectation)] = []

    /// - Parameter fields: what can be asked.
    init(_ text: String, fields: Set<FilterField>) {
        self.fields = fields
        scanner = FilterScanner(text)
    }

    mutating func parse() throws(FilterProblem) -> FilterExpression {
        guard scanner.characters.count <= Self.longest else {
            throw FilterProblem("a filter has at most \(Self.longest) characters", Self.longest..<Self.longest)
        }
        let expression = try disjunction(depth: 0)
        guard scanner.isAtEnd else {
            if scanner.next == ")" { throw problem("no '(' for this ')'") }
            throw FilterProblem("'and' or 'or' is missing; quotes make several words one text", rest)
        }
        return expression
    }

    /// The word that stands here, or the place.
    private var rest: Range<Int> {
        var ahead = scanner
        let word = ahead.takeValue()
        return word.range.isEmpty ? scanner.position..<scanner.position + 1 : word.range
    }

    private func problem(_ message: String) -> FilterProblem {
        FilterProblem(message, scanner.position..<scanner.position + (scanner.isAtEnd ? 0 : 1))
    }

    private mutating func expect(_ what: Expectation) {
        scanner.skipSpace()
        expectations.append((scanner.position, what))
    }

    // MARK: connectives

    private mutating func disjunction(depth: Int) throws(FilterProblem) -> FilterExpression {
        var parts = [try conjunction(depth: depth)]
        while scanner.take("or") || scanner.take("||") { parts.append(try conjunction(depth: depth)) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction(depth: Int) throws(FilterProblem) -> FilterExpression {
        var parts = [try negation(depth: depth)]
        while scanner.take("and") || scanner.take("&&") { parts.append(try negation(depth: depth)) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negation(depth: Int) throws(FilterProblem) -> FilterExpression {
        var isNegated = false
        expect(.term)
        while !isAtCallList, scanner.take("not") || scanner.take("!") {
            isNegated.toggle()
            expect(.term)
        }
        let term = try term(depth: depth)
        expect(.connective)
        return isNegated ? .not(term) : term
    }

    // MARK: terms

    private var isAtCallList: Bool { fields.contains(.call) && scanner.isAtCallList }

    private mutating func term(depth: Int) throws(FilterProblem) -> FilterExpression {
        let start = scanner.position
        if scanner.take("(") {
            guard depth < Self.deepest else {
                throw FilterProblem("too many brackets in each other", start..<start + 1)
            }
            let inner = try disjunction(depth: depth + 1)
            guard scanner.take(")") else {
                throw scanner.isAtEnd
                    ? FilterProblem("no ')' for this '('", start..<start + 1)
                    : FilterProblem("'and', 'or' or ')' is missing", rest)
            }
            return inner
        }
        if let quoted = try scanner.takeQuoted() { return Self.text(quoted.text) }
        if isAtCallList {
            let list = scanner.takeCallList()
            return .calls(try CallSet(list: list.text[...], at: list.range.lowerBound))
        }
        let word = scanner.takeWord()
        guard !word.range.isEmpty else {
            throw problem(
                scanner.isAtEnd ? "something is missing here" : "nothing to compare before '\(scanner.next!)'")
        }
        guard !["and", "or", "in", "contains"].contains(word.text) else {
            throw FilterProblem("nothing before '\(word.text)'; quotes make it a text", word.range)
        }
        guard let symbol = scanner.takeOperator() else { return try bare(word) }
        guard let field = FilterField.named(word.text) else {
            let names = FilterField.names.filter { FilterField.named($0).map(fields.contains) ?? false }
            let nearest = Spelling.nearest(to: word.text, among: names)
            throw FilterProblem(
                "unknown field '\(word.text)'"
                    + (nearest.map { "; did you mean '\($0)'?" } ?? "; quotes make it a text"),
                word.range)
        }
        guard fields.contains(field) else {
            throw FilterProblem("nothing here has '\(word.text)'", word.range)
        }
        return try comparison(field, symbol, word.range)
    }

    private static func text(_ text: String) -> FilterExpression {
        .test(FilterTest(field: .text, condition: .texts([.contains(TextCondition.Substring(text))])))
    }

    /// A word without a comparison: a field, a call, or a text.
    private func bare(_ word: FilterScanner.Word) throws(FilterProblem) -> FilterExpression {
        let name = word.text
        if let field = FilterField.named(name), fields.contains(field) {
            guard field != .call, !field.isOfEveryLine else {
                throw FilterProblem("every line has '\(name)': compare it, as \(field.example)", word.range)
            }
            return .test(FilterTest(field: field, condition: .present))
        }
        guard fields.contains(.call) else { return Self.text(name) }
        if name == "all" { return .calls(.all) }
        if name == "none" { return .calls(.none) }
        if CallSet.names.contains(name) { return .calls(CallSet { $0.name == name }) }
        // Whoever means a call gets to know that there is none, and not an empty trace.
        if name.contains("_"), !CallSet.names.contains(where: { $0.contains(name) }),
            let nearest = Spelling.nearest(to: name, among: CallSet.names.sorted())
        {
            throw FilterProblem(
                "unknown call '\(name)'; did you mean '\(nearest)'? quotes make it a text", word.range)
        }
        return Self.text(name)
    }

    // MARK: comparisons

    private mutating func comparison(
        _ field: FilterField, _ symbol: FilterScanner.Operator, _ name: Range<Int>
    ) throws(FilterProblem) -> FilterExpression {
        let operation = name.upperBound..<scanner.position
        guard field.kind.operators.contains(symbol) else {
            let known = field.kind.operators.map(\.shown).joined(separator: " ")
            throw FilterProblem(
                field.kind == .flag
                    ? "'\(scanner.text(name))' stands alone" : "'\(scanner.text(name))' is compared with \(known)",
                operation)
        }
        if field == .call { return try calls(symbol) }
        var reader = FilterValueReader(field)
        if symbol == .oneOf {
            try list(of: field) { word throws(FilterProblem) in try reader.add(word, .equal) }
        } else {
            expect(.value(field))
            if symbol == .contains, let pattern = try scanner.takePattern() {
                reader.add(try TextPattern(pattern.text, at: pattern.range.lowerBound))
            } else {
                try reader.add(try value(of: field), symbol)
            }
        }
        return .test(FilterTest(field: field, condition: reader.condition, isNegated: symbol == .notEqual))
    }

    private mutating func value(of field: FilterField) throws(FilterProblem) -> FilterScanner.Word {
        if let quoted = try scanner.takeQuoted() { return quoted }
        let word = scanner.takeValue()
        guard !word.range.isEmpty else { throw problem("a value is missing, as in \(field.example)") }
        return word
    }

    /// `(a, b)`
    private mutating func list(
        of field: FilterField, add: (FilterScanner.Word) throws(FilterProblem) -> Void
    ) throws(FilterProblem) {
        scanner.skipSpace()
        let start = scanner.position
        guard scanner.take("(") else { throw problem("'in' takes a list, as in (1, 3)") }
        repeat {
            expect(.value(field))
            try add(try value(of: field))
            scanner.skipSpace()
        } while scanner.take(",")
        guard scanner.take(")") else {
            throw scanner.isAtEnd
                ? FilterProblem("no ')' for this '('", start..<start + 1)
                : FilterProblem("',' or ')' is missing", rest)
        }
    }

    private mutating func calls(_ symbol: FilterScanner.Operator) throws(FilterProblem) -> FilterExpression {
        var set = CallSet.none
        switch symbol {
        case .oneOf:
            try list(of: .call) { word throws(FilterProblem) in
                set = set.union(try CallSet(list: word.text[...], at: word.range.lowerBound))
            }
        case .contains:
            expect(.value(.call))
            if let pattern = try scanner.takePattern() {
                let pattern = try TextPattern(pattern.text, at: pattern.range.lowerBound)
                set = CallSet { pattern.matches($0.name) }
            } else {
                let part = TextCondition.Substring(try value(of: .call).text)
                set = CallSet { part.isIn($0.name) }
            }
        default:
            expect(.value(.call))
            let quoted = try scanner.takeQuoted()
            let list = quoted ?? scanner.takeCallList()
            guard !list.range.isEmpty else { throw problem("a call is missing") }
            set = try CallSet(list: list.text[...], at: list.range.lowerBound + (quoted == nil ? 0 : 1))
        }
        return .calls(symbol == .notEqual ? set.complement : set)
    }
}

extension FilterScanner.Operator {
    fileprivate var shown: String { self == .equal ? "=" : rawValue }
}

extension FilterField.Kind {
    fileprivate var operators: [FilterScanner.Operator] {
        switch self {
        case .flag: []
        case .number, .size, .duration: [.equal, .notEqual, .less, .atMost, .more, .atLeast, .oneOf]
        case .errno, .signal, .type, .event: [.equal, .notEqual, .oneOf]
        case .text, .call: [.equal, .notEqual, .contains, .oneOf]
        }
    }
}
