import Terminal
import Testing

@Suite struct SanitizerTests {
    @Test(arguments: [
        ("plain ~text", "plain ~text"), ("naïve 漢字", "naïve 漢字"), ("a\u{1b}[2Jb", "a\\e[2Jb"),
        ("line\n\ttab\r", "line\\n\\ttab\\r"), ("\u{0}\u{7}\u{7f}\u{9b}31m", "\\x00\\x07\\x7f\\x9b31m"),
        ("evil\u{202e}txt.exe", "evil\\u{202e}txt.exe"), ("a\u{2028}b", "a\\u{2028}b"),
    ])
    func whatATerminalObeysBecomesVisible(text: String, clean: String) {
        #expect(Sanitizer.clean(text) == clean)
        #expect(Sanitizer.clean(Array(text.utf8)) == clean)
    }

    @Test func bytesThatAreNotUTF8AreShownOneByOne() {
        #expect(Sanitizer.clean([0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82]) == "a\\xff\\xc3(\\xe2\\x82")
        #expect(Sanitizer.clean([0xc0, 0x80, 0xed, 0xa0, 0x80]) == "\\xc0\\x80\\xed\\xa0\\x80")
    }

    @Test func everyByteStringLeavesNothingToObey() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                let text = Sanitizer.clean([first, second])
                #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value) })
            }
        }
    }
}
