/// How long to wait between two looks at the exact state: a look at a guest with 100,000 descriptors costs a good part
/// of a tenth of a second, and nobody needs ten of them a second while nothing happens.
struct LookPace {
    /// Nanoseconds between two looks, at least and at most.
    private static let shortest: UInt64 = 100_000_000
    /// The same while the guest is paused: who steps it wants to see each call at once.
    private static let shortestInPause: UInt64 = 10_000_000
    private static let longest: UInt64 = 5_000_000_000
    /// The pause after a look is this many times the look's cost: while calls are made, and while none is. Drawing what
    /// the look found costs about as much again, or twice that.
    private static let busyFactor: UInt64 = 4
    private static let idleFactor: UInt64 = 120

    /// What the last look cost, in nanoseconds of processor time, and when it was, in CLOCK_MONOTONIC nanoseconds.
    private var cost: UInt64 = 0
    private var lookedAt: UInt64 = 0
    /// Something has happened since.
    private var isChanged = true
    private var isPaused = false

    /// Records have come, or the guest has written something.
    mutating func noteChange() { isChanged = true }

    /// - Parameter now: CLOCK_MONOTONIC nanoseconds.
    func isDue(at now: UInt64) -> Bool {
        let pause = cost &* (isChanged ? Self.busyFactor : Self.idleFactor)
        let shortest = isPaused ? Self.shortestInPause : Self.shortest
        return now >= lookedAt &+ min(max(pause, shortest), Self.longest)
    }

    mutating func noteLook(at now: UInt64, cost: UInt64, isPaused: Bool = false) {
        lookedAt = now
        self.cost = cost
        self.isPaused = isPaused
        isChanged = false
    }
}
