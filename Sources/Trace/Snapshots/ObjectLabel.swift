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
        case .socket(let local, let peer):
            if !peer.isEmpty { "\(kind.name) \(peer)" } else if !local.isEmpty { "\(kind.name) \(local)" } else { kind.name }
        case .none, .counter, .epoll: kind.name
        }
    }
}
