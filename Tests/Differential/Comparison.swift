import Foundation
import TestSupport

/// Walks of one kind, and what is to be said where the two sides differ.
package struct Comparison: Sendable {
    let walk: String
    let steps: Int
    let guests: String
    let runtime: String
    let timeLimit: Double

    /// - Parameters:
    ///   - walk: the name of a test guest that takes SEED STEPS [FROM-TO,...]. One that starts itself as another program
    ///     lies in `processes`, and its name begins so.
    ///   - guests: where the test guests were built.
    ///   - runtime: the program whose `run` is compared.
    ///   - timeLimit: seconds that one side of a walk may take.
    package init(walk: String, steps: Int, guests: String, runtime: String, timeLimit: Double) {
        self.walk = walk
        self.steps = steps
        self.guests = guests
        self.runtime = runtime
        self.timeLimit = timeLimit
    }

    private var startsItself: Bool { walk.hasPrefix("processes/") }

    private func one(_ seed: UInt64, timeLimit: Double) throws -> Walk {
        try Walk(
            native: absolute("\(guests)/native/\(walk)"),
            guest: absolute(startsItself ? "\(guests)/\(walk).wasm" : "\(guests)/wasm/\(walk).wasm"),
            startsItself: startsItself, runtime: absolute(runtime), seed: seed, steps: steps, timeLimit: timeLimit)
    }

    /// What is to be said of one seed; nil when the sides agree.
    /// - Parameters:
    ///   - chosen: do only these steps.
    ///   - shrinks: look for the shortest sequence that shows the difference.
    package func report(_ seed: UInt64, only ranges: String? = nil, shrinks: Bool = true) throws -> String? {
        let chosen = try ranges.map { text in
            guard let steps = Steps(ranges: text) else {
                throw CannotCompare(description: "no ranges of steps: \(text)")
            }
            return steps
        }
        var pair = try one(seed, timeLimit: timeLimit).run(chosen)
        guard let step = pair.difference else { return nil }
        var rest = (chosen ?? Steps(numbers: Array(1...max(1, steps)))).upTo(step)
        if shrinks {
            // A side that hangs is not waited for that long again and again.
            let hangs = pair.native.status == nil || pair.guest.status == nil
            let walk = try one(seed, timeLimit: hangs ? min(timeLimit, 5) : timeLimit)
            var shrinker = Shrinker(difference: { try walk.run($0).difference })
            guard let shortest = try shrinker.shrink(rest) else {
                return "seed \(seed): step \(step) differed once, and not again\n\(pair.text)"
            }
            rest = shortest
            let again = try walk.run(rest)
            if again.differs { pair = again }
        }
        return "seed \(seed): step \(pair.difference ?? step) differs\n\(pair.text)repeat: \(command(seed, rest))\n"
    }

    private func command(_ seed: UInt64, _ only: Steps) -> String {
        "swift run Differential \(walk) --seeds \(seed) --steps \(steps) --only \(only.ranges)"
            + " --guests \(guests) --runtime \(runtime)"
    }

    private func absolute(_ path: String) throws -> String {
        guard FileManager.default.fileExists(atPath: path) else {
            throw CannotCompare(description: "\(path) is missing")
        }
        return URL(fileURLWithPath: path).path
    }
}

/// The command line asks for what cannot be.
struct CannotCompare: Error, CustomStringConvertible {
    let description: String
}
