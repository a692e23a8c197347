import Testing

@testable import Symbols

@Suite struct ByteReaderTests {
    private func unsigned(_ bytes: [UInt8]) -> UInt64? {
        var reader = ByteReader(bytes, 0..<bytes.count)
        return try? reader.unsigned()
    }

    private func signed(_ bytes: [UInt8]) -> Int64? {
        var reader = ByteReader(bytes, 0..<bytes.count)
        return try? reader.signed()
    }

    @Test func unsignedNumbersAreRead() {
        #expect(unsigned([0x02]) == 2)
        #expect(unsigned([0xe5, 0x8e, 0x26]) == 624_485)
        #expect(unsigned([UInt8](repeating: 0xff, count: 9) + [1]) == .max)
        // Linkers pad the fields they fill in.
        #expect(unsigned([0x85, 0x80, 0x80, 0x80, 0]) == 5)
    }

    @Test func signedNumbersAreRead() {
        #expect(signed([0x02]) == 2)
        #expect(signed([0x7e]) == -2)
        #expect(signed([0x80, 0x7f]) == -128)
        #expect(signed([UInt8](repeating: 0x80, count: 9) + [0x7f]) == .min)
    }

    @Test func numbersThatDoNotEndAreDamage() {
        #expect(unsigned([]) == nil)
        #expect(unsigned([0x80, 0x80]) == nil)
        #expect(signed([UInt8](repeating: 0xff, count: 1000)) == nil)
        // Past 64 bits nothing is kept, and nothing overflows.
        #expect(unsigned([UInt8](repeating: 0xff, count: 1000) + [0x7f]) == .max)
    }

    @Test func skippingBehindTheEndIsDamage() {
        var reader = ByteReader([1, 2, 3, 4], 1..<3)
        #expect((try? reader.skip(3)) == nil)
        #expect((try? reader.skip(.max)) == nil)
        #expect((try? reader.number(size: 2)) == 0x302)
        #expect(reader.isAtEnd)
    }

    @Test func rangeIsCutToTheBytes() {
        var reader = ByteReader([1, 2], 1..<900)
        #expect(reader.remaining == 1..<2)
        #expect((try? reader.terminated()) == nil)
    }
}
