import Terminal
import Testing

@Suite struct OutputTextTests {
    /// Lines as they were written, without their line feed, and how a terminal shows them.
    @Test(arguments: [
        ("plain", "plain"), ("a\tb", "a       b"), ("\ta", "        a"), ("1234567\t8", "1234567 8"),
        ("12345678\t9", "12345678        9"), ("line\r", "line"), ("10%\r100%", "100%"), ("100%\r10%", "10%%"),
        ("abc\r\tX", "abc     X"), ("é\tb", "é       b"), ("\u{1b}[31mred\tx", "\\e[31mred       x"), ("", ""),
    ]) func linesStandAsATerminalShowsThem(written: String, shown: String) {
        #expect(OutputText.shown(Array(written.utf8)) == shown)
    }

    @Test func bytesThatAreNoTextAreVisible() {
        #expect(OutputText.shown([0x61, 0xff, 0x09, 0x62]) == "a\\xff   b")
    }
}

@Suite struct SanitizerLimitTests {
    @Test func whatIsTooLongIsCutWithASign() {
        #expect(Sanitizer.clean("abcdef", limit: 6) == "abcdef")
        #expect(Sanitizer.clean("abcdefg", limit: 6) == "abc...")
        #expect(Sanitizer.clean("\u{1b}\u{1b}\u{1b}\u{1b}", limit: 6) == "\\e\\...")
        #expect(Sanitizer.clean(String(repeating: "x", count: 1_000_000), limit: 10) == "xxxxxxx...")
    }
}
