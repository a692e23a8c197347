import Kernel
import Testing

@Suite struct ByteStringTests {
    @Test func spellingsThatUnicodeHoldsForOneAreTwo() {
        #expect(ByteString("\u{e9}") != ByteString("e\u{301}"))
        #expect(Set([ByteString("\u{e9}"), ByteString("e\u{301}")]).count == 2)
    }

    @Test(
        arguments: [
            ([0x61, 0xc3, 0xa9], "aé"), ([0x61, 0xff, 0xfe, 0x62], "a\\xff\\xfeb"), ([0xc3], "\\xc3"),
            ([0xe2, 0x82, 0x41], "\\xe2\\x82A"), ([0xf0, 0x9f, 0x98, 0x80, 0x80], "😀\\x80"), ([], ""),
        ] as [([UInt8], String)])
    func whatIsNoTextIsShownByItsNumbers(bytes: [UInt8], shown: String) {
        #expect(ByteString(bytes).description == shown)
    }

    @Test func itGoesToTheHostAndBackAsItIs() {
        let name = ByteString([0x2f, 0xff, 0x0a])
        #expect(name.withCString { ByteString(cString: $0) } == name)
    }
}
