import Decode
import Trace
import WasixABI

/// Which records a trace shows, by strace's options.
package struct TraceFilter: Sendable {
    /// Which calls are shown by how they ended.
    package enum Status: Sendable {
        case any
        /// `-z`
        case successful
        /// `-Z`
        case failed
    }

    /// `-e`
    package var expression = Filter.all
    package var status = Status.any
    /// `-P`
    package var paths = PathSet()
    /// Off with `-q`.
    package var showsThreads = true

    package init() {}

    /// - Parameters:
    ///   - subject: the record and where it comes from.
    ///   - text: the line as it is shown; called only when it is needed, and then once.
    func shows(_ subject: FilterSubject, text: () -> String) -> Bool {
        let record = subject.record
        switch RecordKind(rawValue: record.kind) {
        case .call: guard showsCall(subject) else { return false }
        // Whoever looks for something must know that it may have been here.
        case .gap, nil: return true
        case .signal, .whatIf: break
        case .threadStart: guard showsThreads && record.result != 0 else { return false }
        // When the main thread ends because its process does, that is the end of the run, which has a line of its own.
        case .threadExit:
            guard showsThreads && (ThreadEnd(record) == .left || subject.thread != .main) else { return false }
        }
        // A line that the filter is not about stays, as strace's signals do.
        return expression.verdict(subject, text: text) ?? true
    }

    private func showsCall(_ subject: FilterSubject) -> Bool {
        let record = subject.record
        guard CallID(rawValue: record.call) != nil else { return true }
        let isUnfinished = record.flags & TraceRecord.Flags.unfinished != 0
        switch status {
        case .any: break
        case .successful: if record.errno != 0 || isUnfinished { return false }
        case .failed: if record.errno == 0 || isUnfinished { return false }
        }
        guard !paths.isEmpty else { return true }
        guard let fields = CallFields(record, payload: subject.payload) else { return false }
        return paths.concerns(fields) { subject.objectName($0, record.start) }
    }
}
