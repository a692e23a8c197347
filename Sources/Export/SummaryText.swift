import Decode
import Model
import Trace
import WasixABI

/// The table of `strace -c`, from exact counters: calls with the time they took, most expensive first.
package struct SummaryText {
    package struct Row {
        package var name: String
        package var calls: UInt64
        package var errors: UInt64
        package var nanoseconds: UInt64

        package init(name: String, calls: UInt64, errors: UInt64, nanoseconds: UInt64) {
            self.name = name
            self.calls = calls
            self.errors = errors
            self.nanoseconds = nanoseconds
        }
    }

    /// What the time of a call is.
    package enum Clock: Sendable {
        /// What it kept a processor busy with: waits are left out.
        case busy
        /// `-w`: from entry to return.
        case wall
    }

    private static let titles = ["% time", "seconds", "usecs/call", "calls", "errors"]
    private static let widths = [6, 13, 13, 9, 9]
    private let rows: [Row]

    package init(rows: [Row]) {
        self.rows = rows.sorted { ($1.nanoseconds, $0.name) < ($0.nanoseconds, $1.name) }
    }

    /// What all threads of a run have counted so far of the calls in `set`; forms of a call with one name count as one.
    package init(tracer: Tracer, calls set: CallSet, clock: Clock = .wall, time: TraceTime) {
        let totals = tracer.totals
        var byName: [String: Row] = [:]
        for call in CallID.allCases where set.contains(call) {
            let total = totals[Int(call.rawValue)]
            guard total.calls > 0 else { continue }
            let name = call.spec.name
            var row = byName[name] ?? Row(name: name, calls: 0, errors: 0, nanoseconds: 0)
            row.calls += total.calls
            row.errors += total.errors
            let ticks = clock == .wall ? total.ticks : total.ticks - min(total.waitTicks, total.ticks)
            row.nanoseconds += time.nanoseconds(ticks)
            byName[name] = row
        }
        self.init(rows: Array(byName.values))
    }

    package var text: String {
        var total = Row(name: "total", calls: 0, errors: 0, nanoseconds: 0)
        for row in rows {
            total.calls += row.calls
            total.errors += row.errors
            total.nanoseconds += row.nanoseconds
        }
        let rule = Self.widths.map { String(repeating: "-", count: $0) }.joined(separator: " ") + " ----------------\n"
        return Self.aligned(Self.titles) + " syscall\n" + rule
            + rows.map { line($0, of: total.nanoseconds) }.joined() + rule + line(total, of: total.nanoseconds)
    }

    private func line(_ row: Row, of all: UInt64) -> String {
        let share = all == 0 ? 10_000 : UInt64(Double(row.nanoseconds) / Double(all) * 10_000)
        let columns = [
            Self.decimal(share, digits: 2), DurationFormat.seconds(row.nanoseconds, .nanoseconds),
            Self.decimal(row.calls == 0 ? 0 : row.nanoseconds / row.calls, digits: 3), String(row.calls),
            row.errors == 0 ? "" : String(row.errors),
        ]
        return Self.aligned(columns) + " \(row.name)\n"
    }

    private static func aligned(_ columns: [String]) -> String {
        zip(columns, widths).map { String(repeating: " ", count: max($1 - $0.utf8.count, 0)) + $0 }
            .joined(separator: " ")
    }

    /// A whole number of the smallest unit as a decimal fraction.
    private static func decimal(_ value: UInt64, digits: Int) -> String {
        let text = String(value)
        let padded = String(repeating: "0", count: max(digits + 1 - text.count, 0)) + text
        return padded.dropLast(digits) + "." + padded.suffix(digits)
    }
}
