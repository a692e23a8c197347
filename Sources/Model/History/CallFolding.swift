import Trace
import WasixABI

/// Folds calls that say little and come in crowds into one line: a program that asks for the time before and after each
/// step fills half of a trace with it. Pure functions of a history; nothing is taken away from it.
package struct CallFolding: Sendable {
    /// How many entries forward a run is counted, and how many back the thread's previous entry is looked for: entries
    /// of other threads may stand between.
    private static let reach: UInt64 = 1000
    private static let reachBack: UInt64 = 64

    private let history: TraceHistory

    package init(_ history: TraceHistory) { self.history = history }

    /// The calls that are folded: they change nothing, wait for nothing and answer with what is known anyhow.
    package static func folds(_ call: CallID) -> Bool {
        switch call {
        case .clockTimeGet, .clockResGet, .schedYield, .threadId, .procId, .procParent, .threadParallelism: true
        default: false
        }
    }

    /// Whether the entry with this number has a line of its own: all but the second and later ones of a run.
    package func isShown(_ number: UInt64) -> Bool {
        guard let entry = history[number], isFoldable(entry), let before = predecessor(of: entry) else { return true }
        return !(isFoldable(before) && before.call == entry.call)
    }

    /// How many calls the line of this entry stands for: more than 1 where it is the first of a run.
    package func count(_ number: UInt64) -> Int {
        guard let first = history[number], isFoldable(first) else { return 1 }
        var count = 1
        for next in history.numbers(from: number + 1, reach: Self.reach) {
            guard let entry = history[next], entry.thread == first.thread else { continue }
            guard isFoldable(entry), entry.call == first.call else { break }
            count += 1
        }
        return count
    }

    /// The same thread's entry before `entry`.
    private func predecessor(of entry: TraceEntry) -> TraceEntry? {
        for number in history.numbers(before: entry.sequence, reach: Self.reachBack).reversed() {
            if let other = history[number], other.thread == entry.thread { return other }
        }
        return nil
    }

    /// Calls that failed are not folded: their errors are to be seen.
    private func isFoldable(_ entry: TraceEntry) -> Bool {
        entry.record.errno == 0 && entry.call.map(Self.folds) ?? false
    }
}
