import Trace
import WasixABI

/// One kept record with the thread it is about and its place in the whole trace. Decode it when it is drawn.
package struct TraceEntry: Sendable {
    /// Counted from 0 over the whole run; an entry keeps its number while it is kept.
    package let sequence: UInt64
    package let process: ProcessID
    package let thread: ThreadID
    package let record: TraceRecord
    private let payloadOwner: TraceBlock?

    /// An entry of a block.
    init(sequence: UInt64, process: ProcessID, thread: ThreadID, record: TraceRecord, payloadOwner: TraceBlock?) {
        self.sequence = sequence
        self.process = process
        self.thread = thread
        self.record = record
        self.payloadOwner = payloadOwner
    }

    package var kind: RecordKind { RecordKind(rawValue: record.kind) ?? .call }

    /// The call of a `.call` record.
    package var call: CallID? { kind == .call ? CallID(rawValue: record.call) : nil }

    /// When the call took effect, in ticks; entries are ordered by it.
    package var moment: UInt64 { record.moment }

    /// Hands the captured guest memory (`PayloadChunk`s) to `body`; empty when nothing was captured.
    package func withPayload<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        guard let payloadOwner, record.payloadLength > 0 else {
            return try body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        return try payloadOwner.withPayload(of: record, body)
    }
}
