import Trace
import WasixABI

/// Every call that uses the network asks here first. A refusal is ACCES, and its reason is noted for the trace. Where
/// addresses are asked about the lock is held: a name that was looked up may have allowed them
/// (`Kernel.resolvedGrants`).
extension GuestThread {
    /// Checks that some network was granted.
    public func permitNetwork() throws(Errno) {
        if kernel.network.isDenied { throw refusal(CallNote(.noNetwork)) }
    }

    /// Checks that the guest may reach `endpoint` (out), or be reached there (in).
    public func permit(
        _ direction: NetworkDirection, _ transport: NetworkProtocol, _ endpoint: NetworkEndpoint
    ) throws(Errno) {
        kernel.assertLocked()
        let policy = kernel.network
        if policy.isUnlimited { return }
        var verdict = policy.verdict(direction, transport, endpoint)
        if verdict == .noRule, direction == .out, kernel.resolvedGrants.allows(endpoint, policy) { verdict = .allowed }
        try check(verdict, direction, transport, endpoint)
    }

    /// Whether a connection that came to `local` from `peer` may be accepted: a rule must allow being reached at
    /// `local`, and none may deny `peer`. The port that rules compare is the local one in both cases.
    public func permitAccepting(from peer: NetworkEndpoint, at local: NetworkEndpoint) throws(Errno) {
        let policy = kernel.network
        if policy.isUnlimited { return }
        try permit(.in, .tcp, local)
        let origin = NetworkEndpoint(address: peer.address, port: local.port)
        let verdict = policy.verdict(.in, .tcp, origin)
        if case .denied = verdict { try check(verdict, .in, .tcp, origin) }
    }

    /// Checks that the guest may reach the Unix-domain socket at an absolute path of its own tree, or be reached there.
    public func permit(_ direction: NetworkDirection, path: [UInt8]) throws(Errno) {
        let policy = kernel.network
        if policy.isUnlimited { return }
        try check(path.withUnsafeBytes { policy.verdict(direction, path: $0) }, direction, .unix, nil)
    }

    /// Checks that the guest may look up a name by asking a resolver.
    func permit(lookingUp name: HostName) throws(Errno) {
        let policy = kernel.network
        if policy.isUnlimited { return }
        try check(policy.verdict(name), .out, .dns, nil)
    }

    /// Checks that the guest may look up a name of this host. No resolver is asked, so no rule need allow it, but none
    /// may deny it.
    func permit(lookingUpLocal name: HostName) throws(Errno) {
        let verdict = kernel.network.verdict(name)
        if case .denied = verdict { try check(verdict, .out, .dns, nil) }
    }

    func check(
        _ verdict: NetworkPolicy.Verdict, _ direction: NetworkDirection, _ transport: NetworkProtocol,
        _ endpoint: NetworkEndpoint?
    ) throws(Errno) {
        var note: CallNote
        switch verdict {
        case .allowed: return
        case .noNetwork: note = CallNote(.noNetwork)
        case .noRule: note = CallNote(.noRule)
        case .denied(let rule):
            note = CallNote(.deniedByRule)
            note.rule = kernel.network[rule].text
        }
        note.direction = direction
        note.transport = transport
        if let endpoint {
            note.addressVersion = endpoint.isV4 ? 4 : 6
            note.port = endpoint.port
            note.address = endpoint.octets
        }
        throw refusal(note)
    }

    private func refusal(_ note: CallNote) -> Errno {
        self.note(note)
        return .acces
    }
}
