import Foundation
import Glibc
import Testing

@testable import Kernel

@Suite struct HostProcessorsTests {
    /// On a thread of its own, whose mask is nobody else's.
    @Test func anAffinityMaskCounts() async {
        let counts = await withCheckedContinuation { answer in
            Thread.detachNewThread {
                var mask = cpu_set_t()
                sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &mask)
                let all = HostProcessors.usable
                // The first processor of those that are allowed.
                let bytes = withUnsafeBytes(of: mask) { Array($0) }
                let first = bytes.firstIndex { $0 != 0 } ?? 0
                withUnsafeMutableBytes(of: &mask) { raw in
                    for place in raw.indices { raw[place] = 0 }
                    raw[first] = bytes[first] & (~bytes[first] &+ 1)
                }
                sched_setaffinity(0, MemoryLayout<cpu_set_t>.size, &mask)
                answer.resume(returning: (all, HostProcessors.usable))
            }
        }
        #expect(counts.0 >= 1 && counts.1 == 1)
    }
}
