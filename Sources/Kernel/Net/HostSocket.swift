import CLinux
import Glibc
import Trace
import WasixABI

/// A socket of the host, stream or datagram, of any family: its addresses, timeouts and options as this side remembers
/// them.
///
/// Would-block, short reads and edges are told to `HostBacked`, which knows by them when a level-triggered item needs
/// no question to the host. Lock held for everything; what calls the host for long releases it in between.
public class HostSocket: HostBacked {
    /// How far a connection has come, as far as calls have learned.
    enum Progress {
        case fresh, connecting, connected, failed
    }

    public final let family: AddressFamily
    final var progress: Progress
    private final var knownLocal: SocketAddress?
    /// The other end, as far as calls have told: of a connection, or of an attempt.
    public private(set) final var knownPeer: SocketAddress?
    /// Both addresses as text, once they are settled.
    private final var shownEnds: (local: String, peer: String)?

    /// An error that ended a call which had moved bytes already: the next call reports it (Linux: tcp.c).
    final var deferredError: Errno?
    /// The guest shut the receiving side down.
    private(set) final var isReadShut = false
    /// What a Unix-domain socket is bound to.
    final var boundName: BoundName?
    final var timeouts = SocketTimeouts()
    final var options = GuestOptions()

    /// Lock held, released while the host makes the socket.
    /// - Throws: ACCES without a grant; what the host says.
    public static func open(
        _ family: AddressFamily, _ type: SockType, _ thread: GuestThread
    ) throws(Errno) -> HostSocket {
        try thread.refusal(of: NetworkUse(transport(family, type), .open)).check()
        let kernel = thread.kernel
        kernel.unlock()
        let fd = HostNet.open(family, type)
        kernel.lock()
        guard fd >= 0 else { throw Errno(answer: fd) }
        return type == .stream
            ? StreamSocket(kernel: kernel, hostFd: Int32(fd), family)
            : DatagramSocket(kernel: kernel, hostFd: Int32(fd), family)
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
        // A listener on every address does not tell which of them the peer asked for.
        if let local = listener.knownLocal, !local.isWildcard { knownLocal = local }
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

    // A poll that fires asks for this alone, which saves it a host call.
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

    /// Again on a listener changes its backlog. An unbound socket gets a port of the host's choice (listen(2)).
    public func listen(backlog: UInt64, _ thread: GuestThread) -> Errno { .notsup }

    /// Takes the next connection; waits for one unless this socket is NONBLOCK or `isNonBlocking` asks for this call
    /// alone. The new socket has `flags` of its own: none is inherited (accept(2)). May block.
    public func accept(
        flags: FdFlags, isNonBlocking: Bool = false, _ thread: GuestThread
    ) throws(Errno) -> HostSocket { throw .notsup }

    public var status: SockStatus { .failed }

    // MARK: addresses

    /// Where it is bound; the wildcard when it is not.
    public final var localAddress: SocketAddress {
        if let knownLocal { return knownLocal }
        let (result, address) = HostNet.localAddress(hostFd)
        guard result == 0 else { return .wildcard(family) }
        let local = guestForm(address)
        if local.isBound { knownLocal = local }
        return local
    }

    /// - Throws: NOTCONN when it is not connected.
    public final func peerAddress() throws(Errno) -> SocketAddress {
        let (result, address) = HostNet.peerAddress(hostFd)
        guard result == 0 else { throw Errno(answer: result) }
        let peer = guestForm(address)
        if progress == .connecting { connected(to: peer) }
        return peer
    }

    /// An address of the host's in the guest's words.
    final func guestForm(_ address: HostAddress) -> SocketAddress {
        family == .unix ? .unix(kernel.unixNames.guestName(of: address.unixPath)) : address.named
    }

    // MARK: what the policy says

    /// The errno that a use of this socket gets instead of reaching the host; success to go on. Of a Unix-domain socket
    /// where its file is decides (`UnixSocketFile`).
    final func refusal(
        _ direction: NetworkUse.Direction, _ address: SocketAddress, _ thread: GuestThread
    ) -> Errno {
        guard !kernel.network.isUnlimited, address.family != .unix else { return .success }
        return thread.refusal(of: NetworkUse(Self.transport(family, type), direction, address.unmapped))
    }

    /// Stream or datagram.
    public var type: SockType { .stream }

    private static func transport(_ family: AddressFamily, _ type: SockType) -> NetworkUse.Transport {
        family == .unix ? .unix : type == .stream ? .stream : .datagram
    }

    // MARK: state that calls change

    final func readingShut() { isReadShut = true }

    /// The local address may be another now.
    final func forgetLocal() {
        noteName()
        knownLocal = nil
        shownEnds = nil
    }

    /// Its name, as far as it is known without a question to the host, is one that it had.
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

extension Errno {
    /// Of a host call that answers 0 or more, or its negative errno.
    init(answer: Int) { self = answer >= 0 ? .success : Errno(host: Int32(-answer)) }

    /// Throws itself unless it is success.
    public func check() throws(Errno) {
        if self != .success { throw self }
    }
}
