/// The inspector's only way to the guest. Every function may be called from any thread.
public protocol GuestControl: AnyObject, Sendable {
    /// The exact state now, pulled object by object; no lock is held for long.
    func snapshot() -> KernelSnapshot
    /// A short name of an open file description, as `tcp 127.0.0.1:41822`, also after it was closed.
    func objectName(_ object: ObjectID) -> String?
    /// Bytes for the guest's standard input.
    func sendInput(_ bytes: [UInt8])
    /// End of file on the guest's standard input.
    func closeInput()
    /// What the guest wrote to its standard output and error since the last call, and what was typed, in that order.
    func takeOutput() -> [OutputChunk]
    /// Ends the guest, whatever its threads are doing.
    func terminate()
}

/// A piece of what the guest wrote, or of what was typed to it.
public struct OutputChunk: Sendable, Equatable {
    public enum Stream: UInt8, Sendable {
        case output = 1
        case error = 2
        /// Echoed, as a terminal does while the guest leaves that on.
        case typed = 3
    }
    public var stream: Stream
    public var bytes: [UInt8]

    public init(stream: Stream, bytes: [UInt8]) {
        self.stream = stream
        self.bytes = bytes
    }
}
