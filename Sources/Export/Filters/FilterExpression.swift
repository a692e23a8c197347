import WasixABI

/// A filter as it was understood: fields known, values checked.
indirect enum FilterExpression: Sendable {
    case all([FilterExpression])
    case any([FilterExpression])
    case not(FilterExpression)
    case calls(CallSet)
    case test(FilterTest)

    /// Whether its answer can depend on the field.
    func asks(for field: FilterField) -> Bool {
        switch self {
        case .all(let parts), .any(let parts): parts.contains { $0.asks(for: field) }
        case .not(let part): part.asks(for: field)
        case .calls: field == .call
        case .test(let test): test.field == field
        }
    }

    /// The calls of an expression that asks for nothing else.
    var callSet: CallSet {
        switch self {
        case .all(let parts): parts.reduce(.all) { $0.intersection($1.callSet) }
        case .any(let parts): parts.reduce(.all.complement) { $0.union($1.callSet) }
        case .not(let part): part.callSet.complement
        case .calls(let set): set
        case .test: .all
        }
    }
}

/// A field and what it is to be.
struct FilterTest: Sendable {
    enum Condition: Sendable {
        /// It has a value, or is so.
        case present
        /// A value lies in one of the ranges.
        case numbers([ClosedRange<UInt64>])
        case texts([TextCondition])
    }

    let field: FilterField
    let condition: Condition
    /// There are values, and the condition holds of none.
    var isNegated = false

    /// Whether a field with these values passes.
    func passes(_ values: some Collection<UInt64>) -> Bool {
        guard !values.isEmpty else { return false }
        guard case .numbers(let ranges) = condition else { return true }
        return values.contains { value in ranges.contains { $0.contains(value) } } != isNegated
    }

    func passes(_ values: some Collection<String>) -> Bool {
        guard !values.isEmpty else { return false }
        guard case .texts(let conditions) = condition else { return true }
        return values.contains { value in conditions.contains { $0.holds(value) } } != isNegated
    }
}

/// What a text is to be.
enum TextCondition: Sendable {
    case equal(String)
    case contains(Substring)
    case matches(TextPattern)

    /// A part of a text, capital or small.
    struct Substring: Sendable {
        private let folded: [UInt8]

        init(_ text: String) { folded = text.utf8.map(Self.folded) }

        func isIn(_ text: String) -> Bool {
            guard let first = folded.first else { return true }
            var text = text
            return text.withUTF8 { bytes in
                guard bytes.count >= folded.count else { return false }
                for start in 0...(bytes.count - folded.count) where Self.folded(bytes[start]) == first {
                    var length = 1
                    while length < folded.count, Self.folded(bytes[start + length]) == folded[length] { length += 1 }
                    if length == folded.count { return true }
                }
                return false
            }
        }

        private static func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }
    }

    func holds(_ text: String) -> Bool {
        switch self {
        case .equal(let other): text.utf8.elementsEqual(other.utf8)
        case .contains(let part): part.isIn(text)
        case .matches(let pattern): pattern.matches(text)
        }
    }
}
