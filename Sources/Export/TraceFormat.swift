import Trace

/// How a trace is written. Each text is a whole line with its end, or empty for none. Belongs to one thread.
package protocol TraceFormat {
    /// What stands before the first line of a record.
    func opening(_ time: TraceTime) -> String
    /// The line of a record; nil when there is nothing to show of it. Records come in the order of their moments.
    mutating func line(
        _ record: TraceRecord, payload: UnsafeRawBufferPointer, from origin: RecordOrigin, time: TraceTime
    ) -> String?
    /// How the guest ended.
    /// - Parameter isFull: as many lines were written as were asked for.
    func ending(_ state: GuestState, isFull: Bool) -> String
}
