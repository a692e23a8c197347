import Terminal
import Testing

@testable import UI

/// The guest's output as a terminal shows it.
@Suite struct TerminalTextTests {
    private func text(_ text: String) -> String { TerminalText.line(Array(text.utf8)).text }

    @Test(arguments: [
        ("10%\r20%\r100%", "100%"), ("longer\rshort", "shortr"), ("done\r", "done"),
        ("100%\r\u{1b}[Kok", "ok"), ("abc\u{8}\u{8}X", "aXc"), ("a\tb", "a       b"),
        ("12345678\tb", "12345678        b"),
        ("abcdefgh\r\tX", "abcdefghX"), ("漢\tb", "漢      b"), ("漢字\rx", "x 字"), ("e\u{301}\rx", "x"),
        ("", ""), ("plain", "plain"),
    ])
    func controlsMoveInTheLine(written: String, shown: String) {
        #expect(text(written) == shown)
    }

    @Test(arguments: [
        ("\u{1b}[2J", "\\e[2J"), ("\u{1b}]0;title\u{7}", "\\e]0;title\\x07"), ("\u{1b}[5A", "\\e[5A"),
        ("\u{1b}", "\\e"),
        ("\u{1b}[31", "\\e[31"), ("\u{202e}x", "\\u{202e}x"), ("\u{9b}2J", "\\x9b2J"),
    ])
    func otherSequencesAreText(written: String, shown: String) {
        #expect(text(written) == shown)
    }

    @Test func bytesThatAreNoTextAreText() {
        #expect(TerminalText.line([0x61, 0xff, 0xc3]).text == "a\\xff\\xc3")
    }

    @Test func coloursAreKept() {
        let line = TerminalText.line(
            Array("a\u{1b}[1;31mb\u{1b}[38;5;208;48;2;255;0;0mc\u{1b}[39;49;22md\u{1b}[mé".utf8))
        #expect(line.text == "abcdé")
        let styles = line.spans.map(\.style)
        #expect(styles[0] == .text)
        #expect(styles[1].ink == Ink(1) && styles[1].emphasis == .bold)
        #expect(styles[2].ink == Ink(208, on: 196) && styles[2].emphasis == .bold)
        #expect(styles[3] == .text)
    }

    @Test func brightColoursAndReverse() {
        let line = TerminalText.line(Array("\u{1b}[92;100;7mx\u{1b}[27my".utf8), Style(.softError))
        #expect(line.spans.map(\.style.ink) == [Ink(10, on: 8), Ink(10, on: 8)])
        #expect(line.spans.map(\.style.emphasis) == [.reverse, []])
        #expect(line.spans.allSatisfy { $0.style.role == .softError })
    }
}
