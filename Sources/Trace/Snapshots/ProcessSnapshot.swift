/// One process of the guest, running or waiting to be joined by its parent.
public struct ProcessSnapshot: Sendable, Equatable {
    public var process: ProcessID
    /// Who started it; none for the initial process.
    public var parent: ProcessID
    public var state: GuestState
    /// A signal has stopped its threads.
    public var isStopped: Bool
    /// Whoever inspects the guest makes it stand still, whatever its other processes do.
    public var isPausedAlone = false
    /// Nobody can join it: its parent has ended.
    public var isOrphan: Bool
    /// What it was started as, its first argument. The guest's text: sanitise before drawing.
    public var program: String

    public init(
        process: ProcessID, parent: ProcessID, state: GuestState, isStopped: Bool, isOrphan: Bool, program: String
    ) {
        self.process = process
        self.parent = parent
        self.state = state
        self.isStopped = isStopped
        self.isOrphan = isOrphan
        self.program = program
    }
}
