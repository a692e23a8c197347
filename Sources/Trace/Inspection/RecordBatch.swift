/// The thread a record is about.
public struct RecordOrigin: Sendable, Equatable {
    public let process: ProcessID
    public let thread: ThreadID
    /// A small number that no other thread has at the same time, for tables by thread.
    public let slot: Int

    public init(process: ProcessID, thread: ThreadID, slot: Int) {
        self.process = process
        self.thread = thread
        self.slot = slot
    }
}

/// Takes records in order.
public protocol RecordSink {
    mutating func take(_ record: TraceRecord, payload: UnsafeRawBufferPointer, from origin: RecordOrigin)
}

/// Records of all threads in one order, with their payloads: a value of its own, nothing in it leads to a ring.
public struct RecordBatch: RecordSink, Sendable {
    private var records: [TraceRecord] = []
    private var origins: [RecordOrigin] = []
    private var payload: [UInt8] = []

    public init() {}

    public var count: Int { records.count }
    public var isEmpty: Bool { records.isEmpty }

    @inlinable @inline(__always)
    public mutating func take(_ record: TraceRecord, payload: UnsafeRawBufferPointer, from origin: RecordOrigin) {
        append(record, payload, origin)
    }

    @usableFromInline
    mutating func append(_ record: TraceRecord, _ bytes: UnsafeRawBufferPointer, _ origin: RecordOrigin) {
        records.append(record)
        origins.append(origin)
        let last = records.count - 1
        records[last].payloadPosition = UInt32(truncatingIfNeeded: payload.count)
        records[last].payloadLength = bytes.count
        payload.append(contentsOf: bytes)
    }

    public mutating func removeAll() {
        records.removeAll(keepingCapacity: true)
        origins.removeAll(keepingCapacity: true)
        payload.removeAll(keepingCapacity: true)
    }

    /// Hands all records to `sink`, in order.
    public func hand<Sink: RecordSink>(to sink: inout Sink) {
        records.withUnsafeBufferPointer { records in
            origins.withUnsafeBufferPointer { origins in
                payload.withUnsafeBytes { bytes in
                    for index in records.indices {
                        let start = Int(records[index].payloadPosition)
                        let length = records[index].payloadLength
                        sink.take(
                            records[index],
                            payload: length == 0
                                ? UnsafeRawBufferPointer(start: nil, count: 0)
                                : UnsafeRawBufferPointer(rebasing: bytes[start..<(start + length)]),
                            from: origins[index])
                    }
                }
            }
        }
    }

    /// The number of records that `isCounted` holds for.
    public func count(where isCounted: (TraceRecord) -> Bool) -> Int { records.count(where: isCounted) }

    /// Goes through the records without their payloads.
    public func forEach(_ body: (TraceRecord) -> Void) { records.forEach(body) }
}
