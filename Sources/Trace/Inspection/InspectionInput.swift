/// What an inspection learns at one time: plain data. The same inputs in the same order make the same state, wherever
/// they come from.
public struct InspectionInput: Sendable {
    /// How the records' ticks turn into time, as measured by now.
    public var time: TraceTime
    /// Records in the order of their moments (`TraceRecord.moment`), holes in their places.
    public var records = RecordBatch()
    /// How full the fullest ring was when they were taken, 0...1.
    public var ringFill = 0.0
    /// The names that descriptions have had, oldest first: those that came up for the first time, and those that have
    /// another name now.
    public var names: [(object: ObjectID, names: [ObjectName])] = []
    /// What the guest wrote.
    public var output: [OutputChunk] = []
    /// A look at the exact state; nil when there are only records.
    public var look: InspectionLook?

    public init(time: TraceTime) { self.time = time }

    /// Empty again, at a later time. Keeps its memory.
    public mutating func reset(time: TraceTime) {
        self.time = time
        records.removeAll()
        ringFill = 0
        names.removeAll(keepingCapacity: true)
        output.removeAll(keepingCapacity: true)
        look = nil
    }
}
