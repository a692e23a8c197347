import Decode
import Glibc
import Model
import Trace
import WasixABI

/// Writes records as lines that a strace user reads at once:
/// `[T1] fd_write(1<tty>, [{"hello\n", 6}]) = 6`.
package struct StraceText: TraceFormat {
    package struct Options: Sendable {
        /// `-t`, `-tt`, `-ttt`, `-r`
        package var timeStyle = TimeStyle.none
        /// `-T`: how long the call took.
        package var durationPrecision: TimePrecision?
        /// `-s`
        package var stringLimit = 64
        /// `-X`
        package var constantStyle = DecodeOptions.ConstantStyle.names
        package var filter = TraceFilter()
        /// Off with `-qq`.
        package var showsEnd = true
        package var isColored = false
        /// Below each call the stack that was kept with it.
        package var showsStacks = false

        package init() {}
    }

    private let options: Options
    private let objectName: (ObjectID, _ moment: UInt64) -> String?
    private let stacks = StackText()
    private var line: StraceLine

    /// - Parameter objectName: a short name of an open file description, as it was at a moment in ticks.
    package init(options: Options, objectName: @escaping (ObjectID, _ moment: UInt64) -> String?) {
        self.options = options
        self.objectName = objectName
        var decoding = DecodeOptions()
        decoding.stringLimit = options.stringLimit
        decoding.constantStyle = options.constantStyle
        decoding.explainsErrors = true
        line = StraceLine(formatter: CallFormatter(options: decoding, nameAtMoment: objectName))
        line.timeStyle = options.timeStyle
        line.durationPrecision = options.durationPrecision
        line.showsThread = true
        line.zoneOffset = Self.zoneOffset()
    }

    package func opening(_ time: TraceTime) -> String { "" }

    package mutating func line(
        _ record: TraceRecord, payload: UnsafeRawBufferPointer, from origin: RecordOrigin, time: TraceTime
    ) -> String? {
        guard options.filter.shows(record, payload, of: origin.thread, objectName: objectName) else { return nil }
        line.wallStart = time.startWall
        line.process = origin.process
        let moment = StraceLine.Moment(effect: time.sinceStart(record.moment), duration: time.duration(of: record))
        let text = finished(line.line(record, payload: payload, thread: origin.thread, at: moment))
        let stack = options.showsStacks ? CallFields(record, payload: payload)?.stack ?? [] : []
        return stack.reduce(text) { $0 + finished([Token(.note, stacks.below($1))]) }
    }

    private func finished(_ tokens: [Token]) -> String {
        (options.isColored ? LineColors.text(tokens) : tokens.text) + "\n"
    }

    package func ending(_ state: GuestState, isFull: Bool) -> String {
        guard options.showsEnd, !isFull else { return "" }
        let text =
            switch state {
            case .running: "+++ still running +++"
            case .trapped(let message, _):
                "+++ trapped: " + (message.split(whereSeparator: \.isNewline).first.map(String.init) ?? "?") + " +++"
            case .exited, .signalled: StraceLine.end(ThreadEnd(state))
            }
        return finished([Token(.note, text)])
    }

    /// Seconds that local time is ahead of UTC now.
    private static func zoneOffset() -> Int {
        var now = Glibc.time(nil)
        var parts = tm()
        return localtime_r(&now, &parts) == nil ? 0 : parts.tm_gmtoff
    }
}
