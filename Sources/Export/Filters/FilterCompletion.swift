/// Words with which a filter can go on.
package struct FilterCompletion: Equatable, Sendable {
    /// What they stand for, as offsets in characters.
    package let range: Range<Int>
    /// In the order in which to offer them.
    package let words: [String]

    /// What could stand at `cursor`, which is an offset in characters: fields, calls, families, errors, signals, types
    /// and connectives, as what is before the cursor allows.
    /// - Parameter fields: what can be asked.
    package init(of text: String, at cursor: Int, fields: Set<FilterField> = FilterField.ofRecords) {
        let head = Array(text).prefix(max(0, min(cursor, text.count)))
        var parser = FilterParser(String(head), fields: fields)
        // What is not complete is what is asked about.
        _ = try? parser.parse()
        // The word that is being written was expected where it began.
        let isInWord = head.last.map { !$0.isWhitespace && !"(!)=<>~,".contains($0) } ?? false
        let last = parser.expectations.last { !isInWord || $0.place < head.count }
        var start = last?.place ?? 0
        var expected = last?.what ?? .term
        // Of a list of calls the last.
        if let sign = head[min(start, head.count)...].lastIndex(where: { ",!".contains($0) }) {
            start = sign + 1
            if case .term = expected, head[sign] == "," { expected = .value(.call) }
        }
        let begun = String(head[min(start, head.count)...])
        range = start..<max(start, head.count)
        words = Self.candidates(expected, begun, fields).filter { $0.hasPrefix(begun) && $0 != begun }
    }

    private static func candidates(
        _ expected: FilterParser.Expectation, _ begun: String, _ fields: Set<FilterField>
    ) -> [String] {
        switch expected {
        case .connective: return ["and", "or"]
        case .value(let field): return values(of: field)
        case .term:
            // There are too many calls to offer them unasked.
            let calls = begun.isEmpty || !fields.contains(.call) ? [] : values(of: .call)
            return FilterField.allCases.filter(fields.contains).map(\.name) + ["not"] + calls
        }
    }

    private static func values(of field: FilterField) -> [String] {
        switch field.kind {
        case .call: CallSet.names.sorted() + CallSet.familyNames
        case .errno: FilterValueReader.errnoNames.sorted()
        case .signal: FilterValueReader.signalNames.sorted()
        case .type: FilterField.types
        case .event: FilterField.events.map(\.name)
        case .duration where field == .timeout: ["INF"]
        case .flag, .number, .size, .duration, .text: []
        }
    }
}
