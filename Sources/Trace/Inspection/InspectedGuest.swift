/// A running guest as an inspection sees it, beside its records and counters; nothing here changes it. Every function
/// may be called from any thread.
public protocol InspectedGuest: AnyObject, Sendable {
    /// The exact state now, pulled object by object; no lock is held for long.
    func snapshot() -> KernelSnapshot
    /// The names that an open file description has had, oldest first, also after it was closed; empty when it is not
    /// known.
    func names(of object: ObjectID) -> [ObjectName]
    /// What the guest wrote to its standard output and error since the last call, and what was typed, in the order in
    /// which it happened.
    func takeOutput() -> [OutputChunk]
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
