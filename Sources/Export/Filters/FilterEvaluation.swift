import Decode

/// Something that filters ask about. What costs something is found out only when it is asked for.
protocol FilterEvaluation {
    /// Whether its call is one of these; nil when it is nothing that has a call.
    mutating func verdict(_ calls: CallSet) -> Bool?
    /// Whether what it has of a field is as wanted; nil when the question does not concern it.
    mutating func verdict(_ test: FilterTest) -> Bool?
}

extension FilterExpression {
    /// Whether it holds; nil for neither yes nor no (Kleene's logic).
    func verdict(_ subject: inout some FilterEvaluation) -> Bool? {
        switch self {
        case .all(let parts): Self.verdict(of: parts, unless: false, &subject)
        case .any(let parts): Self.verdict(of: parts, unless: true, &subject)
        case .not(let part): part.verdict(&subject).map { !$0 }
        case .calls(let set): subject.verdict(set)
        case .test(let test): subject.verdict(test)
        }
    }

    /// `decisive` when a part says so; else nil when one says nothing.
    private static func verdict(
        of parts: [FilterExpression], unless decisive: Bool, _ subject: inout some FilterEvaluation
    ) -> Bool? {
        var verdict: Bool? = !decisive
        for part in parts {
            let said = part.verdict(&subject)
            if said == decisive { return decisive }
            if said == nil { verdict = nil }
        }
        return verdict
    }
}
