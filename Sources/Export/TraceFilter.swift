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
    package var calls = CallSet.all
    package var status = Status.any
    /// `-P`
    package var paths = PathSet()
    /// Off with `-q`.
    package var showsThreads = true

    package init() {}

    /// - Parameter objectName: a short name of an open file description, as it was at a moment in ticks.
    func shows(
        _ record: TraceRecord, _ payload: UnsafeRawBufferPointer, of thread: ThreadID,
        objectName: (ObjectID, _ moment: UInt64) -> String?
    ) -> Bool {
        switch RecordKind(rawValue: record.kind) {
        case .call: return showsCall(record, payload, objectName)
        case .gap, .signal, nil: return true
        case .threadStart: return showsThreads && record.result != 0
        // When the main thread ends because its process does, that is the end of the run, which has a line of its own.
        case .threadExit: return showsThreads && (ThreadEnd(record) == .left || thread != .main)
        }
    }

    private func showsCall(
        _ record: TraceRecord, _ payload: UnsafeRawBufferPointer, _ objectName: (ObjectID, UInt64) -> String?
    ) -> Bool {
        guard let call = CallID(rawValue: record.call) else { return true }
        guard calls.contains(call) else { return false }
        let isUnfinished = record.flags & TraceRecord.Flags.unfinished != 0
        switch status {
        case .any: break
        case .successful: if record.errno != 0 || isUnfinished { return false }
        case .failed: if record.errno == 0 || isUnfinished { return false }
        }
        guard !paths.isEmpty else { return true }
        guard let fields = CallFields(record, payload: payload) else { return false }
        return paths.concerns(fields) { objectName($0, record.start) }
    }
}
