import Diagnosis
import Testing

@Suite struct LintCatalogTests {
    @Test func everyLintIsInItOnce() {
        #expect(Lint.all.count == LintID.allCases.count)
        #expect(Set(Lint.all.map(\.id)) == Set(LintID.allCases))
        #expect(Set(Lint.all.map(\.code)).count == Lint.all.count)
        #expect(Set(Lint.all.map(\.name)).count == Lint.all.count)
    }

    @Test(arguments: LintID.allCases) func aLintIsFoundByItsName(_ id: LintID) {
        #expect(id.lint.id == id)
        #expect(LintID(rawValue: id.lint.name) == id)
        let letters = Set("abcdefghijklmnopqrstuvwxyz-")
        #expect(Set(id.rawValue).isSubset(of: letters))
    }

    @Test(arguments: LintID.allCases) func textsAreSentences(_ id: LintID) {
        let lint = id.lint
        #expect(lint.summary.hasSuffix("."))
        #expect(lint.advice.hasSuffix("."))
        // A sentence may begin with the name of a call.
        #expect(
            lint.summary.first?.isUppercase == true || ["epoll_ctl ", "poll "].contains { lint.summary.hasPrefix($0) })
        for text in [lint.summary, lint.advice] {
            #expect(!text.contains("\n") && !text.contains("  ") && text.count > 10)
        }
        let widest = lint.example.split(separator: "\n").map(\.count).max() ?? 0
        #expect((1...110).contains(widest))
    }

    @Test(arguments: LintID.allCases) func theLetterOfTheCodeSaysTheSeverity(_ id: LintID) {
        let lint = id.lint
        #expect(lint.code.count == 3 && Int(lint.code.dropFirst()) != nil)
        switch lint.code.first {
        case "E": #expect(lint.severity == .error)
        case "W": #expect(lint.severity == .warning || lint.severity == .hint)
        default: Issue.record("\(lint.code)")
        }
    }

    @Test func severitiesAreOrderedAndNamed() {
        #expect(Lint.Severity.allCases.sorted() == [.hint, .warning, .error])
        #expect(Lint.Severity.allCases.map(\.name) == ["hint", "warning", "error"])
    }

    @Test func nothingHasToHoldForLong() {
        for lint in Lint.all { #expect(lint.hold <= 5_000_000_000) }
    }
}
