import WasixABI

/// The target of a connect or send, as the host takes it.
struct Destination: ~Copyable {
    let host: HostAddress
    /// The file of a Unix-domain socket, open for as long as `host` names it by its descriptor.
    private let file: UnixSocketFile?

    private init(_ host: HostAddress) {
        self.host = host
        file = nil
    }

    private init(_ file: consuming UnixSocketFile) {
        host = file.host
        self.file = consume file
    }

    /// The target that `address` is for `socket`, if the policy allows it. Lock held, released while a path is looked
    /// up.
    /// - Throws: what the policy says; AFNOSUPPORT for another family than the socket's; what any path can.
    static func find(
        _ address: SocketAddress, for socket: HostSocket, _ thread: GuestThread
    ) throws(Errno) -> Destination {
        socket.assertLocked()
        try socket.permit(.out, address, thread)
        switch (address, socket.family) {
        case (.inet4(let inet), .inet4): return Destination(HostAddress(inet))
        case (.inet4(let inet), .inet6) where socket.type == .datagram: return Destination(HostAddress(inet))
        case (.inet6(let inet), .inet6): return Destination(HostAddress(inet))
        case (.unix(let path), .unix): return Destination(try UnixSocketFile.existing(path, thread))
        default: throw .afnosupport
        }
    }
}
