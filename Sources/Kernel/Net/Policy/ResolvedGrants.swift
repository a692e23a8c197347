/// Addresses that were looked up under a rule that allows their name: the guest may connect to them at the rule's
/// ports, as in wasmer. Lock held for everything: `Kernel.resolvedGrants` asserts it.
final class ResolvedGrants {
    /// Beyond that the oldest are forgotten.
    private static let limit = 4096

    private struct Entry: Equatable {
        let address: UInt128
        /// The number of the rule that allows the name.
        let rule: Int
    }

    private var entries: [Entry] = []
    private var next = 0

    /// - Parameter endpoint: its port does not count.
    func add(_ endpoint: NetworkEndpoint, rule: Int) {
        let entry = Entry(address: endpoint.address, rule: rule)
        // A name that resolves to the wildcard address does not allow connecting to this host.
        guard !endpoint.isUnspecified, !entries.contains(entry) else { return }
        if entries.count < Self.limit {
            entries.append(entry)
        } else {
            entries[next] = entry
            next = (next + 1) % Self.limit
        }
    }

    func allows(_ endpoint: NetworkEndpoint, _ policy: NetworkPolicy) -> Bool {
        entries.contains { $0.address == endpoint.address && policy[$0.rule].ports.contains(endpoint.port) }
    }
}
