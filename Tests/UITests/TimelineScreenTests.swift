import Terminal
import Testing
import Trace

@testable import UI

/// Moving through a timeline.
@Suite struct TimelineScreenTests {
    private func place(_ driver: Driver) -> TimelinePlace? {
        if case .timeline(let place) = driver.view.trail.last?.content { place } else { nil }
    }

    @Test(arguments: [(80, 24), (120, 40), (40, 10), (20, 5), (200, 60)])
    func itIsDrawnAtEverySize(columns: Int, rows: Int) {
        for glyphs in [Glyphs.ascii, .utf8] {
            var driver = Driver(columns: columns, rows: rows, glyphs: glyphs)
            driver.type("t")
            #expect(driver.canvas.size == Size(columns: columns, rows: rows))
            if glyphs.isUTF8 == false { #expect(driver.canvas.text.utf8.allSatisfy { $0 < 0x7f }) }
            guard columns >= 80 else { continue }
            #expect(driver.line("live") != nil && driver.line("T1") != nil && driver.line("The last 15 s") != nil)
        }
    }

    /// At first about as many seconds are seen, however wide the screen is; there is no time before the program's start.
    @Test(arguments: [40, 80, 120, 200])
    func theLastSecondsAreSeenAtFirst(columns: Int) throws {
        var driver = Driver(columns: columns, rows: 40)
        driver.type("t")
        let seen = try #require(place(driver)).nanoseconds * UInt64(TimelineDocument.columns(columns - 2))
        #expect((12_000_000_000...33_000_000_000).contains(seen), "\(seen)")
        let clock = TickClock()
        driver.change {
            $0.time = TraceTime(clock: clock, startWall: 0, rate: 1)
            $0.now = clock.startNanoseconds + 3_000_000_000
        }
        let title = try #require(driver.lines.firstIndex { $0.contains("Timeline") && $0.contains("live") })
        #expect(!driver.lines[title + 1].contains("00:00.000000"), "\(driver.lines[title + 1])")
    }

    @Test func theWholeHasALineForEachThreadWhereThereIsRoom() throws {
        var driver = Driver(Fixture.deadlock(), columns: 80, rows: 24)
        driver.type("t")
        let whole = try #require(driver.lines.firstIndex { $0.contains("The last 15 s") })
        let lanes = driver.lines[(whole + 1)...].filter { $0.contains(#/^. T[123] /#) }
        #expect(lanes.count == 3, "\(driver.lines)")
    }

    @Test func tOpensWhatIsUnderTheCursorAndGoesBack() {
        var driver = Driver()
        driver.type("2t")
        #expect(driver.line("edges") != nil)
        driver.type("t")
        #expect(driver.view.trail.isEmpty)
        driver.type("1t")
        #expect(place(driver)?.isLive == true)
        driver.press(.escape)
        #expect(driver.view.trail.isEmpty)
    }

    @Test func theCursorMovesByAColumnAndComesBackToNow() {
        var driver = Driver()
        driver.type("t")
        driver.type("hhh")
        let early = place(driver)?.cursor
        driver.type("h")
        let scale = place(driver)?.nanoseconds
        #expect(early.flatMap { a in place(driver)?.cursor.map { a - $0 } } == scale)
        driver.type("lllllll")
        #expect(place(driver)?.isLive == true, "there is nothing after now")
        driver.press(.home)
        #expect(place(driver)?.isLive == false)
        driver.type("F")
        #expect(place(driver)?.isLive == true)
        driver.press(.pageUp)
        #expect(place(driver)?.isLive == false)
        driver.press(.end)
        #expect(place(driver)?.isLive == true)
    }

    @Test func zoomKeepsTheCursorInItsColumn() {
        var driver = Driver()
        driver.type("thhhhhh")
        let columns = TimelineDocument.columns(78)
        func column() -> Int? { place(driver).map { $0.column($0.window(driver.model.now, columns: columns)) } }
        let before = column()
        let coarse = place(driver)?.nanoseconds
        driver.type("]]")
        #expect((place(driver)?.nanoseconds ?? 0) < (coarse ?? 0))
        #expect(abs((column() ?? 0) - (before ?? 99)) <= 1)
        for _ in 0..<40 { driver.type("]") }
        #expect(driver.line("finest") != nil)
        for _ in 0..<40 { driver.type("[") }
        #expect(driver.line("coarsest") != nil)
    }

    @Test func nGoesFromEdgeToEdgeAndEnterOpensTheCall() {
        var driver = Driver()
        // Descriptor 5 has an edge, and a wait that told it.
        driver.type("2")
        driver.press(.home)
        for _ in 0..<5 where driver.cursorLine?.contains(" 5 ") == false { driver.press(.down) }
        #expect(driver.cursorLine?.contains(" 5 ") == true)
        driver.type("tN")
        let told = place(driver)?.cursor
        #expect(told != nil)
        driver.type("N")
        let made = place(driver)?.cursor
        #expect((made ?? 0) < (told ?? 0))
        driver.type("n")
        #expect(place(driver)?.cursor == told)
        driver.type("n")
        #expect(driver.line("no edge after this") != nil)
        driver.press(.enter)
        #expect(driver.view.focus == .event)
        driver.press(.escape)
        #expect(driver.view.focus == .timeline && place(driver)?.cursor == told)
    }

    @Test func aCallInTheTraceIsTheMiddleOfItsTimeline() {
        var driver = Driver()
        driver.type("4kkt")
        #expect(place(driver)?.isLive == false)
        #expect(place(driver)?.nanoseconds == 50_000)
    }

    @Test func twoRegistrationsStandBesideEachOther() {
        var driver = Driver(columns: 120, rows: 40)
        driver.type("2t")
        let one = driver.lines.count { $0.contains(" edges") }
        driver.type("a")
        #expect(driver.lines.count { $0.contains(" edges") } == one + 1)
        driver.type(String(repeating: "a", count: 40))
        #expect(place(driver)?.subjects.isEmpty == false)
    }

    @Test func timesAreToldFromAMark() {
        var driver = Driver()
        driver.type("thhm")
        driver.type("h")
        #expect(driver.line("from the mark") != nil)
        driver.type("m")
        #expect(driver.line("from the mark") == nil)
    }

    @Test func withoutAnyCallItSaysSo() {
        var driver = Driver()
        driver.change {
            $0.trace = .init()
            $0.epolls = []
        }
        driver.type("tN")
        #expect(driver.line("no edge before") != nil)
        driver.press(.home, .left, .enter)
        #expect(driver.line("no call is kept") != nil || driver.line("nothing to open") != nil)
    }
}
