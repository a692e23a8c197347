import Terminal
import Testing

@Suite struct KeyDecoderTests {
    private func keys(_ text: String, sequences: KeySequences = KeySequences()) -> [Key] {
        var decoder = KeyDecoder(sequences: sequences)
        return decoder.feed(text.utf8) + decoder.giveUp()
    }

    @Test(arguments: [
        ("\u{1b}[A", Key.up), ("\u{1b}OA", .up), ("\u{1b}[1;5B", .down), ("\u{1b}[C", .right), ("\u{1b}OD", .left),
        ("\u{1b}[H", .home), ("\u{1b}[1~", .home), ("\u{1b}[7~", .home), ("\u{1b}[F", .end), ("\u{1b}[4~", .end),
        ("\u{1b}[5~", .pageUp), ("\u{1b}[6~", .pageDown), ("\u{1b}[2~", .insert), ("\u{1b}[3~", .delete),
        ("\u{1b}OP", .function(1)), ("\u{1b}[11~", .function(1)), ("\u{1b}[[A", .function(1)),
        ("\u{1b}[15~", .function(5)), ("\u{1b}[17~", .function(6)), ("\u{1b}[21~", .function(10)),
        ("\u{1b}[24~", .function(12)), ("\u{1b}[3$", .delete), ("\u{1b}[Z", .backTab), ("\u{1b}5", .function(5)),
        ("\u{1b}0", .function(10)), ("\t", .tab), ("\r", .enter), ("\n", .enter), ("\u{7f}", .backspace),
        ("\u{3}", .control("c")), ("\u{0}", .control("@")), ("\u{1c}", .control("\\")), ("\u{1b}", .escape),
        (" ", .character(" ")), ("q", .character("q")), ("é", .character("é")), ("漢", .character("漢")),
    ])
    func oneSequenceIsOneKey(bytes: String, key: Key) {
        #expect(keys(bytes) == [key])
    }

    @Test func sequenceMayArriveByteByByte() {
        var decoder = KeyDecoder()
        #expect(decoder.feed([0x1b]) == [])
        #expect(decoder.isWaiting)
        #expect(decoder.feed([0x5b]) == [])
        #expect(decoder.feed([0x35]) == [])
        #expect(decoder.feed([0x7e, 0x61]) == [.pageUp, .character("a")])
        #expect(!decoder.isWaiting)
        #expect(decoder.feed([0xe6, 0xbc]) == [])
        #expect(decoder.feed([0xa2]) == [.character("漢")])
    }

    @Test func loneEscapeIsAKeyOnlyWhenNothingFollows() {
        var decoder = KeyDecoder()
        #expect(decoder.feed([0x1b]) == [])
        #expect(decoder.giveUp() == [.escape])
        #expect(keys("\u{1b}x") == [.escape, .character("x")])
        #expect(keys("\u{1b}\u{1b}") == [.escape, .escape])
        #expect(keys("\u{1b}[") == [.escape, .character("[")])
    }

    @Test func terminfoSequencesComeFirst() {
        let rare = KeySequences([(Array("\u{1b}~7".utf8), .function(7)), (Array("\u{1b}[A".utf8), .home)])
        #expect(keys("\u{1b}~7", sequences: rare) == [.function(7)])
        #expect(keys("\u{1b}[A", sequences: rare) == [.home])
        #expect(keys("\u{1b}[B", sequences: rare) == [.down])
    }

    @Test func nonsenseIsSkippedAndTheNextKeyIsSeen() {
        #expect(keys("\u{1b}[999;12uq") == [.character("q")])
        #expect(keys("\u{1b}[12\u{1}q") == [.control("a"), .character("q")])
        var decoder = KeyDecoder()
        #expect(decoder.feed([0xff, 0xc3, 0x28, 0x80, 0x71]) == [.character("("), .character("q")])
        #expect(decoder.feed([0x1b, 0x5b] + [UInt8](repeating: 0x30, count: 4000) + [0x71]) == [])
        #expect(decoder.feed([0x71]) == [.character("q")])
    }

    @Test func anyBytesEndWithoutWaitingForEver() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var decoder = KeyDecoder()
            let bytes = (0..<20).map { _ in
                let any = UInt8.random(in: 0...255, using: &random)
                return [0x1b, 0x5b, 0x4f, 0x3b, any].randomElement(using: &random) ?? any
            }
            _ = decoder.feed(bytes)
            _ = decoder.giveUp()
            #expect(!decoder.isWaiting)
        }
    }
}
