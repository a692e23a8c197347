/// The form of a cache file: magic, key, length and checksum of the code, then the code.
///
/// The checksum finds damage (a full disk, a crash, a bad block), not forgery: the directory's permissions prevent
/// that.
enum CacheEntry {
    private static let magic: [UInt8] = Array("WXTMOD01".utf8)
    private static let keyCount = 32
    private static let headerCount = 8 + keyCount + 16

    static func header(code: UnsafeRawBufferPointer, key: [UInt8]) -> [UInt8] {
        magic + key + bytes(UInt64(code.count)) + bytes(checksum(code))
    }

    /// The code in `file` if the entry is whole and belongs to `key`.
    static func code(in file: UnsafeRawBufferPointer, key: [UInt8]) -> UnsafeRawBufferPointer? {
        guard file.count > headerCount else { return nil }
        let code = UnsafeRawBufferPointer(rebasing: file.dropFirst(headerCount))
        return file.prefix(headerCount).elementsEqual(header(code: code, key: key)) ? code : nil
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian, Array.init)
    }

    /// Four independent multiply-and-rotate lanes over 64-bit words: memory speed, and every bit counts.
    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        let factor: UInt64 = 0x9e37_79b9_7f4a_7c15
        var (a, b, c, d) = (UInt64(bytes.count), factor, ~factor, UInt64(1))
        var offset = 0
        while offset + 32 <= bytes.count {
            a = mix(a, bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self), factor)
            b = mix(b, bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self), factor)
            c = mix(c, bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self), factor)
            d = mix(d, bytes.loadUnaligned(fromByteOffset: offset + 24, as: UInt64.self), factor)
            offset += 32
        }
        for index in offset..<bytes.count { a = mix(a, UInt64(bytes[index]), factor) }
        return mix(mix(a, b, factor), mix(c, d, factor), factor)
    }

    /// Invertible in `lane` and in `word`, so that a changed word always changes the lane.
    @inline(__always)
    private static func mix(_ lane: UInt64, _ word: UInt64, _ factor: UInt64) -> UInt64 {
        let product = (lane ^ word) &* factor
        return (product << 29) | (product >> 35)
    }
}
