import Trace

/// What the guest may do with the host's network. Denied unless granted.
///
/// With rules, an attempt succeeds when a rule allows it and none denies it; their order does not matter, as in
/// wasmer's rule sets. Made once, when the program starts, and kept for as long as it runs: copies cost nothing.
public struct NetworkPolicy: Sendable {
    private enum Grant { case nothing, everything, rules }

    private let grant: Grant
    // Plain memory instead of an array, which would be counted at every use.
    private nonisolated(unsafe) let rules: UnsafeBufferPointer<NetworkRule>

    public static let denied = NetworkPolicy(.nothing)
    public static let granted = NetworkPolicy(.everything)

    private init(_ grant: Grant) {
        self.grant = grant
        rules = UnsafeBufferPointer(start: nil, count: 0)
    }

    /// The grammar is described at `NetworkRuleParser`.
    public init(parsing text: String) throws(NetworkRuleError) {
        let parsed = try NetworkRuleParser(text).parse()
        let memory = UnsafeMutableBufferPointer<NetworkRule>.allocate(capacity: parsed.count)
        _ = memory.initialize(from: parsed)
        rules = UnsafeBufferPointer(memory)
        grant = .rules
    }

    /// Nothing is allowed, whatever it is.
    @inline(__always)
    public var isDenied: Bool { grant == .nothing }

    /// Everything is allowed.
    @inline(__always)
    public var isUnlimited: Bool { grant == .everything }

    subscript(rule: Int) -> NetworkRule { rules[rule] }
    var indices: Range<Int> { rules.indices }

    // MARK: evaluation: no allocation, no lock

    /// What becomes of an attempt.
    enum Verdict: Equatable {
        case allowed
        case noNetwork
        case noRule
        /// The rule with this number.
        case denied(by: Int)
    }

    /// An attempt to reach `endpoint`, or to be reached there.
    func verdict(
        _ direction: NetworkDirection, _ transport: NetworkProtocol, _ endpoint: NetworkEndpoint
    ) -> Verdict {
        if direction == .out, endpoint.isUnspecified { return verdictOnThisHost(transport, endpoint) }
        return verdict { $0.matches(direction, transport, endpoint) }
    }

    /// Linux takes "any address" as a target for this host, over either version where the socket speaks both
    /// (ip(7), ipv6(7); tcp_ipv6.c): both must be allowed then.
    private func verdictOnThisHost(_ transport: NetworkProtocol, _ endpoint: NetworkEndpoint) -> Verdict {
        var target = NetworkEndpoint.loopback4(port: endpoint.port)
        let first = verdict { $0.matches(.out, transport, target) }
        guard !endpoint.isV4, first == .allowed else { return first }
        target = .loopback6(port: endpoint.port)
        return verdict { $0.matches(.out, transport, target) }
    }

    /// A Unix-domain socket at an absolute path, in the guest's own tree.
    func verdict(_ direction: NetworkDirection, path: UnsafeRawBufferPointer) -> Verdict {
        verdict { $0.matches(direction, path: path) }
    }

    /// Looking up `name`.
    func verdict(_ name: HostName) -> Verdict {
        name.bytes.withUnsafeBytes { bytes in verdict { $0.matches(name: bytes) } }
    }

    @inline(__always)
    private func verdict(_ matches: (borrowing NetworkRule) -> Bool) -> Verdict {
        switch grant {
        case .nothing: return .noNetwork
        case .everything: return .allowed
        case .rules: break
        }
        var isAllowed = false
        for index in rules.indices where matches(rules[index]) {
            guard rules[index].allows else { return .denied(by: index) }
            isAllowed = true
        }
        return isAllowed ? .allowed : .noRule
    }

    /// Whether a rule allows being reached at this address, on some port: then the guest may know that it exists.
    func isVisible(_ endpoint: NetworkEndpoint) -> Bool {
        if grant == .everything { return true }
        return rules.contains { $0.allows && $0.directions.contains(.in) && $0.range.contains(endpoint) }
    }

    /// Calls `body` with the number of each rule that allows looking up `name`.
    func forEachRule(allowing name: HostName, _ body: (Int) -> Void) {
        name.bytes.withUnsafeBytes { bytes in
            for index in rules.indices where rules[index].allows && rules[index].matches(name: bytes) { body(index) }
        }
    }
}
