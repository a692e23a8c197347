import WasixABI

/// A call that took a descriptor number, and where in the guest's code it was made.
public struct DescriptorOpening: Sendable {
    public var call: CallID
    public var thread: ThreadID
    public var fd: FdNumber
    /// CLOCK_MONOTONIC nanoseconds.
    public var at: UInt64
    public var frames: [GuestFrame]

    public init(call: CallID, thread: ThreadID, fd: FdNumber, at: UInt64, frames: [GuestFrame]) {
        self.call = call
        self.thread = thread
        self.fd = fd
        self.at = at
        self.frames = frames
    }
}
