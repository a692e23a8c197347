/// Names are the guest's: a few bytes can stand for a text without end, or for a tower of types.
struct DemanglerLimits {
    /// Of a name, mangled or not, in bytes.
    static let longest = 4096
    private static let deepest = 96
    /// Far more than a name of the longest text takes.
    private static let mostSteps = 50_000

    private var depth = 0
    private var steps = 0

    /// To be paired with `leave`.
    mutating func enter() throws(Unreadable) {
        steps += 1
        guard depth < Self.deepest, steps <= Self.mostSteps else { throw Unreadable() }
        depth += 1
    }

    mutating func leave() { depth -= 1 }
}
