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
        line = Self.lines(
            stringLimit: options.stringLimit, constantStyle: options.constantStyle, objectName: objectName)
        line.timeStyle = options.timeStyle
        line.durationPrecision = options.durationPrecision
        line.zoneOffset = Self.zoneOffset()
    }

    /// Makes lines without times.
    static func lines(
        stringLimit: Int, constantStyle: DecodeOptions.ConstantStyle = .names,
        objectName: @escaping (ObjectID, _ moment: UInt64) -> String?
    ) -> StraceLine {
        var decoding = DecodeOptions()
        decoding.stringLimit = stringLimit
        decoding.constantStyle = constantStyle
        decoding.explainsErrors = true
        var line = StraceLine(formatter: CallFormatter(options: decoding, nameAtMoment: objectName))
        line.showsThread = true
        return line
    }

    package func opening(_ time: TraceTime) -> String { "" }

    package mutating func line(
        _ record: TraceRecord, payload: UnsafeRawBufferPointer, from origin: RecordOrigin, time: TraceTime
    ) -> String? {
        let subject = FilterSubject(
            record, payload: payload, process: origin.process, thread: origin.thread, time: time, objectName: objectName
        )
        // A line that is not shown is not the one before the next.
        var next = line
        var tokens: [Token]?
        guard options.filter.shows(subject, text: { next.written(subject, into: &tokens).text }) else { return nil }
        let text = finished(next.written(subject, into: &tokens))
        line = next
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

extension StraceLine {
    /// The line of a record, written once.
    fileprivate mutating func written(_ subject: FilterSubject, into tokens: inout [Token]?) -> [Token] {
        if let tokens { return tokens }
        wallStart = subject.time.startWall
        let made = line(of: subject)
        tokens = made
        return made
    }

    /// The line of a record.
    mutating func line(of subject: FilterSubject) -> [Token] {
        process = subject.process
        let effect = subject.time.sinceStart(subject.record.moment)
        let moment = Moment(effect: effect, duration: subject.time.duration(of: subject.record))
        return line(subject.record, payload: subject.payload, thread: subject.thread, at: moment)
    }
}
