/// The inspector's only way to the guest. Every function may be called from any thread.
public protocol GuestControl: AnyObject, Sendable {
    /// The exact state now, pulled object by object; no lock is held for long.
    func snapshot() -> KernelSnapshot
    /// The names that an open file description has had, oldest first, also after it was closed; empty when it is not known.
    func names(of object: ObjectID) -> [ObjectName]
    /// Bytes for the guest's standard input.
    func sendInput(_ bytes: [UInt8])
    /// End of file on the guest's standard input.
    func closeInput()
    /// What the guest wrote to its standard output and error since the last call.
    func takeOutput() -> [OutputChunk]
    /// Ends the guest, whatever its threads are doing.
    func terminate()
}

/// A piece of what the guest wrote.
public struct OutputChunk: Sendable, Equatable {
    public enum Stream: UInt8, Sendable { case output = 1, error = 2 }
    public var stream: Stream
    public var bytes: [UInt8]

    public init(stream: Stream, bytes: [UInt8]) {
        self.stream = stream
        self.bytes = bytes
    }
}
