import Testing
import WasixABI

/// One call of the conformance table: what is asked, on what, and what must come of it.
struct ConformanceCase: Sendable, CustomStringConvertible {
    /// What is special about the call, in words.
    let title: String
    let expected: Errno
    /// The whole line of the trace after a success; `*` stands for what differs from run to run.
    let text: String?
    /// Makes the world that the call is made in, and answers the call's arguments.
    let arrange: @Sendable (FileGuest) throws -> [UInt64]
    /// The module imports from no WASIX namespace.
    private(set) var isPreview1 = false
    /// Nothing of the network is granted.
    private(set) var isOffline = false

    var description: String { "\(title): \(expected)" }

    static func ok(
        _ title: String, _ text: String, _ arrange: @escaping @Sendable (FileGuest) throws -> [UInt64]
    ) -> ConformanceCase {
        ConformanceCase(title: title, expected: .success, text: text, arrange: arrange)
    }

    static func fails(
        _ expected: Errno, _ title: String, _ arrange: @escaping @Sendable (FileGuest) throws -> [UInt64]
    ) -> ConformanceCase {
        ConformanceCase(title: title, expected: expected, text: nil, arrange: arrange)
    }

    var asPreview1: ConformanceCase {
        var other = self
        other.isPreview1 = true
        return other
    }

    var offline: ConformanceCase {
        var other = self
        other.isOffline = true
        return other
    }
}

/// One function of the conformance table: at least one success, with its line in the trace, and every errno that the
/// ABI names for it.
struct ConformanceRow: Sendable, CustomTestStringConvertible {
    let call: CallID
    /// The errnos that the ABI names, FAULT aside: that one is tried on every address of every function.
    let named: Set<Errno>
    /// Addresses that are not looked at, or not in this case: by argument.
    let unread: Set<String>
    let cases: [ConformanceCase]

    init(_ call: CallID, _ cases: [ConformanceCase]) { self.init(call, [], cases) }

    init(_ call: CallID, _ named: Set<Errno>, unread: Set<String> = [], _ cases: [ConformanceCase]) {
        self.call = call
        self.named = named
        self.unread = unread
        self.cases = cases
    }

    var testDescription: String { "\(call)" }
}
