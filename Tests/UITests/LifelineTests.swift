import Diagnosis
import Model
import Terminal
import Testing
import Trace

@testable import UI

/// What becomes of a registration over 15 seconds, as pane 2 draws it.
@Suite struct LifelineTests {
    private static let second: UInt64 = 1_000_000_000

    /// Reported each second for five seconds, read at once; the sixth time half of it stays.
    private static func examination(until last: UInt64) -> (state: ExaminedState, examiner: Examiner) {
        var examiner = Examiner()
        var state = ExaminedState()
        for tenth in 0...(last * 10) {
            var model = Fixture.echo()
            model.now = 100 * second + tenth * second / 10
            let reports = min(tenth / 10, 5)
            let isStuck = tenth >= 50
            model.epolls[0].items[3].item.lastReportedAt = (100 + reports) * second
            model.epolls[0].items[3].item.reports = reports
            model.epolls[0].items[3].item.ready = isStuck ? .in : []
            model.epolls[0].items[3].item.levelWouldReport = isStuck
            model.epolls[0].items[3].item.reason = isStuck ? .edgeSpent : .notReady
            model.epolls[0].items[3].unread = isStuck ? 16 : 0
            state = ExaminedState(model: model, examination: examiner.examine(model))
        }
        return (state, examiner)
    }

    private static func context(_ state: ExaminedState, _ glyphs: Glyphs = .utf8) -> PaneContext {
        PaneContext(state, view: ViewState(program: "x"), glyphs: glyphs, width: 60, height: 12)
    }

    @Test func reportsAndWhatStaysUnreadAreDrawn() {
        let (state, _) = Self.examination(until: 10)
        let row = state.model.epolls[0].items[3]
        let context = Self.context(state)
        #expect(LifelineText.line(row, width: 15, context).text == "    ●●●●●●█████")
        #expect(LifelineText.levelLine(row, width: 15, context).text == "    ●●●●●●○○○○○")
        #expect(LifelineText.line(row, width: 30, context).text == "         ●·●·●·●·●·●██████████")
        let ascii = Self.context(state, .ascii)
        #expect(LifelineText.levelLine(row, width: 15, ascii).text == "    ******ooooo")
        let loud = LifelineText.line(row, width: 15, context).spans.filter { $0.style.role == .blocked }
        #expect(loud.count == 5)
    }

    @Test func onlyTheLastSecondsAreRemembered() {
        let (state, _) = Self.examination(until: 40)
        let row = state.model.epolls[0].items[3]
        #expect(LifelineText.line(row, width: 15, Self.context(state)).text == "███████████████")
    }

    @Test func whatIsNotKnownIsBlank() {
        var state = ExaminedState(model: Fixture.echo())
        #expect(LifelineText.line(state.model.epolls[0].items[0], width: 9, Self.context(state)).text == "         ")
        state.model.epolls[0].items[0].id.fd = FdNumber(rawValue: 77)
        #expect(LifelineText.line(state.model.epolls[0].items[0], width: 0, Self.context(state)).text.isEmpty)
    }

    @Test(arguments: [(100, 30), (120, 40), (160, 40), (200, 60)]) func paneTwoHasThemWhereThereIsRoom(
        columns: Int, rows: Int
    ) {
        let (state, _) = Self.examination(until: 10)
        var driver = Driver(state.model, columns: columns, rows: rows)
        driver.examination = state.examination
        driver.press(.character("2"))
        #expect(driver.shows("LAST 15 s"))
        #expect(driver.shows("@@@@"))
        #expect(driver.shows("7 as LT"))
        #expect(driver.shows("oooo"))
        #expect(driver.line("7 IN")?.contains("SPENT") == true)
    }
}
