import TestSupport
import Testing

@testable import Packages

@Suite struct CborReaderTests {
    private func value(_ bytes: [UInt8]) throws(PackageFailure) -> ManifestValue { try CborReader.value(bytes[...]) }

    private func message(_ bytes: [UInt8]) -> String? {
        failure { () throws(PackageFailure) in _ = try value(bytes) }
    }

    @Test func valuesOfEveryKindAreRead() throws {
        let written: JsonValue = [
            "text": "h\u{e9}llo", "empty": "", "list": ["a", 1, -7, true, .null, .fraction(1.5)], "table": ["a": "b"],
        ]
        #expect(
            try value(CborWriter.bytes(written))
                == .table([
                    "text": .text("h\u{e9}llo"), "empty": .text(""), "table": .table(["a": .text("b")]),
                    "list": .list([.text("a"), .other, .other, .other, .other, .other]),
                ]))
        let long = String(repeating: "x", count: 70_000)
        #expect(try value(CborWriter.bytes(.string(long))) == .text(long))
    }

    @Test func lengthsNeedNotBeKnownBeforehand() throws {
        #expect(try value([0x9f, 0x61, 0x61, 0x01, 0xff]) == .list([.text("a"), .other]))
        #expect(try value([0xbf, 0x61, 0x61, 0x61, 0x62, 0xff]) == .table(["a": .text("b")]))
        #expect(try value([0x7f, 0x61, 0x61, 0x62, 0x62, 0x63, 0xff]) == .text("abc"))
        #expect(try value([0x5f, 0x41, 0x00, 0xff]) == .other)
    }

    @Test func tagsAndKeysThatAreNoTextsAreGoneOver() throws {
        #expect(try value([0xc1, 0x61, 0x61]) == .text("a"))
        #expect(try value([0xa2, 0x01, 0x02, 0x61, 0x61, 0x03]) == .table(["a": .other]))
    }

    @Test func whatIsNoValueIsRefused() {
        let cut = "the manifest ends within a value"
        let broken = "the manifest is not in CBOR"
        for bytes: [UInt8] in [
            [], [0x18], [0x19, 0], [0x61], [0x62, 0x61], [0x81], [0x9f], [0xbf, 0x61, 0x61], [0x7f, 0x61, 0x61],
            [0xa1, 0x61, 0x61], [0xc1], [0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0x9b, 0, 0, 0, 0xff, 0, 0, 0, 0, 0],
        ] {
            #expect(message(bytes) == cut, "\(bytes)")
        }
        for bytes: [UInt8] in [
            [0x1c], [0x1f], [0x3f], [0xdf], [0x7f, 0x41, 0x61, 0xff], [0x7f, 0x7f, 0xff, 0xff], [0x7f, 0x01, 0xff],
            [0xff],
        ] {
            #expect(message(bytes) == broken, "\(bytes)")
        }
        #expect(message([0x61, 0xff]) == "a text of the manifest is not UTF-8")
        #expect(message([0x01, 0x01]) == "more follows the manifest's value")
        #expect(message([0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02]) == "the manifest has \"a\" twice")
    }

    @Test(arguments: [UInt8(0x81), 0x9f, 0xa1, 0xc1, 0xbf])
    func valuesNestOnlySoDeep(byte: UInt8) {
        let deep = [UInt8](repeating: byte, count: 1 << 20)
        let message = message(deep)
        #expect(message == "the manifest nests too deep")
    }

    @Test func noiseEndsInAnAnswer() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<50_000 {
            let count = Int.random(in: 0...40, using: &random)
            _ = message((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }
}
