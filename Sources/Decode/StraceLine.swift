import Trace
import WasixABI

/// Lines of a trace: time, thread, call, result, duration, in strace's order and with strace's switches.
package struct StraceLine {
    package enum TimeStyle: Sendable {
        case none
        /// `-t`: 14:03:07
        case clock
        /// `-tt`: 14:03:07.042401
        case clockMicroseconds
        /// `-ttt`: 1790000000.042401
        case epoch
        /// `-r`: seconds since the line before
        case relative
        /// Seconds since the guest started.
        case sinceStart
    }

    /// When, in nanoseconds since the guest started.
    package struct Moment: Sendable {
        package var start: UInt64
        package var duration: UInt64

        package init(start: UInt64, duration: UInt64) {
            self.start = start
            self.duration = duration
        }
    }

    package var timeStyle = TimeStyle.none
    /// `-T`: `<0.000012>` after the result.
    package var showsDuration = false
    /// `[T3]` in front of the call, for guests with several threads.
    package var showsThread = false
    /// The column the result starts in, where the call is shorter.
    package var resultColumn = 40
    /// Nanoseconds since the epoch when the guest started.
    package var wallStart: UInt64 = 0
    /// Seconds east of UTC, for the clock styles.
    package var zoneOffset = 0

    package let formatter: CallFormatter
    private var previousStart: UInt64?

    package init(formatter: CallFormatter) {
        self.formatter = formatter
    }

    /// One line without its end, whatever kind of record it is. Mutating because `-r` refers to the line before.
    package mutating func line(
        _ record: TraceRecord, payload: UnsafeRawBufferPointer, thread: ThreadID, at moment: Moment
    ) -> [Token] {
        var tokens = prefix(thread, moment)
        guard let kind = RecordKind(rawValue: record.kind) else {
            tokens.append(Token(.note, "??? record of unknown kind \(record.kind)"))
            return tokens
        }
        guard kind == .call else {
            tokens.append(Token(.note, note(kind, record)))
            return tokens
        }
        let call = formatter.call(record, payload: payload)
        let width = call.reduce(0) { $0 + $1.text.utf8.count }
        tokens += call
        tokens.append(Token(.punctuation, String(repeating: " ", count: max(1, resultColumn - width))))
        tokens += formatter.result(record)
        let refusal = formatter.note(payload)
        if !refusal.isEmpty { tokens += [Token(.punctuation, " ")] + refusal }
        if showsDuration {
            tokens.append(Token(.duration, " <\(DurationFormat.microseconds(moment.duration))>"))
        }
        return tokens
    }

    private mutating func prefix(_ thread: ThreadID, _ moment: Moment) -> [Token] {
        var tokens: [Token] = []
        if showsThread { tokens.append(Token(.note, "[T\(thread.rawValue)] ")) }
        if timeStyle != .none { tokens.append(Token(.note, time(moment.start) + " ")) }
        previousStart = moment.start
        return tokens
    }

    private func time(_ start: UInt64) -> String {
        let wall = wallStart &+ start
        switch timeStyle {
        case .none: return ""
        case .clock: return clock(wall)
        case .clockMicroseconds: return clock(wall) + "." + DurationFormat.padded(wall / 1_000 % 1_000_000, 6)
        case .epoch: return DurationFormat.microseconds(wall)
        case .relative:
            // Threads are drained one after the other, so a line may be older than the one before it.
            let previous = previousStart ?? start
            return DurationFormat.microseconds(start > previous ? start - previous : 0)
        case .sinceStart: return DurationFormat.microseconds(start)
        }
    }

    private func clock(_ wall: UInt64) -> String {
        let day = 86_400
        let local = Int(wall / 1_000_000_000 % UInt64(day)) + zoneOffset % day
        let seconds = UInt64((local % day + day) % day)
        let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60]
        return parts.map { DurationFormat.padded($0, 2) }.joined(separator: ":")
    }

    private func note(_ kind: RecordKind, _ record: TraceRecord) -> String {
        switch kind {
        case .call: ""
        case .gap: "~~~ \(record.result) calls lost here ~~~"
        case .threadStart: "+++ started by T\(record.result) +++"
        case .threadExit: "+++ thread exited +++"
        case .processExit: "+++ exited with \(record.result) +++"
        }
    }
}
