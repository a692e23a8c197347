import Diagnosis
import Model
import Terminal
import Testing
import Trace

@testable import UI

@Suite struct WhyTests {
    private static let bang = Key.character("!")

    @Test func theWorstFindingStandsBelowTheStateAndKeepsItsPlace() {
        var driver = Driver()
        #expect(driver.lines[1].hasPrefix(" E01  fd 7 (tcp 10.0.0.2:41822)"))
        #expect(driver.lines[1].hasSuffix("! = why"))
        #expect(driver.canvas.roles.split(separator: "\n")[1].allSatisfy { $0 == "X" })
        #expect(driver.lines[2].contains("sys/s"))
        driver.change { $0 = Fixture.quiet() }
        #expect(driver.lines[1].contains("2 of 3 threads wait"))
        #expect(driver.lines[2].contains("sys/s"))
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 60), (100, 30)]) func everySectionOfASpentEdgeIsThere(
        columns: Int, rows: Int
    ) {
        var driver = Driver(columns: columns, rows: rows)
        driver.press(Self.bang)
        #expect(driver.shows("Why 1/2  E01 et-not-drained"))
        for text in [
            "nobody will hear of it", "Who waits for whom", "How it came about", "edge 18 was reported", "What to do",
            "Read until AGAIN",
        ] {
            #expect(driver.shows(text), "\(text)")
        }
    }

    @Test(arguments: [Glyphs.utf8, .ascii].map(\.isUTF8)) func twoThreadsThatWaitForEachOtherAreDrawn(isUTF8: Bool) {
        var driver = Driver(Fixture.deadlock(), columns: 80, rows: 24, glyphs: isUTF8 ? .utf8 : .ascii)
        #expect(driver.lines[0].contains("STALLED 5.2s"))
        driver.press(Self.bang)
        #expect(driver.shows("E07 wait-cycle"))
        #expect(driver.shows("in part likely"))
        #expect(driver.shows(isUTF8 ? "T2 ───── fd_write(4) ─" : "T2 ----- fd_write(4) -"))
        #expect(driver.shows(isUTF8 ? "████████ 65,536 FULL" : "######## 65,536 FULL"))
        #expect(driver.shows(isUTF8 ? "0x18d0 ◀──── futex_wait(0x18d0) ─" : "0x18d0 <---- futex_wait(0x18d0) -"))
        #expect(driver.shows("likely T2, now in submit_job"))
        #expect(driver.shows("only T3 can end it"))
        #expect(driver.shows("T2 fd_write"))
        #expect(driver.shows("submit_job deadlock.c:37"))
        #expect(driver.shows("account_job +0x12"))
        #expect(driver.shows("Release locks before a call that can block"))
        if !isUTF8 { #expect(driver.canvas.text.utf8.allSatisfy { $0 < 0x7f }) }
    }

    @Test func whereTheDrawingDoesNotFitThereAreLines() {
        var driver = Driver(Fixture.deadlock(), columns: 60, rows: 20)
        driver.press(Self.bang)
        #expect(driver.shows("T2 fd_write(4) 5.3s ends it: T3, asleep"))
        driver.interaction.size.rows = 40
        #expect(driver.shows("T2 -- fd_write(4) --> fd 4 pipe#1 w  65,536 FULL"))
        #expect(driver.shows("only T3, which is asleep"))
    }

    @Test func withoutAFindingTheLongestWaitsAreShown() {
        var driver = Driver(Fixture.quiet())
        driver.press(Self.bang)
        #expect(driver.shows("Why: nothing is wrong that is looked for"))
        #expect(driver.shows("T2 -- thread_sleep() --> its time"))
        #expect(driver.shows("a timer in 3.2s"))
        #expect(driver.shows("T1 -- epoll_wait(4) -->"))
        #expect(driver.shows("the outside: "))
        #expect(driver.shows("T3 runs"))
        driver.press(Self.bang)
        #expect(driver.shows("nothing else was found"))
        driver.change { $0.threads.removeAll() }
        #expect(driver.shows("No thread waits"))
    }

    @Test func aScreenWithoutAFindingTakesTheFirstThatComes() {
        var driver = Driver(Fixture.quiet())
        driver.press(Self.bang)
        driver.change { $0 = Fixture.echo() }
        #expect(driver.shows("Why 1/2  E01"))
        driver.change { $0 = Fixture.quiet() }
        #expect(driver.shows("E01 et-not-drained"), "it stays until the screen is left")
        #expect(driver.shows("over"))
    }

    @Test func aFactLeadsToTheTraceAndTheWayBackToWhereOneWas() throws {
        var driver = Driver()
        driver.press(.character("4"), .up, .up, .up, .character("2"), .down)
        let before = driver.canvas
        driver.examination = Self.withFact(driver.state, entry: driver.model.trace.range.lowerBound + 5)
        driver.press(Self.bang)
        #expect(driver.cursorLine?.contains("the short read") == true)
        driver.press(.enter)
        #expect(driver.view.focus == .trace)
        #expect(driver.view[list: .trace].cursor == .number(driver.model.trace.range.lowerBound + 5))
        #expect(driver.cursorLine?.contains("sock_recv") == true)
        driver.press(.up, .up, .escape)
        #expect(driver.cursorLine?.contains("the short read") == true)
        driver.press(.escape)
        driver.examination = nil
        driver.press(.left)
        #expect(driver.canvas.text == before.text)
        #expect(driver.canvas.roles == before.roles)
    }

    @Test func aFactThatIsNoLongerKeptSaysSo() {
        var driver = Driver()
        driver.examination = Self.withFact(driver.state, entry: 1 << 40)
        driver.press(Self.bang, .enter)
        #expect(driver.shows("no longer among"))
    }

    @Test func theNextFindingComesWithTheSameKey() {
        var driver = Driver()
        #expect(driver.lines[1].contains("+1 more"))
        driver.press(Self.bang, Self.bang)
        #expect(driver.shows("Why 2/2  W22 spurious-events"))
        driver.press(Self.bang)
        #expect(driver.shows("Why 1/2  E01"))
        driver.press(.escape)
        #expect(driver.shows("1 Fds"))
    }

    @Test func findingsAreListedAndMuted() {
        var driver = Driver()
        driver.press(.character("7"))
        #expect(driver.cursorLine?.contains("E01") == true)
        #expect(driver.line("7 Findings")?.contains(" 2  by severity") == true)
        driver.press(.enter)
        #expect(driver.shows("Why 1/2  E01"))
        driver.press(.escape, .character("M"))
        #expect(driver.lines[1].contains("W22"), "the next one has the bar")
        #expect(driver.line("7 Findings")?.contains("1 muted") == true)
        #expect(driver.canvas.roles.contains("ffffffff"))
        driver.press(.down, .character("M"))
        #expect(driver.lines[1].contains("threads wait"), "the bar has nothing to say")
        driver.press(Self.bang)
        #expect(driver.shows("all that is wrong is muted"))
        driver.press(.escape, .up, .character("M"))
        #expect(driver.lines[1].contains("E01"))
        driver = Driver(Fixture.quiet())
        driver.press(.character("7"))
        #expect(driver.shows("Nothing found. \(Lint.all.count) lints look for"))
    }

    /// What stands below the list is about a row of it.
    @Test func belowTheFindingsStandsTheChosenOneInFull() {
        var driver = Driver(columns: 120, rows: 40)
        driver.type("7z")
        func isAdvised(_ code: String) -> Bool {
            Lint.all.first { $0.code == code }.map { driver.shows(String($0.advice.prefix(30))) } ?? false
        }
        #expect(isAdvised("E01") && !isAdvised("W22"))
        driver.press(.down)
        #expect(!isAdvised("E01") && isAdvised("W22"))
        driver.type("\\lint=E01")
        #expect(isAdvised("E01") && !isAdvised("W22"))
        driver.type(" and fd=999")
        #expect(driver.shows("Nothing matches the filter."))
        #expect(!isAdvised("E01") && !isAdvised("W22"))
    }

    /// No fault by itself; but who asks why nothing happens sees it.
    @Test func whatNobodyReadsStandsBelowTheLongestWaits() {
        var state = Fixture.quiet()
        state.descriptors.append(Fixture.descriptor(30, .tcp, .none, queue: QueueLevel(used: 27, capacity: 100)))
        var driver = Driver(state, columns: 80, rows: 30)
        driver.press(Self.bang)
        #expect(driver.shows("Unread, in no interest list, and no thread reads it"))
        #expect(driver.line(" fd 30 ")?.contains("27 bytes unread") == true)
        var quiet = Driver(Fixture.quiet(), columns: 80, rows: 30)
        quiet.press(Self.bang)
        #expect(!quiet.shows("Unread, in no interest list"))
    }

    @Test func theStackOfTheThreadUnderTheCursor() {
        var driver = Driver(Fixture.deadlock(), columns: 80, rows: 24)
        driver.press(.character("b"))
        #expect(driver.shows("Stack of T1 1/3"), "the longest wait")
        #expect(driver.shows("T1 has not waited long enough for its stack to be taken"))
        driver.press(.character("j"))
        #expect(driver.shows("Stack of T2 2/3"))
        #expect(driver.line("0 submit_job")?.contains("deadlock.c:37") == true)
        #expect(driver.line("0 submit_job")?.contains("+0x4c") == true)
        #expect(driver.shows("fd_write("))
        #expect(driver.shows("only T3, which is asleep"))
        driver.press(.character("k"), .character("k"))
        #expect(driver.shows("Stack of T3 3/3"))
        driver.press(.escape, .character("5"), .down, .character("b"))
        #expect(driver.shows("Stack of T2"))
        driver.press(.escape, .character("4"), .character("b"))
        #expect(driver.shows("Stack of T3"), "of the newest line")
    }

    @Test func answersAreCopiedAsPlainText() throws {
        var driver = Driver(Fixture.deadlock(), columns: 40, rows: 10)
        driver.press(Self.bang, .character("y"))
        guard case .copy(let text) = try #require(driver.reactions.last) else {
            Issue.record("nothing was copied")
            return
        }
        #expect(text.contains("E07 wait-cycle"))
        #expect(text.contains("-- What to do --"))
        #expect(text.contains("submit_job deadlock.c:37"))
        let count = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        #expect(driver.shows("\(count) lines"))
    }

    @Test func theCursorBeginsOnTheCulprit() {
        var driver = Driver()
        #expect(driver.cursorLine?.contains("7 tcp") == true)
        driver.press(.character("2"))
        #expect(driver.cursorLine?.contains(" 7 IN") == true)
        driver.press(.up)
        driver.change { $0.now += 1 }
        #expect(driver.cursorLine?.contains(" 6 IN") == true)
    }

    @Test func veryWideScreensSayWhyBesideThePanes() {
        var driver = Driver(columns: 200, rows: 60)
        #expect(driver.shows("1 Fds"))
        #expect(driver.shows("Why 1/2  E01"))
        driver = Driver(Fixture.quiet(), columns: 200, rows: 60)
        #expect(!driver.shows("Why 1"))
        #expect(driver.shows("5 Threads"))
    }

    @Test func everySizeIsDrawn() {
        let keys: [[Key]] = [[Self.bang], [.character("b")], [.character("7")], [Self.bang, .character("z"), .end]]
        for make in [Fixture.echo, Fixture.deadlock, Fixture.quiet] {
            for (columns, rows) in [(80, 24), (120, 40), (40, 10), (200, 60), (1, 1), (2, 3), (20, 5), (70, 12)] {
                for sequence in keys {
                    var driver = Driver(make(), columns: columns, rows: rows)
                    for key in sequence { driver.press(key) }
                    driver.press(.down, .pageDown, .pageUp, .home, .up, .end, .down)
                    #expect(driver.lines.count == rows)
                }
            }
        }
    }

    @Test(arguments: [(40, 10), (80, 14)]) func allOfItCanBeReachedOnSmallScreens(columns: Int, rows: Int) {
        var driver = Driver(Fixture.deadlock(), columns: columns, rows: rows)
        driver.press(Self.bang)
        var seen = driver.canvas.text
        for _ in 0..<60 {
            driver.press(.down)
            seen += driver.canvas.text
        }
        for text in ["Who waits for whom", "Where in the code", "How it came about", "What to do", "non-blocking."] {
            #expect(seen.contains(text), "\(text)")
        }
    }

    private static func withFact(_ state: ExaminedState, entry: UInt64) -> Examination {
        var examination = state.examination
        examination.findings[0].evidence = [
            Evidence("T1 waited"), Evidence("the short read", entry: entry, thread: ThreadID(rawValue: 1)),
        ]
        return examination
    }
}
