import Trace
import WasixABI

/// Where every call asks that reaches for the network. A refusal is ACCES, and is noted for the trace. Lock held.
extension GuestThread {
    /// Some network was granted.
    public func permitNetwork() throws(Errno) {
        if kernel.network.isDenied { throw refusal(CallNote(.noNetwork)) }
    }

    /// To reach `endpoint` (out), or to be reached there (in).
    public func permit(
        _ direction: NetworkDirection, _ transport: NetworkProtocol, _ endpoint: NetworkEndpoint
    ) throws(Errno) {
        let policy = kernel.network
        if policy.isUnlimited { return }
        var verdict = policy.verdict(direction, transport, endpoint)
        if verdict == .noRule, direction == .out, kernel.resolvedGrants.allows(endpoint, policy) { verdict = .allowed }
        try check(verdict, direction, transport, endpoint)
    }

    /// To take a connection that came to `local` from `peer`: it must be allowed to come in there, and no rule may
    /// deny its origin. A rule's port is the local one in both.
    public func permitAccepting(from peer: NetworkEndpoint, at local: NetworkEndpoint) throws(Errno) {
        let policy = kernel.network
        if policy.isUnlimited { return }
        try permit(.in, .tcp, local)
        let origin = NetworkEndpoint(address: peer.address, port: local.port)
        let verdict = policy.verdict(.in, .tcp, origin)
        if case .denied = verdict { try check(verdict, .in, .tcp, origin) }
    }

    /// To reach the Unix-domain socket at an absolute path of the guest's own tree, or to be reached there.
    public func permit(_ direction: NetworkDirection, path: [UInt8]) throws(Errno) {
        let policy = kernel.network
        if policy.isUnlimited { return }
        try check(path.withUnsafeBytes { policy.verdict(direction, path: $0) }, direction, .unix, nil)
    }

    /// To ask somebody else what a name stands for.
    func permit(lookingUp name: HostName) throws(Errno) {
        let policy = kernel.network
        if policy.isUnlimited { return }
        try check(policy.verdict(name), .out, .dns, nil)
    }

    /// To look up a name that stands for this host: nobody is asked, so it only must not be denied.
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
        frame.pointee.note = note
        return .acces
    }
}
