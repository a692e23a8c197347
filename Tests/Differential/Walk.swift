import Foundation
import TestSupport

/// A walk on both sides: the program for this machine, and the guest in our runtime.
struct Walk: Sendable {
    let native: String
    let guest: String
    /// The guest is to find its own file.
    var startsItself = false
    let runtime: String
    let seed: UInt64
    let steps: Int
    let timeLimit: Double

    /// Both transcripts of these steps, nil for all.
    func run(_ chosen: Steps? = nil) throws -> Pair {
        Pair(native: try command(native, [], chosen), guest: try command(runtime, [guest], chosen))
    }

    /// One side, in a directory of its own with a FIFO in it, which is all of the file system it has.
    private func command(_ program: String, _ first: [String], _ chosen: Steps?) throws -> Outcome {
        let scratch = try Scratch()
        // Guests cannot make one.
        guard mkfifo(scratch.path + "/walk-fifo", 0o600) == 0 else {
            throw CannotCompare(description: "no FIFO can be made")
        }
        var options = first.isEmpty ? [] : ["run", "--net", "--dir", "."]
        if startsItself, !first.isEmpty {
            let file = URL(fileURLWithPath: guest)
            let folder = file.deletingLastPathComponent().path
            options = ["run", "--dir", ".::/", "--dir", "\(folder)::/guests::ro", "--cwd", "/"]
            options += ["--argv0", "/guests/\(file.lastPathComponent)"]
        }
        let words = options + first + ["\(seed)", "\(steps)"] + (chosen.map { [$0.ranges] } ?? [])
        var command = Command(program, words, timeLimit: timeLimit)
        command.directory = scratch.path
        return try command.run()
    }

    /// How the two sides of one run compare.
    struct Pair: Sendable {
        let native: Outcome
        let guest: Outcome

        var differs: Bool { native.output != guest.output || native.status != guest.status }

        /// The number of the first step that differs, or of the last when only the ends do; nil when the sides agree.
        var difference: Int? {
            guard differs else { return nil }
            let ours = lines(guest)
            let theirs = lines(native)
            let index = zip(ours, theirs).enumerated().first { $1.0 != $1.1 }?.offset ?? min(ours.count, theirs.count)
            let line = index < theirs.count ? theirs[index] : index < ours.count ? ours[index] : ours.last ?? "0"
            return Int(line.prefix { $0.isNumber }) ?? 0
        }

        private func lines(_ outcome: Outcome) -> [Substring] {
            outcome.output.split(separator: "\n", omittingEmptySubsequences: true)
        }

        /// Both transcripts up to the first difference, what is the same once, and of a long one the end.
        var text: String {
            let ours = lines(guest)
            let theirs = lines(native)
            let end = zip(ours, theirs).enumerated().first { $1.0 != $1.1 }?.offset ?? min(ours.count, theirs.count)
            var text = ""
            for index in max(0, end - 40)..<max(ours.count, theirs.count) {
                let left = index < theirs.count ? String(theirs[index]) : "(end)"
                let right = index < ours.count ? String(ours[index]) : "(end)"
                if left == right { text += "  \(left)\n" } else { text += "- \(left)\n+ \(right)\n" }
                if left != right { break }
            }
            if native.status != guest.status {
                text += "- ended with \(ending(native))\n+ ended with \(ending(guest))\n\(guest.errors)"
            }
            return text
        }

        private func ending(_ outcome: Outcome) -> String { outcome.status.map { "\($0)" } ?? "its time limit" }
    }
}
