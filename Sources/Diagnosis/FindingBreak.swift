/// Which findings pause the guest, each once.
package struct FindingBreak: Sendable {
    private let isWanted: @Sendable (Lint) -> Bool
    private var known: Set<Finding.ID> = []

    /// - Parameter isWanted: whether findings of a lint pause it.
    package init(_ isWanted: @escaping @Sendable (Lint) -> Bool) { self.isWanted = isWanted }

    /// Takes what holds now.
    /// - Returns: whether one of them is wanted and was not there before. One that goes and comes again counts again.
    mutating func isMet(by findings: [Finding]) -> Bool {
        let wanted = Set(findings.filter { isWanted($0.lint) }.map(\.id))
        defer { known = wanted }
        return !wanted.isSubset(of: known)
    }
}
