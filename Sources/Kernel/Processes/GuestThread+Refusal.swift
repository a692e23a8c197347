import Trace

/// Why the sandbox refused the call in progress. For the thread itself.
extension GuestThread {
    public var note: CallNote {
        get { noteMemory.pointee }
        set { noteMemory.pointee = newValue }
    }

    /// The note, when there is one.
    @inlinable
    public var refusal: UnsafePointer<CallNote>? {
        noteMemory.pointee.reason == .none ? nil : UnsafePointer(noteMemory)
    }

    /// A new call begins.
    @inlinable
    public func forgetRefusal() { noteMemory.pointee.reason = .none }
}
