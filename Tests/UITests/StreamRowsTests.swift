import Testing

@testable import UI

@Suite struct StreamRowsTests {
    private func stream(
        _ range: Range<UInt64>, filter: String? = nil, memory: FilterMemory? = nil,
        isIncluded: @escaping (UInt64) -> Bool = { _ in true }
    ) -> StreamRows {
        func line(_ number: UInt64) -> StyledLine { StyledLine("line \(number)") }
        return StreamRows(
            range: range, isIncluded: isIncluded, line: line, filter: filter.flatMap { .text($0, line: line) },
            memory: memory)
    }

    @Test func followingShowsTheEnd() {
        var list = ListState()
        let rows = stream(0..<100)
        rows.settle(&list, height: 5)
        #expect(rows.visible(list, height: 5) == [95, 96, 97, 98, 99])
        #expect(list.cursor == .number(99))
    }

    @Test func theViewMovesOnlyAsFarAsTheCursorNeeds() {
        var list = ListState()
        let rows = stream(0..<100)
        rows.move(&list, .lines(-2), height: 5)
        #expect(rows.visible(list, height: 5) == [95, 96, 97, 98, 99])
        rows.move(&list, .lines(-3), height: 5)
        #expect(rows.visible(list, height: 5) == [94, 95, 96, 97, 98])
        #expect(list.cursor == .number(94))
        rows.move(&list, .first, height: 5)
        #expect(rows.visible(list, height: 5) == [0, 1, 2, 3, 4])
        rows.move(&list, .pages(1), height: 5)
        #expect(list.cursor == .number(4))
        rows.move(&list, .last, height: 5)
        #expect(list.isFollowing)
    }

    @Test func heldViewStaysWhileLinesComeAndGo() {
        var list = ListState()
        stream(0..<100).move(&list, .lines(-10), height: 5)
        let later = stream(50..<300)
        later.settle(&list, height: 5)
        #expect(list.cursor == .number(89))
        let gone = stream(200..<300)
        gone.settle(&list, height: 5)
        #expect(list.cursor == .number(200))
        #expect(gone.visible(list, height: 5) == [200, 201, 202, 203, 204])
    }

    @Test func filterSkipsLinesInMovementToo() {
        var list = ListState()
        let rows = stream(0..<100, filter: "7")
        rows.settle(&list, height: 3)
        #expect(rows.visible(list, height: 3) == [79, 87, 97])
        rows.move(&list, .lines(-1), height: 3)
        #expect(list.cursor == .number(87))
        let even = stream(0..<100, isIncluded: { $0 % 2 == 0 })
        #expect(even.window(endingAt: 99, count: 2) == [96, 98])
    }

    @Test func filterOverALongStreamGetsDeeperWithEveryFrame() {
        var list = ListState()
        list.isFollowing = false
        list.bottom = 49_999
        list.cursor = .number(49_999)
        let memory = FilterMemory()
        memory.use(.init(pane: .trace, filter: "line 7", isNarrow: false), range: 0..<50_000)
        let rows = stream(0..<50_000, filter: "line 49", memory: memory)
        #expect(rows.visible(list, height: 3).count == 3)
        let rare = FilterMemory()
        rare.use(.init(pane: .trace, filter: "line 100!", isNarrow: false), range: 0..<50_000)
        func line(_ number: UInt64) -> StyledLine { StyledLine(number == 40_100 ? "rare" : "common") }
        let deep = StreamRows(
            range: 0..<50_000, isIncluded: { _ in true }, line: line, filter: .text("rare", line: line), memory: rare)
        var frames = 0
        while deep.visible(list, height: 1).isEmpty, frames < 100 { frames += 1 }
        #expect(frames > 1 && frames < 10)
    }

    @Test func searchGivesUpAndGoesOn() {
        var list = ListState()
        let rows = StreamRows(
            range: 0..<10_000, isIncluded: { _ in true }, line: { StyledLine($0 == 5000 ? "rare" : "common") },
            filter: nil)
        rows.move(&list, .first, height: 5)
        var outcome = rows.find(TextMatcher("rare"), &list, forward: true, height: 5)
        #expect(outcome == .gaveUp(lines: StreamRows.formatted))
        outcome = rows.find(TextMatcher("rare"), &list, forward: true, height: 5)
        outcome = rows.find(TextMatcher("rare"), &list, forward: true, height: 5)
        #expect(outcome == .found)
        #expect(list.cursor == .number(5000))
        #expect(stream(0..<10).find(TextMatcher("none"), &list, forward: true, height: 5) == .notFound)
    }

    @Test func emptyStreamIsHarmless() {
        var list = ListState()
        let rows = stream(7..<7)
        rows.settle(&list, height: 5)
        for movement in [Movement.lines(1), .pages(-1), .first, .last] { rows.move(&list, movement, height: 5) }
        #expect(rows.visible(list, height: 5) == [])
        #expect(rows.find(TextMatcher("x"), &list, forward: true, height: 5) == .notFound)
    }
}

@Suite struct TextTests {
    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1.0k"), (1999, "1.9k"), (48_123, "48k"), (999_999, "999k"), (1_000_000, "1.0M"),
        (UInt64.max, "18E"),
    ])
    func shortNumbersHaveFourColumns(value: UInt64, text: String) {
        #expect(NumberText.short(value) == text)
        #expect(NumberText.short(value).count <= 4)
    }

    @Test func numbersAreGrouped() {
        #expect(NumberText.grouped(0) == "0")
        #expect(NumberText.grouped(3904) == "3,904")
        #expect(NumberText.grouped(1_234_567) == "1,234,567")
        #expect(NumberText.short(Double.nan) == "0")
        #expect(NumberText.percent(0.919) == "91%")
    }

    @Test func matcherMindsCaseOnlyWhenThePatternDoes() {
        #expect(TextMatcher("tcp").matches("a TCP b"))
        #expect(!TextMatcher("TCP").matches("a tcp b"))
        #expect(TextMatcher("!tcp").matches("pipe"))
        #expect(!TextMatcher("!tcp").matches("tcp"))
        #expect(TextMatcher("!").matches("what!"))
        #expect(TextMatcher("").matches(""))
        #expect(TextMatcher("é").ranges(in: "né") == [1..<3])
    }
}
