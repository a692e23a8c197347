import Decode
import Terminal

/// Instants and durations as text. All in nanoseconds.
enum ClockText {
    /// `00:01:42`
    static func hours(_ time: UInt64) -> String {
        let seconds = time / 1_000_000_000
        return [seconds / 3600, seconds / 60 % 60, seconds % 60].map { NumberText.padded($0, 2) }
            .joined(separator: ":")
    }

    /// `00:01:42.401102`
    static func exact(_ time: UInt64) -> String {
        hours(time) + "." + NumberText.padded(time / 1000 % 1_000_000, 6)
    }

    /// `42.401`: the seconds of the minute, for narrow panes.
    static func narrow(_ time: UInt64) -> String {
        let milliseconds = time / 1_000_000
        return NumberText.padded(milliseconds / 1000 % 60, 2) + "." + NumberText.padded(milliseconds % 1000, 3)
    }

    /// A duration of at most six columns, with the unit's sign the terminal can show.
    static func duration(_ nanoseconds: UInt64, _ glyphs: Glyphs) -> String {
        let text = DurationFormat.short(nanoseconds)
        guard glyphs.isUTF8, text.hasSuffix("us") else { return text }
        return text.dropLast(2) + glyphs.micro + "s"
    }

    /// Nanoseconds from `start` to `end`; 0 when `end` is not after `start`.
    static func between(_ start: UInt64, _ end: UInt64) -> UInt64 { end > start ? end - start : 0 }
}
