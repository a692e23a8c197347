import Decode
import Glibc
import Model
import Trace
import WasixABI

/// Writes records as lines that a strace user reads at once:
/// `[T1] fd_write(1<tty>, [{"hello\n", 6}], nwritten=6) = OK`.
package struct StraceText {
    package struct Options: Sendable {
        /// `-t`, `-tt`, `-ttt`, `-r`
        package var timeStyle = StraceLine.TimeStyle.none
        /// `-T`: how long the call took.
        package var showsDuration = false
        /// `-s`
        package var stringLimit = 64
        /// `-e`
        package var calls = CallSet.all

        package init() {}
    }

    private let calls: CallSet
    private var line: StraceLine

    /// - Parameter objectName: a short name of an open file description.
    package init(options: Options, objectName: @escaping (ObjectID) -> String?) {
        calls = options.calls
        var decoding = DecodeOptions()
        decoding.stringLimit = options.stringLimit
        decoding.explainsErrors = true
        line = StraceLine(formatter: CallFormatter(options: decoding, objectName: objectName))
        line.timeStyle = options.timeStyle
        line.showsDuration = options.showsDuration
        line.showsThread = true
        line.zoneOffset = Self.zoneOffset()
    }

    /// The line of a record, with its end; nil when there is nothing to show of it.
    package mutating func text(
        _ record: TraceRecord, payload: UnsafeRawBufferPointer, process: ProcessID, thread: ThreadID, time: TraceTime
    ) -> String? {
        guard shows(record, of: process) else { return nil }
        line.wallStart = time.startWall
        let moment = StraceLine.Moment(
            start: time.sinceStart(record.start), duration: time.nanoseconds(record.duration))
        return line.line(record, payload: payload, thread: thread, at: moment).text + "\n"
    }

    private func shows(_ record: TraceRecord, of process: ProcessID) -> Bool {
        switch RecordKind(rawValue: record.kind) {
        case .call: CallID(rawValue: record.call).map(calls.contains) ?? true
        case .gap, .threadStart, .threadExit: true
        // The end of the first process ends the run: `ending` has the last word.
        case .processExit: process != .initial
        case nil: true
        }
    }

    /// The last line: how the guest ended.
    package static func ending(_ state: GuestState) -> String {
        switch state {
        case .running: "+++ still running +++\n"
        case .exited(let code): "+++ exited with \(code) +++\n"
        case .trapped(let message, _):
            "+++ trapped: " + (message.split(whereSeparator: \.isNewline).first.map(String.init) ?? "?") + " +++\n"
        case .signalled(let number): "+++ killed by \(Signal(rawValue: number).name) +++\n"
        }
    }

    /// Seconds that local time is ahead of UTC now.
    private static func zoneOffset() -> Int {
        var now = Glibc.time(nil)
        var parts = tm()
        return localtime_r(&now, &parts) == nil ? 0 : parts.tm_gmtoff
    }
}
