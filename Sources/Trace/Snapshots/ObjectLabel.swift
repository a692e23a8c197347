extension ObjectDetail {
    /// What trace lines put behind a descriptor number: `tcp 127.0.0.1:41822`, `pipe#4 r`, `/data/log`.
    public func label(_ kind: ObjectKind) -> String {
        switch self {
        case .path(let path): path
        case .channel(let number, _):
            switch kind {
            case .pipeRead: "pipe#\(number) r"
            case .pipeWrite: "pipe#\(number) w"
            default: "\(kind.name)#\(number)"
            }
        case .socket(let local, let peer, _):
            [kind.name, peer.isEmpty ? local : peer].filter { !$0.isEmpty }.joined(separator: " ")
        case .none, .counter, .epoll: kind.name
        }
    }
}
