import Trace
import WasixABI

extension ThreadSnapshot {
    /// The call the thread waits in, as an entry that decodes like any other; nil while it does not wait. It has no
    /// results yet and no captured memory.
    package var pendingEntry: TraceEntry? {
        guard state == .blocked, let call else { return nil }
        var record = TraceRecord()
        record.call = call.rawValue
        record.objects = (objects.0.rawValue, objects.1.rawValue)
        withUnsafeMutableBytes(of: &record.words) { bytes in
            words.prefix(TraceRecord.inlineWords).withUnsafeBytes { bytes.copyMemory(from: $0) }
        }
        return TraceEntry(sequence: .max, process: process, thread: thread, record: record, payloadOwner: nil)
    }
}
