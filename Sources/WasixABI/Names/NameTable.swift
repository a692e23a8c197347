/// The names of a family of constants or of single flag bits, as strace's xlat tables hold them.
public struct NameTable: Sendable {
    /// What every name starts with in C, `EPOLL` for example. `shortName` leaves it out.
    public let prefix: String
    public let entries: [(value: UInt64, name: String)]

    init(_ prefix: String, _ entries: KeyValuePairs<UInt64, String>) {
        self.prefix = prefix
        self.entries = entries.map { (value: $0.key, name: $0.value) }
    }

    /// The full name of exactly this value, nil when it has none.
    public func name(of value: UInt64) -> String? {
        shortName(of: value).map { prefix + $0 }
    }

    public func shortName(of value: UInt64) -> String? {
        entries.first { $0.value == value }?.name
    }
}
