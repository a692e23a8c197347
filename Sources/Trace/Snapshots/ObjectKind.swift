/// What an open file description is, with the short name that every screen and trace line uses.
public enum ObjectKind: UInt8, Sendable, CaseIterable {
    case file, directory, terminal, hostPipe, device
    case pipeRead, pipeWrite, socketPair, eventCounter, epoll
    case tcp, tcpListener, udp, unixSocket, unixListener, unixDatagram

    public var name: String {
        switch self {
        case .file: "file"
        case .directory: "dir"
        case .terminal: "tty"
        case .hostPipe: "hostpipe"
        case .device: "dev"
        case .pipeRead: "pipe r"
        case .pipeWrite: "pipe w"
        case .socketPair: "pair"
        case .eventCounter: "eventfd"
        case .epoll: "epoll"
        case .tcp: "tcp"
        case .tcpListener: "tcp-ls"
        case .udp: "udp"
        case .unixSocket: "unix"
        case .unixListener: "unix-ls"
        case .unixDatagram: "unix-dg"
        }
    }
}

/// What distinguishes one object of a kind from another.
public enum ObjectDetail: Sendable, Equatable {
    case none
    /// A file, directory, terminal or device by the path the guest knows.
    case path(String)
    /// One end; `peer` is the other end's description, none when it is gone.
    case channel(number: UInt32, peer: ObjectID)
    case counter(UInt64)
    case epoll(items: Int, ready: Int)
    /// Addresses as text, empty when unknown.
    case socket(local: String, peer: String, state: SocketState = .fresh)
}

/// The state of a socket.
public enum SocketState: String, Sendable {
    case fresh, bound, listening, connecting, connected, failed
}

/// The fill level of a queue.
public struct QueueLevel: Sendable, Equatable {
    public var used: UInt64
    /// 0 when there is no known limit.
    public var capacity: UInt64
    /// Bytes on their way out of a socket.
    public var unsent: UInt64

    public init(used: UInt64, capacity: UInt64, unsent: UInt64 = 0) {
        self.used = used
        self.capacity = capacity
        self.unsent = unsent
    }
}
