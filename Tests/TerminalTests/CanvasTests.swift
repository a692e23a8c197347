import Terminal
import Testing

@Suite struct CanvasTests {
    private func drawn(_ text: String, columns: Int, x: Int = 0) -> Canvas {
        var canvas = Canvas(size: Size(columns: columns, rows: 1))
        canvas.put(text, x: x, y: 0, limit: columns)
        return canvas
    }

    @Test func textIsCutAtBothEdges() {
        #expect(drawn("abcdef", columns: 4).text == "abcd")
        #expect(drawn("abcdef", columns: 4, x: -2).text == "cdef")
        #expect(drawn("abc", columns: 4, x: 9).text == "")
    }

    @Test func controlCharactersNeverBecomeCells() {
        let canvas = drawn("a\u{1b}[0m\u{7}\u{9b}\n", columns: 20)
        #expect(canvas.text == "a?[0m???")
    }

    @Test func wideCharacterTakesTwoCellsOrNone() {
        #expect(drawn("漢字", columns: 4).text == "漢字")
        #expect(drawn("a漢字", columns: 4).text == "a漢")
        #expect(drawn("漢x", columns: 3, x: -1).text == " x")
    }

    @Test func overwritingHalfOfAWideCharacterBlanksTheOther() {
        var canvas = drawn("漢字", columns: 4)
        canvas.put("x", x: 1, y: 0, limit: 4)
        #expect(canvas.text == " x字")
        canvas.put("y", x: 2, y: 0, limit: 4)
        #expect(canvas.text == " xy")
        canvas = drawn("ab字", columns: 4)
        canvas.put("漢", x: 1, y: 0, limit: 4)
        #expect(canvas.text == "a漢")
    }

    @Test func combiningMarksStayWithTheirBase() {
        let canvas = drawn("e\u{301}\u{302}\u{303}x", columns: 3)
        #expect(canvas[0, 0].scalar == 0x65)
        #expect(canvas[0, 0].marks == (0x301, 0x302))
        #expect(canvas[1, 0].scalar == 0x78)
        #expect(drawn("\u{301}x", columns: 3).text == "x")
    }

    @Test func everyPlaceOutsideIsHarmless() {
        var canvas = Canvas(size: Size(columns: 0, rows: 0))
        canvas.put("x", x: 0, y: 0, limit: 10)
        canvas.fill("x", x: -3, y: 0, count: 9)
        canvas.restyle(x: 0, y: -1, count: 3) { _ in Style(.good) }
        canvas = Canvas(size: Size(columns: 2, rows: 1))
        canvas.fill(Rect(x: -5, y: -5, width: 20, height: 20), Style(.good))
        canvas.fill("z", x: 5, y: 0, count: 3)
        #expect(canvas.roles == "gg")
    }

    @Test func dumpShowsRoles() {
        var canvas = Canvas(size: Size(columns: 6, rows: 2))
        canvas.put("ok", x: 1, y: 1, limit: 6, Style(.good))
        #expect(canvas.text == "\n ok")
        #expect(canvas.roles == "\n gg")
    }
}

@Suite struct TextWidthTests {
    @Test(arguments: [
        ("abc", 3), ("", 0), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("한", 2), ("🎉", 2), ("─│", 2), ("…", 1),
        ("\u{200b}", 0), ("ｱ", 1), ("Ａ", 2),
    ])
    func columnsAreCountedAsTerminalsDo(text: String, width: Int) {
        #expect(TextWidth.of(text) == width)
    }

    @Test func prefixNeverExceedsItsColumns() {
        #expect(TextWidth.prefix("a漢字", columns: 4) == "a漢")
        #expect(TextWidth.prefix("abc", columns: 9) == "abc")
        #expect(TextWidth.prefix("abc", columns: 0) == "")
    }
}

@Suite struct GlyphTests {
    @Test func everySymbolIsOneColumnInBothForms() {
        for glyphs in [Glyphs.utf8, .ascii] {
            let symbols =
                [
                    glyphs.horizontal, glyphs.vertical, glyphs.topLeft, glyphs.topRight, glyphs.bottomLeft,
                    glyphs.bottomRight, glyphs.teeDown, glyphs.teeUp, glyphs.teeLeft, glyphs.teeRight, glyphs.pointer,
                    glyphs.gap, glyphs.cut, glyphs.ascending, glyphs.descending, glyphs.more,
                ] + glyphs.ramp
            for symbol in symbols {
                #expect(TextWidth.of(symbol) == 1)
                #expect(glyphs.isUTF8 || symbol.isASCII)
            }
        }
    }

    @Test func aTreeHasALineDownToEachThatFollows() {
        let places = [
            [], [true], [true, true], [true, false], [true, false, false], [false], [false, false],
        ]
        #expect(places.map(Glyphs.utf8.tree) == ["", "├─", "│ ├─", "│ └─", "│   └─", "└─", "  └─"])
        #expect(places.map(Glyphs.ascii.tree) == ["", "+-", "| +-", "| `-", "|   `-", "`-", "  `-"])
    }

    @Test func roleLettersAreDistinct() {
        #expect(Set(Role.allCases.map(\.letter)).count == Role.allCases.count)
    }
}
