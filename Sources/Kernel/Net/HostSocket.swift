import CLinux
import Glibc
import Trace
import WasixABI

/// A socket of the host, stream or datagram, of any family, with the addresses, timeouts and options that we keep for
/// it.
///
/// `HostBacked` learns of would-block, short reads and edges, so that it often knows the readiness without asking the
/// host. Lock held for everything; what calls the host for long releases it in between.
public class HostSocket: HostBacked {
    /// The state of the connection as the calls so far have shown it.
    enum Progress {
        case fresh, connecting, connected, failed
    }

    public final let family: AddressFamily
    final var progress: Progress
    private final var knownLocal: SocketAddress?
    /// No call has been made yet that may have given it a local address: the host need not be asked for one.
    private final var isNeverBound = true
    /// The peer of the connection, or of an attempt to connect, as the calls so far have shown it.
    public private(set) final var knownPeer: SocketAddress?
    /// Both addresses as text, once they cannot change any more.
    private final var shownEnds: (local: String, peer: String)?

    /// An error that ended a call which had moved bytes already: the next call reports it (Linux: tcp.c).
    final var deferredError: Errno?
    /// The guest shut the receiving side down.
    private(set) final var isReadShut = false
    /// What a Unix-domain socket is bound to.
    final var boundName: BoundName?
    final var timeouts = SocketTimeouts()
    final var options = GuestOptions()

    /// Makes a socket. Lock held, released while the host makes it.
    /// - Throws: ACCES without a grant; what the host says.
    public static func open(
        _ family: AddressFamily, _ type: SockType, _ thread: GuestThread
    ) throws(Errno) -> HostSocket {
        let kernel = thread.kernel
        kernel.assertLocked()
        try thread.permitNetwork()
        let fd = try kernel.unlocked { () throws(Errno) in try HostNet.open(family, type) }
        return type == .stream
            ? StreamSocket(kernel: kernel, hostFd: fd, family) : DatagramSocket(kernel: kernel, hostFd: fd, family)
    }

    init(kernel: Kernel, hostFd: Int32, _ family: AddressFamily) {
        self.family = family
        progress = .fresh
        super.init(kernel: kernel, hostFd: hostFd)
    }

    /// A connection that `listener` accepted.
    init(acceptedBy listener: HostSocket, hostFd: Int32, peer: SocketAddress, flags: FdFlags) {
        family = listener.family
        progress = .connected
        knownPeer = peer
        // The address of a wildcard listener is not the local address of this connection.
        if let local = listener.knownLocal, !local.isWildcard { knownLocal = local }
        isNeverBound = false
        super.init(kernel: listener.kernel, hostFd: hostFd, flags: flags)
    }

    public override func lastHolderLeft() {
        boundName = nil
        super.lastHolderLeft()
    }

    // MARK: what it answers as a description

    public override var rights: Rights {
        super.rights.union([
            .sockShutdown, .sockAccept, .sockConnect, .sockListen, .sockBind, .sockRecv, .sockSend, .sockAddrLocal,
            .sockAddrRemote, .sockRecvFrom, .sockSendTo,
        ])
    }

    public override var detail: ObjectDetail {
        let ends = shownEnds ?? describeEnds()
        return .socket(local: ends.local, peer: ends.peer, state: state)
    }

    private func describeEnds() -> (local: String, peer: String) {
        let local = localAddress
        let made = (local: local.isBound ? local.text : "", peer: knownPeer?.text ?? "")
        if knownLocal != nil { shownEnds = made }
        return made
    }

    /// As calls have learned it.
    var state: SocketState {
        switch progress {
        case .fresh: knownLocal == nil ? .fresh : .bound
        case .connecting: .connecting
        case .connected: .connected
        case .failed: .failed
        }
    }

    public override var queueLevel: QueueLevel? { hostQueue?.level }

    override var hostQueue: HostQueue? { HostQueue(kind: .data, hostFd: hostFd) }

    // `poll_oneoff` asks for this alone; `queueLevel` would cost a second host call.
    public override var readableCount: UInt64 { HostNet.readableBytes(hostFd) }

    // MARK: what streams and datagrams do differently

    /// `recv` and `recvfrom`: waits unless NONBLOCK or DONT_WAIT. The sender's address goes to `sender`, when that is
    /// wanted. May block.
    public func receive(
        into vectors: IoVectors, _ flags: RiFlags, sender: UnsafeMutablePointer<SocketAddress>?, _ thread: GuestThread
    ) -> Reception { Reception(.failed(.notsup)) }

