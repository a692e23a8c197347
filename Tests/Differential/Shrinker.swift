/// Finds few steps that still show a difference: leaves out ever smaller runs of steps for as long as that helps
/// (delta debugging).
struct Shrinker {
    /// The step at which the two sides differ when these are done; nil when they agree.
    let difference: (Steps) throws -> Int?
    /// How many times it may ask.
    var budget = 600

    /// - Returns: the steps that are left, the last of which differs; nil when `steps` make no difference.
    mutating func shrink(_ steps: Steps) throws -> Steps? {
        guard var best = try differing(steps) else { return nil }
        var size = best.numbers.count / 2
        while size > 0 {
            var end = best.numbers.count - 1
            var helped = false
            // From the end backwards: what comes last tends to depend on what comes before. The last one stays.
            while end > 0, budget > 0 {
                let start = max(0, end - size)
                if let smaller = try differing(best.without(start..<end)) {
                    helped = true
                    end = min(start, smaller.numbers.count - 1)
                    best = smaller
                } else {
                    end = start
                }
            }
            if budget <= 0 { break }
            size = helped ? min(size, best.numbers.count / 2) : size / 2
        }
        return best
    }

    /// What is left of `steps` up to the first difference.
    private mutating func differing(_ steps: Steps) throws -> Steps? {
        budget -= 1
        return try difference(steps).map { steps.upTo($0) }
    }
}
