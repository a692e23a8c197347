import Model
import Trace
import WasixABI

/// What one thread was in, column by column.
package struct ThreadTimeline: Sendable {
    package enum Cell: Sendable, Equatable {
        /// It was not there, or nobody looked.
        case unknown
        /// Records of this thread were lost here.
        case lost
        /// It ran its own code.
        case work
        /// It made such a call, which did not wait for most of the column.
        case call(Lanes.Occupation)
        /// It slept in such a call.
        case wait(Lanes.Occupation)
    }

    package let thread: ThreadID
    package private(set) var cells: [Cell]
    private let window: TimelineWindow

    init(_ thread: ThreadID, _ window: TimelineWindow) {
        self.thread = thread
        self.window = window
        cells = Array(repeating: .unknown, count: window.columns)
    }

    /// It was there from `from` to `to`: what no call says is its own code.
    mutating func exists(_ from: UInt64, _ to: UInt64) {
        guard let columns = window.columns(from, to) else { return }
        for column in columns where cells[column] == .unknown { cells[column] = .work }
    }

    /// Its first and its last instant.
    mutating func begin(_ instant: UInt64) { forget(0, instant) }
    mutating func end(_ instant: UInt64) { forget(instant &+ window.scale, .max) }

    private mutating func forget(_ from: UInt64, _ to: UInt64) {
        guard from <= to, let columns = window.columns(from, to) else { return }
        for column in columns where cells[column] == .work { cells[column] = .unknown }
    }

    mutating func lose(_ from: UInt64, _ to: UInt64) {
        guard let columns = window.columns(from, to) else { return }
        for column in columns { cells[column] = .lost }
    }

    /// A call from `from` to `to`, CLOCK_MONOTONIC nanoseconds.
    mutating func add(_ call: CallID, from: UInt64, to: UInt64, waits: Bool) {
        guard let columns = window.columns(from, to) else { return }
        let occupation = Lanes.Occupation(call)
        for column in columns {
            let left = window.start + UInt64(column) * window.scale
            let share = min(to, left + window.scale) - max(from, left)
            if waits, share * 2 >= window.scale {
                cells[column] = .wait(occupation)
                continue
            }
            switch cells[column] {
            case .wait, .lost: break
            case .unknown, .work, .call: cells[column] = .call(occupation)
            }
        }
    }
}
