import Diagnosis
import Model

/// Where somebody is in a timeline. Instants are CLOCK_MONOTONIC nanoseconds.
struct TimelinePlace: Sendable {
    /// Registrations that are followed: one, or two beside each other.
    var subjects: [ItemRow.ID] = []
    /// Index in `TimelineWindow.scales`.
    private(set) var scale: Int
    /// An instant in the column under the cursor; nil while the newest is shown as it comes.
    private(set) var cursor: UInt64?
    /// An instant in the last column; nil with `cursor`.
    private var last: UInt64?
    /// From where durations are told.
    var mark: UInt64?

    /// Nanoseconds that are seen at first, at least: 200 ms a column at 80 columns.
    private static let atFirst: UInt64 = 12_800_000_000
    /// 50 µs a column: single calls.
    static let fine = scaleIndex(50_000)

    private static func scaleIndex(_ nanoseconds: UInt64) -> Int {
        TimelineWindow.scales.firstIndex { $0 >= nanoseconds } ?? TimelineWindow.scales.count - 1
    }

    /// - Parameter instant: what the cursor is on, in the middle; nil for the newest.
    init(_ subjects: [ItemRow.ID], at instant: UInt64? = nil, columns: Int) {
        self.subjects = subjects
        scale = instant == nil ? Self.scaleIndex(Self.atFirst / UInt64(max(columns, 1))) : Self.fine
        if let instant { center(instant, columns) }
    }

    var nanoseconds: UInt64 { TimelineWindow.scales[scale] }
    var isLive: Bool { cursor == nil }

    func window(_ now: UInt64, columns: Int) -> TimelineWindow {
        TimelineWindow(endingAt: last ?? now, scale: nanoseconds, columns: columns)
    }

    /// The column under the cursor.
    func column(_ window: TimelineWindow) -> Int { cursor.flatMap { window.column($0) } ?? window.columns - 1 }

    mutating func follow() {
        cursor = nil
        last = nil
    }

    /// To an instant; the window moves only as far as it must.
    mutating func move(to instant: UInt64, _ now: UInt64, columns: Int) {
        let window = window(now, columns: columns)
        guard instant < now else { return follow() }
        cursor = instant
        if instant < window.start {
            last = instant &+ window.scale &* UInt64(columns - 1)
        } else if instant >= window.end {
            last = instant
        } else {
            last = window.end - 1
        }
        if last ?? 0 > now { last = now }
    }

    mutating func move(columns step: Int, _ now: UInt64, columns: Int) {
        let window = window(now, columns: columns)
        let middle = window.start &+ UInt64(column(window)) &* window.scale &+ window.scale / 2
        let distance = window.scale &* UInt64(abs(step))
        move(to: step < 0 ? middle - min(distance, middle) : middle &+ distance, now, columns: columns)
    }

    /// Finer (1) or coarser (-1); what is under the cursor stays where it is.
    /// - Returns: false at the end of the scales.
    mutating func zoom(_ step: Int, _ now: UInt64, columns: Int) -> Bool {
        let next = scale - step
        guard TimelineWindow.scales.indices.contains(next) else { return false }
        let column = column(window(now, columns: columns))
        scale = next
        guard let cursor else { return true }
        last = min(cursor &+ nanoseconds &* UInt64(columns - 1 - column), now)
        return true
    }

    mutating func center(_ instant: UInt64, _ columns: Int) {
        cursor = instant
        last = instant &+ nanoseconds &* UInt64(columns / 2)
    }
}
