import Glibc
import Trace
import WasixABI

/// A socket that carries a stream: TCP over IPv4 or IPv6, or a Unix-domain stream.
public final class StreamSocket: HostSocket {
    private var isListening = false
    /// A listener that was handed to the guest, which is a grant of its own: the network policy is not asked about
    /// connections to it.
    private let isHandedIn: Bool

    override var isOnlyReader: Bool { !isHandedIn }

    public override var kind: ObjectKind {
        family == .unix ? isListening ? .unixListener : .unixSocket : isListening ? .tcpListener : .tcp
    }
    public override var fileType: FileType { .socketStream }
    override var state: SocketState { isListening ? .listening : super.state }

    override var hostQueue: HostQueue? {
        guard isListening else { return super.hostQueue }
        return HostQueue(kind: family == .unix ? .unixListener : .tcpListener, hostFd: hostFd)
    }

    public override var readableCount: UInt64 { isListening ? queueLevel?.used ?? 1 : super.readableCount }

    override init(kernel: Kernel, hostFd: Int32, _ family: AddressFamily) {
        isHandedIn = false
        super.init(kernel: kernel, hostFd: hostFd, family)
    }

    private init(acceptedBy listener: StreamSocket, hostFd: Int32, peer: SocketAddress, flags: FdFlags) {
        isHandedIn = false
        super.init(acceptedBy: listener, hostFd: hostFd, peer: peer, flags: flags)
    }

    /// Takes over a host socket that listens. Lock held.
    public init(listener hostFd: Int32, kernel: Kernel) {
        isListening = true
        isHandedIn = true
        super.init(kernel: kernel, hostFd: hostFd, ((try? HostNet.localAddress(hostFd)) ?? HostAddress()).named.family)
        mayHaveBeenBound()
        HostNet.setNonBlocking(hostFd)
    }

    /// A listener that is handed to the guest: a grant of its own, for which the policy is not asked. Lock held.
    public static func listener(at address: SocketAddress, _ kernel: Kernel) throws(Errno) -> StreamSocket {
        let host: HostAddress
        switch address {
        case .inet4(let inet): host = HostAddress(inet)
        case .inet6(let inet): host = HostAddress(inet)
        case .unix, .unspecified: throw .afnosupport
        }
        let fd = try HostNet.open(address.family, .stream)
        do throws(Errno) {
            // See `reuseByDefault`.
            try? HostNet.set(fd, SOL_SOCKET, SO_REUSEADDR, Int32(1))
            try HostNet.bind(fd, host)
            try HostNet.listen(fd, SOMAXCONN)
        } catch {
            close(fd)
            throw error
        }
        return StreamSocket(listener: fd, kernel: kernel)
    }

    // MARK: data

    public override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        // read(2) with no room returns 0 at once, recv(2) with no room waits.
        guard vectors.total > 0 else { return .done(0) }
        return receive(into: vectors, [], thread)
    }

    public override func write(from vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        send(vectors, [], thread)
    }

    /// The sender of what a stream carries is the peer.
    public override func receive(
        into vectors: IoVectors, _ flags: RiFlags, sender: UnsafeMutablePointer<SocketAddress>?, _ thread: GuestThread
    ) -> Reception {
        sender?.pointee = knownPeer ?? .unnamed
        return Reception(receive(into: vectors, flags, thread))
    }

    /// On TCP the address is ignored, as on Linux; on a Unix-domain stream it is an error.
    public override func send(
        _ vectors: IoVectors, _ flags: SiFlags, to address: SocketAddress, _ thread: GuestThread
    ) -> IoResult {
        if family == .unix, address != .unspecified { return .failed(progress == .connected ? .isconn : .notsup) }
        return send(vectors, flags, thread)
    }

    // MARK: listening

    /// Makes it a listener, or changes a listener's backlog. An unbound socket gets a port of the host's choice
    /// (listen(2)).
    public override func listen(backlog: UInt64, _ thread: GuestThread) throws(Errno) {
        // A listener was allowed to listen before, or was handed in.
        if !isListening { try permit(.in, localAddress, thread) }
        reuseByDefault()
        try withoutLock { () throws(Errno) in try HostNet.listen(hostFd, Int32(clamping: backlog)) }
        forgetLocal()
        isListening = true
    }

    public override func accept(
        flags: FdFlags, isNonBlocking: Bool = false, _ thread: GuestThread
    ) throws(Errno) -> HostSocket {
        var deadline = CallDeadline()
        while true {
            let edges = edgeCount
            let (fd, peer) = withoutLock { HostNet.accept(hostFd) }
            if fd >= 0 {
                let origin = guestForm(peer)
                do throws(Errno) {
                    try permitAccepting(Int32(fd), from: origin, thread)
                } catch {
                    kernel.wakeups.close(Int32(fd))
                    throw error
                }
                thread.noteAccepted(from: self)
                return StreamSocket(
                    acceptedBy: self, hostFd: Int32(fd), peer: origin, flags: flags.intersection(.nonblock))
            }
            guard fd == -Int(EAGAIN) else { throw Errno(failure: fd) }
            wouldBlock(.in, since: edges)
            guard !self.isNonBlocking, !isNonBlocking else { throw .again }
            let end = deadline.end(after: timeouts.accept ?? timeouts.receive, kernel.clock)
            do throws(Errno) {
                try hostReady(for: .in, until: end, thread)
            } catch {
                throw error == .again && timeouts.accept != nil ? .timedout : error
            }
        }
    }

    /// - Throws: ACCES when rules do not let this connection in.
    private func permitAccepting(_ fd: Int32, from peer: SocketAddress, _ thread: GuestThread) throws(Errno) {
        guard !isHandedIn, !kernel.network.isUnlimited, let origin = NetworkEndpoint(peer) else { return }
        guard let own = try? HostNet.localAddress(fd), let local = NetworkEndpoint(own.named) else {
            throw .connaborted
        }
        try thread.permitAccepting(from: origin, at: local)
    }

    override func disconnected() {
        isListening = false
        super.disconnected()
    }

    public override var status: SockStatus {
        if family == .unix { return unixStatus }
        guard let info = HostNet.tcpInfo(hostFd) else { return .failed }
        switch Int(info.tcpi_state) {
        case Int(TCP_SYN_SENT), Int(TCP_SYN_RECV): return .opening
        case Int(TCP_CLOSE), Int(TCP_CLOSING), Int(TCP_TIME_WAIT): break
        default: return .opened
        }
        switch progress {
        case .fresh: return .opening
        case .failed: return .failed
        case .connected: return .closed
        case .connecting: return bytesIn | bytesOut == 0 ? .failed : .closed
        }
    }

    private var unixStatus: SockStatus {
        switch progress {
        case .fresh, .connecting: isListening ? .opened : .opening
        case .failed: .failed
        case .connected: HostPoll.now(hostFd).contains(.hup) ? .closed : .opened
        }
    }
}
