extension ObjectDetail {
    /// What trace lines put behind a descriptor number: `tcp 127.0.0.1:41822`, `pipe#4 r`, `/data/log`.
    /// - Parameter ends: the descriptor numbers that both ends of a pair got first, its own before the other's: a pair
    ///   has one number, but two ends.
    public func label(_ kind: ObjectKind, ends: (FdNumber, FdNumber)? = nil) -> String {
        switch self {
        case .path(let path): path
        case .channel(let number, _):
            switch kind {
            case .pipeRead: "pipe#\(number) r"
            case .pipeWrite: "pipe#\(number) w"
            default:
                if let ends {
                    "\(kind.name) \(ends.0.rawValue)-\(ends.1.rawValue)"
                } else {
                    "\(kind.name)#\(number)"
                }
            }
        case .socket(let local, let peer, _):
            [kind.name, peer.isEmpty ? local : peer].filter { !$0.isEmpty }.joined(separator: " ")
        case .none, .counter, .epoll: kind.name
        }
    }
}
