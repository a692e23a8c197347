import Glibc
import Testing

@testable import Kernel

@Suite struct ByteRingTests {
    /// A ring and what must be in it.
    private struct Twin: ~Copyable {
        var ring = ByteRing()
        var expected: [UInt8] = []

        mutating func append(_ bytes: [UInt8]) {
            var bytes = bytes
            Self.vectors(&bytes) { ring.append($0, from: 0, count: $0.total) }
            expected += bytes
        }

        mutating func removeFirst(_ count: Int) {
            ring.removeFirst(count)
            expected.removeFirst(count)
        }

        func first(_ count: Int) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: count)
            Self.vectors(&bytes) { ring.copy(to: $0, at: 0, count: count) }
            return bytes
        }

        /// Two buffers, so that transfers cross from one to the next as well.
        private static func vectors(_ bytes: inout [UInt8], _ body: (IoVectors) -> Void) {
            let count = bytes.count
            bytes.withUnsafeMutableBytes { buffer in
                guard let base = buffer.baseAddress else { return }
                var parts = [
                    iovec(iov_base: base, iov_len: count / 3),
                    iovec(iov_base: base + count / 3, iov_len: count - count / 3),
                ]
                parts.withUnsafeMutableBufferPointer {
                    body(IoVectors(base: $0.baseAddress!, count: 2, total: count))
                }
            }
        }
    }

    @Test(arguments: UInt64(1)...4) func bytesComeOutAsTheyWentIn(seed: UInt64) {
        var random = seed &* 0x9e37_79b9_7f4a_7c15
        func pick(_ limit: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % limit
        }
        var twin = Twin()
        for step in 0..<3000 {
            if pick(2) == 0 {
                twin.append((0..<pick(900)).map { UInt8(truncatingIfNeeded: $0 &+ step) })
            } else {
                twin.removeFirst(pick(min(twin.expected.count, 900) + 1))
            }
            #expect(twin.ring.count == twin.expected.count)
            let seen = pick(min(twin.expected.count, 300) + 1)
            #expect(twin.first(seen) == Array(twin.expected.prefix(seen)))
        }
        #expect(twin.first(twin.expected.count) == twin.expected)
    }

    /// What is passed through keeps going round in the same memory.
    @Test func whatFitsNeedsNoMoreMemory() {
        var twin = Twin()
        twin.append([UInt8](repeating: 1, count: 4000))
        let capacity = twin.ring.capacity
        for round in 0..<10_000 {
            twin.removeFirst(1)
            twin.append([UInt8(truncatingIfNeeded: round)])
        }
        #expect(twin.ring.capacity == capacity)
        #expect(twin.first(4000) == twin.expected)
    }

    @Test func anEmptyRingKeepsLittle() {
        var twin = Twin()
        twin.append([UInt8](repeating: 1, count: 1 << 20))
        #expect(twin.ring.capacity == 1 << 20)
        twin.removeFirst(1 << 20)
        #expect(twin.ring.capacity == 0)
        twin.append([1, 2, 3])
        #expect(twin.first(3) == [1, 2, 3])
    }
}
