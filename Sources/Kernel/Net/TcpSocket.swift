import CLinux
import Glibc
import Trace
import WasixABI

/// A TCP socket over IPv4: a host socket whose addresses, timeouts and options this side remembers.
///
/// Would-block, short reads and edges are told to `HostBacked`, which knows by them when a level-triggered item needs
/// no question to the host. Lock held for everything; what calls the host for long releases it in between.
public final class TcpSocket: HostBacked {
    /// How far a connection has come, as far as calls have learned.
    enum Progress {
        case fresh, connecting, connected, failed
    }

    private(set) final var isListening = false
    final var progress: Progress
    private final var knownLocal: SocketAddress?
    /// The other end, as far as calls have told: of a connection, or of an attempt.
    public private(set) final var knownPeer: SocketAddress?
    private final var shownDetail: ObjectDetail?

    final var timeouts = SocketTimeouts()
    final var options = GuestOptions()
    /// An error that ended a call which had moved bytes already: the next call reports it (Linux: tcp.c).
    final var deferredError: Errno?

    /// Lock held, released while the host makes the socket.
    public static func open(_ kernel: Kernel) throws(Errno) -> TcpSocket {
        kernel.unlock()
        let fd = HostSocket.openTcp()
        kernel.lock()
        guard fd >= 0 else { throw Errno(host: Int32(-fd)) }
        return TcpSocket(kernel: kernel, hostFd: Int32(fd))
    }

    private init(kernel: Kernel, hostFd: Int32) {
        progress = .fresh
        super.init(kernel: kernel, hostFd: hostFd)
    }

    /// Takes over a host socket that listens.
    public init(listener hostFd: Int32, kernel: Kernel) {
        progress = .fresh
        isListening = true
        super.init(kernel: kernel, hostFd: hostFd)
        var isOn: Int32 = 1
        _ = ioctl(hostFd, UInt(FIONBIO), &isOn)
    }

    /// A connection that `listener` accepted.
    init(acceptedBy listener: TcpSocket, hostFd: Int32, peer: SocketAddress, flags: FdFlags) {
        progress = .connected
        knownPeer = peer
        // A listener on every address does not tell which of them the peer asked for.
        if let local = listener.knownLocal, local.octets != 0 { knownLocal = local }
        super.init(kernel: listener.kernel, hostFd: hostFd, flags: flags)
    }

    // MARK: what it answers as a description

    public override var kind: ObjectKind { isListening ? .tcpListener : .tcp }
    public override var fileType: FileType { .socketStream }

    public override var rights: Rights {
        super.rights.union([
            .sockShutdown, .sockAccept, .sockConnect, .sockListen, .sockBind, .sockRecv, .sockSend, .sockAddrLocal,
            .sockAddrRemote, .sockRecvFrom, .sockSendTo,
        ])
    }

    public override var detail: ObjectDetail {
        if let shownDetail { return shownDetail }
        let local = localAddress
        let made = ObjectDetail.socket(local: local.port == 0 ? "" : local.text, peer: knownPeer?.text ?? "")
        if knownLocal != nil { shownDetail = made }
        return made
    }

    /// Bytes to read; for a listener connections to accept, and its backlog.
    public override var queueLevel: QueueLevel? {
        guard isListening else { return QueueLevel(used: HostSocket.readableBytes(hostFd), capacity: 0) }
        guard let info = HostSocket.tcpInfo(hostFd) else { return nil }
        return QueueLevel(used: UInt64(info.tcpi_unacked), capacity: UInt64(info.tcpi_sacked))
    }

    public override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        // read(2) of nothing is nothing, recv(2) of nothing waits.
        guard vectors.total > 0 else { return .done(0) }
        return receive(into: vectors, [], thread)
    }

    public override func write(from vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        send(vectors, [], thread)
    }

    // MARK: addresses

    /// Where it is bound; the wildcard when it is not.
    public var localAddress: SocketAddress {
        if let knownLocal { return knownLocal }
        let (result, address) = HostSocket.localAddress(hostFd)
        guard result == 0 else { return .wildcard }
        if address.port != 0 { knownLocal = address }
        return address
    }

    /// - Throws: NOTCONN when it is not connected.
    public func peerAddress() throws(Errno) -> SocketAddress {
        let (result, address) = HostSocket.peerAddress(hostFd)
        guard result == 0 else { throw Errno(host: Int32(-result)) }
        if progress == .connecting { connected(to: address) }
        return address
    }

    // MARK: state that calls change

    func listening() {
        isListening = true
        shownDetail = nil
    }

    func connecting(to address: SocketAddress) {
        progress = .connecting
        forget(peer: address)
    }

    func connected(to address: SocketAddress) {
        progress = .connected
        if knownPeer != address { forget(peer: address) }
    }

    func connectFailed() {
        progress = .failed
        forget(peer: nil)
    }

    func disconnected() {
        progress = .fresh
        isListening = false
        forget(peer: nil)
    }

    private func forget(peer: SocketAddress?) {
        knownPeer = peer
        knownLocal = nil
        shownDetail = nil
    }
}

extension OpenFile {
    /// Itself, when it is a TCP socket.
    @inline(__always)
    public final var asTcpSocket: TcpSocket? {
        switch kind {
        case .tcp, .tcpListener: unsafeDowncast(self, to: TcpSocket.self)
        default: nil
        }
    }

    /// Itself, when it is one end of a socket pair.
    public final var asSocketPair: SocketPairEnd? {
        kind == .socketPair ? unsafeDowncast(self, to: SocketPairEnd.self) : nil
    }
}