    /// `send` and `sendto`: waits unless NONBLOCK or DONT_WAIT. An unspecified address means the peer. May block.
    public func send(
        _ vectors: IoVectors, _ flags: SiFlags, to address: SocketAddress, _ thread: GuestThread
    ) -> IoResult { .failed(.notsup) }

    /// Makes it a listener, or changes a listener's backlog. An unbound socket gets a port of the host's choice
    /// (listen(2)).
    public func listen(backlog: UInt64, _ thread: GuestThread) throws(Errno) { throw .notsup }

    /// Takes the next connection; waits for one unless this socket is NONBLOCK or `isNonBlocking` asks for this call
    /// alone. The new socket has `flags` of its own: none is inherited (accept(2)). May block.
    public func accept(
        flags: FdFlags, isNonBlocking: Bool = false, _ thread: GuestThread
    ) throws(Errno) -> HostSocket { throw .notsup }

    /// How far it has come, as `sock_status` answers.
    public var status: SockStatus { .failed }

    // MARK: addresses

    /// Where it is bound; the wildcard when it is not.
    public final var localAddress: SocketAddress {
        assertLocked()
        if let knownLocal { return knownLocal }
        guard !isNeverBound, let address = try? HostNet.localAddress(hostFd) else { return .wildcard(family) }
        let local = guestForm(address)
        // Only `bind` gives a Unix-domain socket that is connected a name.
        if local.isBound || family == .unix && progress == .connected { knownLocal = local }
        return local
    }

    /// - Throws: NOTCONN when it is not connected.
    public final func peerAddress() throws(Errno) -> SocketAddress {
        assertLocked()
        let peer = guestForm(try HostNet.peerAddress(hostFd))
        if progress == .connecting { connected(to: peer) }
        return peer
    }

    /// An address of the host as the guest names it.
    final func guestForm(_ address: HostAddress) -> SocketAddress {
        family == .unix ? .unix(kernel.unixNames.guestName(of: address.unixPath)) : address.named
    }

    // MARK: what the policy says

    /// Asks the policy whether this socket may be used with an address. Nothing is asked here for a Unix-domain socket:
    /// the place of its file decides (`UnixSocketFile`).
    /// - Throws: ACCES when it may not; the host must not be called then.
    final func permit(_ direction: NetworkDirection, _ address: SocketAddress, _ thread: GuestThread) throws(Errno) {
        guard !kernel.network.isUnlimited, let endpoint = NetworkEndpoint(address.unmapped) else { return }
        try thread.permit(direction, type == .datagram ? .udp : .tcp, endpoint)
    }

    /// Stream or datagram.
    public var type: SockType { .stream }

    // MARK: state that calls change

    final func readingShut() { isReadShut = true }

    /// The host gives an address to a socket that listens, connects or sends without one (ip(7)).
    final func mayHaveBeenBound() { isNeverBound = false }

    /// The local address may be another now.
    final func forgetLocal() {
        noteName()
        mayHaveBeenBound()
        knownLocal = nil
        shownEnds = nil
    }

    /// Called before its name changes: keeps the old one, as far as it is known without asking the host, for records.
    final func noteName() {
        guard kernel.isObserved else { return }
        let ends = shownEnds ?? (local: knownLocal?.text ?? "", peer: knownPeer?.text ?? "")
        kernel.renaming(
            self, from: .init(kind: kind, detail: .socket(local: ends.local, peer: ends.peer, state: state)))
    }

    final func connecting(to address: SocketAddress) {
        progress = .connecting
        forget(peer: address)
    }

    final func connected(to address: SocketAddress) {
        progress = .connected
        if knownPeer != address { forget(peer: address) }
    }

    final func connectFailed() {
        progress = .failed
        forget(peer: nil)
    }

    func disconnected() {
        progress = .fresh
        isReadShut = false
        forget(peer: nil)
    }

    private func forget(peer: SocketAddress?) {
        forgetLocal()
        knownPeer = peer
    }
}

extension OpenFile {
    /// Itself, when it is a socket of the host.
    @inline(__always)
    public final var asHostSocket: HostSocket? {
        switch kind {
        case .tcp, .tcpListener, .udp, .unixSocket, .unixListener, .unixDatagram:
            unsafeDowncast(self, to: HostSocket.self)
        default: nil
        }
    }

    /// Itself, when it is one end of a socket pair.
    public final var asSocketPair: SocketPairEnd? {
        kind == .socketPair ? unsafeDowncast(self, to: SocketPairEnd.self) : nil
    }
}
