import Glibc
import WasixABI

/// From a fresh socket to a connection or a listener, and back.
extension TcpSocket {
    /// Local port 0 lets the host choose.
    public func bind(to address: SocketAddress) -> Errno {
        reuseByDefault()
        return Errno(answer: HostSocket.bind(hostFd, address))
    }

    /// SO_REUSEADDR is on unless the guest turned it off: programs of this platform expect to restart a server at once
    /// and set the option too late or not at all (ABI 2.15). The sockets of the old server must have had it as well.
    private func reuseByDefault() {
        if options.reusesAddress == nil { _ = HostSocket.set(hostFd, SOL_SOCKET, SO_REUSEADDR, 1) }
    }

    /// Again on a listener changes its backlog. An unbound socket gets a port of the host's choice (listen(2)).
    public func listen(backlog: UInt64) -> Errno {
        reuseByDefault()
        let failure = Errno(answer: Int(Glibc.listen(hostFd, Int32(clamping: backlog))) < 0 ? -Int(errno) : 0)
        if failure == .success { listening() }
        return failure
    }

    /// Takes the next connection; waits for one unless NONBLOCK. The new socket has `flags` of its own: none is
    /// inherited (accept(2)). May block.
    public func accept(flags: FdFlags, _ thread: GuestThread) throws(Errno) -> TcpSocket {
        var deadline: UInt64?
        while true {
            let edges = edgeCount
            let (fd, peer) = withoutLock { HostSocket.accept(hostFd) }
            if fd >= 0 {
                return TcpSocket(
                    acceptedBy: self, hostFd: Int32(fd), peer: peer, flags: flags.intersection(.nonblock))
            }
            guard fd == -Int(EAGAIN) else { throw Errno(answer: fd) }
            wouldBlock(.in, since: edges)
            guard !isNonBlocking else { throw .again }
            let end = deadline ?? SocketTimeouts.deadline(timeouts.accept ?? timeouts.receive)
            deadline = end
            let failure = hostReady(for: .in, until: end, thread)
            if failure == .again, timeouts.accept != nil { throw .timedout }
            guard failure == .success else { throw failure }
        }
    }

    /// Connects; with NONBLOCK it begins to, and answers INPROGRESS: writability tells of the end, SO_ERROR or another
    /// call how it went. An interrupted call leaves the attempt under way. May block.
    public func connect(to address: SocketAddress, _ thread: GuestThread) -> Errno {
        var deadline: UInt64?
        while true {
            let answer = withoutLock { HostSocket.connect(hostFd, address) }
            switch Int32(-answer) {
            case 0:
                connected(to: progress == .connecting ? knownPeer ?? address : address)
                return .success
            case EISCONN where deadline != nil:
                // Another call on it saw the end first.
                return .success
            case EINPROGRESS, EALREADY:
                if answer == -Int(EINPROGRESS) { connecting(to: address) }
                guard !isNonBlocking else { return Errno(answer: answer) }
                let end = deadline ?? SocketTimeouts.deadline(timeouts.connect ?? timeouts.send)
                deadline = end
                let failure = hostReady(for: .out, until: end, thread)
                if failure == .again { return timeouts.connect != nil ? .timedout : .inprogress }
                guard failure == .success else { return failure }
            default:
                if progress != .connected, answer != -Int(EISCONN) { connectFailed() }
                return Errno(answer: answer)
            }
        }
    }

    /// Connecting to no family at all: the socket is fresh again (connect(2)).
    public func disconnect() -> Errno {
        let failure = Errno(answer: withoutLock { HostSocket.disconnect(hostFd) })
        if failure == .success { disconnected() }
        return failure
    }

    /// - Returns: NOTCONN when there is no connection.
    public func shutDown(read: Bool, write: Bool) -> Errno {
        let how = read && write ? SHUT_RDWR : read ? SHUT_RD : SHUT_WR
        return Errno(answer: withoutLock { Glibc.shutdown(hostFd, Int32(how)) < 0 ? -Int(errno) : 0 })
    }

    public var status: SockStatus {
        guard let info = HostSocket.tcpInfo(hostFd) else { return .failed }
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
}

extension Errno {
    /// Of a host call that answers 0 or more, or its negative errno.
    init(answer: Int) { self = answer >= 0 ? .success : Errno(host: Int32(-answer)) }
}
