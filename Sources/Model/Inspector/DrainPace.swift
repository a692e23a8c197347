/// How long to sleep between two drains: short enough that rings do not overflow, and longer while nothing arrives.
package struct DrainPace {
    private static let longest: Int32 = 20
    private var pause: Int32 = 1

    package init() {}

    /// Something is about to arrive.
    mutating func hurry() { pause = 0 }

    /// The next sleep in milliseconds, after a drain of `count` records from rings that were at most `fill` (0...1)
    /// full.
    package mutating func next(count: Int, fill: Double) -> Int32 {
        if fill > 0.25 {
            pause = 0
        } else if fill > 0.03 {
            pause = 1
        } else if count > 0 {
            pause = 5
        } else {
            pause = min(max(pause * 2, 1), Self.longest)
        }
        return pause
    }
}
