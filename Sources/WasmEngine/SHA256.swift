/// SHA-256 (FIPS 180-4), for the module cache's keys and the checksums of packages.
///
/// Ours because it is what a module's start has to wait for, and the libraries that offer it bring Foundation or a
/// large C library with them.
public struct SHA256 {
    private var state: SIMD8<UInt32> = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private var byteCount: UInt64 = 0

    /// The digest of the concatenated parts.
    public static func digest(_ parts: [UInt8]...) -> [UInt8] {
        var hash = SHA256()
        var pending: [UInt8] = []
        for part in parts {
            if pending.isEmpty {
                pending = hash.absorb(part)
            } else {
                pending = hash.absorb(pending + part)
            }
        }
        return hash.finish(pending)
    }

    /// Hashes the whole blocks of `bytes` and answers the rest, shorter than a block.
    private mutating func absorb(_ bytes: [UInt8]) -> [UInt8] {
        let whole = bytes.count / 64 * 64
        bytes.withUnsafeBytes { buffer in
            Self.constants.withUnsafeBufferPointer { constants in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
                    for offset in stride(from: 0, to: whole, by: 64) {
                        compress(buffer.baseAddress! + offset, schedule.baseAddress!, constants.baseAddress!)
                    }
                }
            }
        }
        byteCount += UInt64(whole)
        return Array(bytes[whole...])
    }

    private mutating func finish(_ rest: [UInt8]) -> [UInt8] {
        let bitCount = (byteCount + UInt64(rest.count)) * 8
        var last = rest + [0x80]
        last.append(contentsOf: repeatElement(0, count: (120 - last.count % 64) % 64))
        withUnsafeBytes(of: bitCount.bigEndian) { last.append(contentsOf: $0) }
        _ = absorb(last)
        return (0..<8).flatMap { word in withUnsafeBytes(of: state[word].bigEndian, Array.init) }
    }

    private mutating func compress(
        _ block: UnsafeRawPointer, _ w: UnsafeMutablePointer<UInt32>, _ k: UnsafePointer<UInt32>
    ) {
        for i in 0..<16 {
            w[i] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: i &* 4, as: UInt32.self))
        }
        for i in 16..<64 {
            let (x, y) = (w[i &- 15], w[i &- 2])
            let s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x &>> 3)
            let s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y &>> 10)
            w[i] = w[i &- 16] &+ s0 &+ w[i &- 7] &+ s1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        // Eight rounds at a time, each with the names moved on by one: no value moves.
        for i in stride(from: 0, to: 64, by: 8) {
            round(a, b, c, &d, e, f, g, &h, w[i] &+ k[i])
            round(h, a, b, &c, d, e, f, &g, w[i &+ 1] &+ k[i &+ 1])
            round(g, h, a, &b, c, d, e, &f, w[i &+ 2] &+ k[i &+ 2])
            round(f, g, h, &a, b, c, d, &e, w[i &+ 3] &+ k[i &+ 3])
            round(e, f, g, &h, a, b, c, &d, w[i &+ 4] &+ k[i &+ 4])
            round(d, e, f, &g, h, a, b, &c, w[i &+ 5] &+ k[i &+ 5])
            round(c, d, e, &f, g, h, a, &b, w[i &+ 6] &+ k[i &+ 6])
            round(b, c, d, &e, f, g, h, &a, w[i &+ 7] &+ k[i &+ 7])
        }
        state &+= SIMD8(a, b, c, d, e, f, g, h)
    }

    @inline(__always)
    private func round(
        _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32,
        _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32, _ word: UInt32
    ) {
        let s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
        let t1 = h &+ s1 &+ (g ^ (e & (f ^ g))) &+ word
        let s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
        d &+= t1
        h = t1 &+ s0 &+ ((a & b) | (c & (a | b)))
    }

    @inline(__always)
    private func rotate(_ x: UInt32, _ bits: UInt32) -> UInt32 { (x &>> bits) | (x &<< (32 &- bits)) }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
