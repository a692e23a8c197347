/// A short name that an open file description had for a while, as `tcp 127.0.0.1:41822`.
public struct ObjectName: Sendable, Equatable {
    public var text: String
    /// The tick at which another name replaced this one; `.max` for the name that it has now or had last.
    public var until: UInt64

    public init(_ text: String, until: UInt64 = .max) {
        self.text = text
        self.until = until
    }
}

extension [ObjectName] {
    /// The name at an instant in ticks, of names that follow each other.
    public func text(at moment: UInt64) -> String? { (first { moment < $0.until } ?? last)?.text }
}
