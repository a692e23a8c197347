import Trace
import WasixABI

/// Lines of a trace: thread, time, call, result, duration, in strace's order and with strace's switches.
package struct StraceLine {
    /// When a line was, in nanoseconds since the guest started, and how long its call took.
    package struct Moment: Sendable {
        /// When the call took effect (`TraceRecord.moment`).
        package var effect: UInt64
        package var duration: UInt64

        package init(effect: UInt64, duration: UInt64 = 0) {
            self.effect = effect
            self.duration = duration
        }
    }

    package var timeStyle = TimeStyle.none
    /// `-T`: `<0.000012345>` after the result; nil for none.
    package var durationPrecision: TimePrecision?
    /// `[T3]` in front of the call, for guests with several threads.
    package var showsThread = false
    /// Whose lines follow: other processes than the initial one are named in front of their threads.
    package var process = ProcessID.initial
    /// The column the result starts in, where the call is shorter.
    package var resultColumn = 40
    /// Nanoseconds since the epoch when the guest started.
    package var wallStart: UInt64 = 0
    /// Seconds east of UTC, for the clock styles.
    package var zoneOffset = 0

    package let formatter: CallFormatter
    /// The moment of the line before. Lines come in the order of their moments; a line that comes late shows the moment
    /// of the line before it, so that times never run backwards.
    private var previous: UInt64?

    package init(formatter: CallFormatter) {
        self.formatter = formatter
    }

    /// One line without its end, whatever kind of record it is. Mutating because `-r` refers to the line before.
    package mutating func line(
        _ record: TraceRecord, payload: UnsafeRawBufferPointer, thread: ThreadID, at moment: Moment
    ) -> [Token] {
        guard let kind = RecordKind(rawValue: record.kind) else {
            return note("??? record of unknown kind \(record.kind)", thread: thread, at: moment.effect)
        }
        guard kind == .call else { return note(Self.note(kind, record), thread: thread, at: moment.effect) }
        let isUnfinished = record.flags & TraceRecord.Flags.unfinished != 0
        return line(formatter.text(record, payload: payload), isUnfinished: isUnfinished, thread: thread, at: moment)
    }

    /// The line of a call.
    /// - Parameter isUnfinished: it has not returned: `fd_read(3, [1 B] <unfinished ...>) = ?`.
    package mutating func line(
        _ text: CallText, isUnfinished: Bool, thread: ThreadID, at moment: Moment
    ) -> [Token] {
        var tokens = prefix(thread, moment.effect)
        var call = text.call
        if isUnfinished, let bracket = call.popLast() { call += [Token(.note, " <unfinished ...>"), bracket] }
        let width = call.reduce(0) { $0 + $1.text.utf8.count }
        tokens += call
        tokens.append(Token(.punctuation, String(repeating: " ", count: max(1, resultColumn - width))))
        tokens += text.result
        if !text.note.isEmpty { tokens += [Token(.punctuation, " ")] + text.note }
        if let durationPrecision {
            tokens.append(Token(.duration, " <\(DurationFormat.seconds(moment.duration, durationPrecision))>"))
        }
        return tokens
    }

    /// A line that is no call.
    package mutating func note(_ text: String, thread: ThreadID, at effect: UInt64) -> [Token] {
        prefix(thread, effect) + [Token(.note, text)]
    }

    private mutating func prefix(_ thread: ThreadID, _ effect: UInt64) -> [Token] {
        var tokens: [Token] = []
        let shown = max(effect, previous ?? 0)
        if showsThread {
            let owner = process == .initial ? "" : "P\(process.rawValue) "
            tokens.append(Token(.note, "[\(owner)T\(thread.rawValue)] "))
        }
        if timeStyle != .none { tokens.append(Token(.note, time(shown) + " ")) }
        previous = shown
        return tokens
    }

    private func time(_ moment: UInt64) -> String {
        let wall = wallStart &+ moment
        switch timeStyle {
        case .none: return ""
        case .clock(let precision): return clock(wall) + DurationFormat.fraction(wall, precision)
        case .epoch(let precision): return DurationFormat.seconds(wall, precision)
        case .relative(let precision): return DurationFormat.seconds(moment &- (previous ?? moment), precision)
        case .sinceStart(let precision): return DurationFormat.seconds(moment, precision)
        }
    }

    private func clock(_ wall: UInt64) -> String {
        let day = 86_400
        let local = Int(wall / 1_000_000_000 % UInt64(day)) + zoneOffset % day
        let seconds = UInt64((local % day + day) % day)
        let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60]
        return parts.map { DurationFormat.padded($0, 2) }.joined(separator: ":")
    }

    private static func note(_ kind: RecordKind, _ record: TraceRecord) -> String {
        switch kind {
        case .call: ""
        case .gap: "~~~ \(record.result) \(record.result == 1 ? "call" : "calls") lost here ~~~"
        case .threadStart: record.result == 0 ? "+++ started +++" : "+++ started by T\(record.result) +++"
        case .threadExit: end(ThreadEnd(record))
        case .signal: signal(record)
        case .whatIf: "+++ by you: \(WhatIfText.brief(record)) +++"
        }
    }

    /// As strace tells of a signal that a handler is run for: `--- SIGUSR1 ---`.
    package static func signal(_ record: TraceRecord) -> String {
        "--- \(Signal(rawValue: UInt8(truncatingIfNeeded: record.result)).name) ---"
    }

    /// As strace tells how a thread or a process ended.
    package static func end(_ end: ThreadEnd) -> String {
        switch end {
        case .left: "+++ exited with 0 +++"
        case .processExited(let code): "+++ exited with \(code) +++"
        case .processKilled(let signal): "+++ killed by \(Signal(rawValue: signal).name) +++"
        case .processTrapped: "+++ trapped +++"
        case .programReplaced: "+++ superseded by exec +++"
        }
    }
}
