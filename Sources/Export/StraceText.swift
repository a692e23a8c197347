import Decode
import Glibc
import Model
import Trace
import WasixABI

/// Writes records as lines that a strace user reads at once:
/// `[T1] fd_write(1<tty>, [{"hello\n", 6}]) = 6`.
package struct StraceText {
    package struct Options: Sendable {
        /// Which calls are shown by how they ended.
        package enum Status: Sendable {
            case any
            /// `-z`
            case successful
            /// `-Z`
            case failed
        }

        /// `-t`, `-tt`, `-ttt`, `-r`
        package var timeStyle = TimeStyle.none
        /// `-T`: how long the call took.
        package var durationPrecision: TimePrecision?
        /// `-s`
        package var stringLimit = 64
        /// `-X`
        package var constantStyle = DecodeOptions.ConstantStyle.names
        /// `-e`
        package var calls = CallSet.all
        package var status = Status.any
        /// `-P`
        package var paths = PathSet()
        /// `-q`: no lines about threads; twice: nor about the end.
        package var quietness = 0
        package var isColored = false

        package init() {}
    }

    private let options: Options
    private let objectName: (ObjectID, _ moment: UInt64) -> String?
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

    /// The line of a record, with its end; nil when there is nothing to show of it.
    package mutating func text(
        _ record: TraceRecord, payload: UnsafeRawBufferPointer, thread: ThreadID, time: TraceTime
    ) -> String? {
        guard shows(record, payload, of: thread) else { return nil }
        line.wallStart = time.startWall
        let moment = StraceLine.Moment(effect: time.sinceStart(record.moment), duration: time.duration(of: record))
        return finished(line.line(record, payload: payload, thread: thread, at: moment))
    }

    private func finished(_ tokens: [Token]) -> String {
        (options.isColored ? LineColors.text(tokens) : tokens.text) + "\n"
    }

    private func shows(
        _ record: TraceRecord, _ payload: UnsafeRawBufferPointer, of thread: ThreadID
    ) -> Bool {
        switch RecordKind(rawValue: record.kind) {
        case .call: return shows(record, payload)
        case .gap, nil: return true
        case .threadStart: return options.quietness == 0 && record.result != 0
        // When the main thread ends because its process does, that is the end of the run, which `ending` writes.
        case .threadExit:
            return options.quietness == 0 && (ThreadEnd(record) == .left || thread.rawValue != ThreadID.main.rawValue)
        }
    }

    private func shows(_ record: TraceRecord, _ payload: UnsafeRawBufferPointer) -> Bool {
        guard let call = CallID(rawValue: record.call) else { return true }
        guard options.calls.contains(call) else { return false }
        let isUnfinished = record.flags & TraceRecord.Flags.unfinished != 0
        switch options.status {
        case .any: break
        case .successful: if record.errno != 0 || isUnfinished { return false }
        case .failed: if record.errno == 0 || isUnfinished { return false }
        }
        guard !options.paths.isEmpty else { return true }
        guard let fields = CallFields(record, payload: payload) else { return false }
        return options.paths.concerns(fields) { objectName($0, record.start) }
    }

    /// The last line: how the guest ended.
    package func ending(_ state: GuestState) -> String {
        guard options.quietness < 2 else { return "" }
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
