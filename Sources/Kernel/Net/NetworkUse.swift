import Trace
import WasixABI

/// Something a guest is about to do with the network of the host. It is asked for before the host is.
public struct NetworkUse: Sendable {
    /// What carries the data.
    public enum Transport: Sendable {
        /// TCP.
        case stream
        /// UDP.
        case datagram
        /// A socket of the host's file system, stream or datagram: a granted directory may hold a daemon's.
        case unix
    }

    public enum Direction: Sendable {
        /// Making a socket; there is no address yet.
        case open
        /// Taking the local address.
        case bind
        /// Letting others in at the local address, or joining the group at the address.
        case `in`
        /// Connecting or sending to the address.
        case out
    }

    public let transport: Transport
    public let direction: Direction
    /// An IPv4 address in IPv6 clothes is given as the former.
    public let address: SocketAddress

    init(_ transport: Transport, _ direction: Direction, _ address: SocketAddress = .unspecified) {
        self.transport = transport
        self.direction = direction
        self.address = address
    }
}

extension GuestThread {
    /// Where every call asks that reaches for the network: the errno that `use` gets instead, success to go on. Lock
    /// held.
    func refusal(of use: NetworkUse) -> Errno {
        do throws(Errno) {
            try permit(use)
            return .success
        } catch {
            return error
        }
    }

    private func permit(_ use: NetworkUse) throws(Errno) {
        guard use.direction != .open else { return try permitNetwork() }
        let direction: NetworkDirection = use.direction == .out ? .out : .in
        if let endpoint = NetworkEndpoint(use.address) {
            try permit(direction, use.transport == .datagram ? .udp : .tcp, endpoint)
        }
    }
}
