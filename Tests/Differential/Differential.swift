import ArgumentParser
import Foundation
import Synchronization

/// Runs a seeded walk as a program of this machine and as a guest, and compares what they print. Where they differ it
/// looks for the shortest sequence of steps that shows it.
@main
struct Differential: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare a random walk on this machine with the same walk as a guest.")

    @Argument(help: "The walk: the name of a test guest that takes SEED STEPS [FROM-TO,...].")
    var walk: String

    @Option(help: "The first seed, or FIRST-LAST.") var seeds = "1-10"
    @Option(help: "Steps of each walk.") var steps = 2000
    @Option(help: "Do only these steps, FROM-TO,FROM-TO...") var only: String?
    @Option(help: "Walks at a time.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Where the test guests were built.") var guests = ".build/test-guests"
    @Option(help: "The runtime to compare.") var runtime = ".build/release/wasix-top"
    @Option(help: "Seconds that one side of a walk may take.") var limit = 60.0
    @Flag(help: "Report differences as they are found, without looking for the shortest.") var quick = false

    func run() throws {
        guard let range = Self.range(seeds) else { throw ValidationError("--seeds: \(seeds)") }
        let comparison = Comparison(walk: walk, steps: steps, guests: guests, runtime: runtime, timeLimit: limit)
        let only = only
        let shrinks = !quick
        let found = Mutex(0)
        let start = ContinuousClock.now
        SeedQueue(range).forEach(workers: max(1, jobs)) { seed in
            do {
                guard let report = try comparison.report(seed, only: only, shrinks: shrinks) else { return }
                Self.say(report)
            } catch {
                Self.say("seed \(seed): \(error)\n")
            }
            found.withLock { $0 += 1 }
        }
        let seconds = String(format: "%.0f s", (ContinuousClock.now - start) / .seconds(1))
        let differing = found.withLock { $0 }
        print("\(walk): seeds \(seeds), \(steps) steps each, \(differing) differ, \(seconds)")
        if differing > 0 { throw ExitCode.failure }
    }

    private static func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

    private static func range(_ text: String) -> ClosedRange<UInt64>? {
        let ends = text.split(separator: "-").map { UInt64($0) }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last
        else { return nil }
        return first...last
    }
}
