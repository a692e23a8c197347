import ArgumentParser
import Diagnosis
import Export

/// Which lints are looked for, and which make a check fail: `--deny`, `--warn`, `--allow`.
struct LintLevels: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Findings that make the check fail: names, codes, 'all' (default: errors and warnings).",
            valueName: "LINTS"))
    var deny: [LintList] = []
    @Option(help: ArgumentHelp("Findings that are told alone (default: hints).", valueName: "LINTS"))
    var warn: [LintList] = []
    @Option(help: ArgumentHelp("Findings that are not looked for.", valueName: "LINTS"))
    var allow: [LintList] = []

    /// Lists that name a lint itself win over `all`; of these the mildest wins.
    /// - Returns: nil for a lint that is not looked for.
    func level(of lint: Lint) -> CheckReport.Level? {
        if allow.contains(where: { $0.names(lint) }) { return nil }
        if warn.contains(where: { $0.names(lint) }) { return .warn }
        if deny.contains(where: { $0.names(lint) }) { return .deny }
        if allow.contains(where: \.isAll) { return nil }
        if warn.contains(where: \.isAll) { return .warn }
        if deny.contains(where: \.isAll) { return .deny }
        return lint.severity == .hint ? .warn : .deny
    }
}

/// `et-not-drained,W06` or `all`.
struct LintList: ExpressibleByArgument {
    private let ids: Set<LintID>
    let isAll: Bool

    init?(argument: String) {
        var ids: Set<LintID> = []
        var isAll = false
        for word in argument.split(separator: ",") {
            if word == "all" {
                isAll = true
            } else if let lint = Lint.called(word) {
                ids.insert(lint.id)
            } else {
                return nil
            }
        }
        guard isAll || !ids.isEmpty else { return nil }
        self.ids = ids
        self.isAll = isAll
    }

    func names(_ lint: Lint) -> Bool { ids.contains(lint.id) }

    static var allValueStrings: [String] { ["all"] + Lint.all.map(\.name) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
