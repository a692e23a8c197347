import Diagnosis
import Model
import Testing
import Trace
import WasixABI

/// A guest that a lint must find something in, or must not.
struct LintCase: Sendable, CustomTestStringConvertible {
    let lint: LintID
    let fires: Bool
    let name: String
    let tell: @Sendable () -> Story

    var testDescription: String { "\(lint.rawValue) \(fires ? "fires" : "is silent"): \(name)" }

    static func fires(_ lint: LintID, _ name: String, _ tell: @escaping @Sendable () -> Story) -> LintCase {
        LintCase(lint: lint, fires: true, name: name, tell: tell)
    }

    static func silent(_ lint: LintID, _ name: String, _ tell: @escaping @Sendable () -> Story) -> LintCase {
        LintCase(lint: lint, fires: false, name: name, tell: tell)
    }

    static let all: [LintCase] = registrations + storms + waits + transfers + loops + descriptors
}

extension Story {
    /// A story of calls in a state, which is looked at afterwards.
    static func of(
        _ threads: [ThreadRow] = [Fixture.running(1), Fixture.running(2)], _ descriptors: [DescriptorRow] = [],
        _ items: [ItemRow]? = nil, then tell: (inout Story) -> Void = { $0.look() }
    ) -> Story {
        var story = Story(
            Fixture.state(threads, descriptors: descriptors, epolls: items.map { [Fixture.instance($0)] } ?? []))
        tell(&story)
        return story
    }
}

@Suite struct LintTests {
    @Test(arguments: LintCase.all) func aLintFiresWhereItMustAndOnlyThere(_ one: LintCase) throws {
        let story = one.tell()
        guard one.fires else {
            let text = story.found(one.lint)?.text
            #expect(text == nil)
            return
        }
        let (found, names) = (story.found(one.lint), story.found.map(\.lint.name))
        let finding = try #require(found, "found: \(names)")
        #expect(finding.text.hasSuffix(".") && !finding.text.contains("\n"))
        let now = story.state.now
        #expect(finding.since <= now && finding.count > 0)
        #expect(Set(finding.threads).count == finding.threads.count)
        let threads = Set(story.state.threads.map(\.id))
        #expect(threads.isSuperset(of: finding.threads))
        let strangers = finding.evidence.compactMap(\.entry).filter { story.state.trace[$0] == nil }
        #expect(strangers.isEmpty)
    }

    @Test(arguments: LintID.allCases) func everyLintHasACaseOfBothKinds(_ lint: LintID) {
        let cases = LintCase.all.filter { $0.lint == lint }
        #expect(cases.contains { $0.fires })
        #expect(cases.contains { !$0.fires })
    }

    @Test func aLintThatIsOffSaysNothing() {
        func found(off: Set<LintID>) -> [LintID] {
            let rows = [
                Fixture.row(7, .edgeSpent, ready: .in), Fixture.row(8, .edgeSpent, ready: [.in, .rdhup], unread: 0),
            ]
            let state = Fixture.state([Fixture.thread(1, .epollWait, fd: 4)], epolls: [Fixture.instance(rows)])
            var story = Story(state, off: off)
            return story.look().findings.map(\.lint.id)
        }
        #expect(found(off: []) == [.etNotDrained, .peerGoneStillOpen])
        #expect(found(off: [.etNotDrained]) == [.peerGoneStillOpen])
        #expect(found(off: Set(LintID.allCases)) == [])
    }

    @Test func aGuestThatHasEndedIsExaminedAsItWasAtItsEnd() {
        var story = Story.of([Fixture.thread(1, .epollWait, fd: 4)], [], [Fixture.row(7, .edgeSpent, ready: .in)]) {
            $0.state.guest = .exited(code: 0)
            $0.look()
        }
        #expect(story.found.map(\.lint.id) == [.etNotDrained])
        story.state.epolls = [Fixture.instance([Fixture.row(8, .oneShotSpent, ready: .in)])]
        story.look(for: 2000)
        #expect(story.found.map(\.lint.id) == [.etNotDrained])
    }
}
