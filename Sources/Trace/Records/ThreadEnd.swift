/// How a guest thread came to its end, as a `.threadExit` record tells it.
public enum ThreadEnd: Sendable, Equatable {
    /// It returned or called thread_exit.
    case left
    /// The process exited with this code.
    case processExited(code: UInt32)
    /// The process was ended by this signal.
    case processKilled(signal: UInt8)
    /// The process was ended by a fault of one of its threads.
    case processTrapped
    /// The process runs another program now (exec).
    case programReplaced

    /// - Parameter state: of the process when the thread ended.
    public init(_ state: GuestState) {
        self =
            switch state {
            case .running: .left
            case .exited(let code): .processExited(code: code)
            case .signalled(let signal): .processKilled(signal: signal)
            case .trapped: .processTrapped
            }
    }

    public init(_ record: TraceRecord) {
        self =
            switch record.words.0 {
            case 1: .processExited(code: record.result)
            case 2: .processKilled(signal: UInt8(truncatingIfNeeded: record.result))
            case 3: .processTrapped
            case 4: .programReplaced
            default: .left
            }
    }

    /// The `.threadExit` record that tells it, without its time.
    public var record: TraceRecord {
        var record = TraceRecord()
        record.kind = RecordKind.threadExit.rawValue
        switch self {
        case .left: break
        case .processExited(let code):
            record.words.0 = 1
            record.result = code
        case .processKilled(let signal):
            record.words.0 = 2
            record.result = UInt32(signal)
        case .processTrapped: record.words.0 = 3
        case .programReplaced: record.words.0 = 4
        }
        return record
    }
}
