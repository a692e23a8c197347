import Foundation
import Synchronization

/// Seeds handed out to several workers.
final class SeedQueue: Sendable {
    private let next: Mutex<UInt64>
    private let last: UInt64

    init(_ seeds: ClosedRange<UInt64>) {
        next = Mutex(seeds.lowerBound)
        last = seeds.upperBound
    }

    private func take() -> UInt64? {
        next.withLock { seed in
            guard seed <= last else { return nil }
            defer { seed += 1 }
            return seed
        }
    }

    /// Runs `body` for every seed, on `workers` threads; returns when all are done.
    func forEach(workers: Int, _ body: @escaping @Sendable (UInt64) -> Void) {
        let ended = DispatchSemaphore(value: 0)
        for _ in 0..<workers {
            Thread.detachNewThread {
                while let seed = self.take() { body(seed) }
                ended.signal()
            }
        }
        for _ in 0..<workers { ended.wait() }
    }
}
