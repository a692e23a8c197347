import CLinux
import Glibc
import WasixABI

/// Binding, connecting, disconnecting and shutting down.
extension HostSocket {
    /// Binds the socket; port 0 lets the host choose. Lock held, released while the host works.
    /// - Throws: INVAL for an address of another family than the socket's; what the policy says; the host's reason.
    public final func bind(to address: SocketAddress, _ thread: GuestThread) throws(Errno) {
        guard address.family == family else { throw .inval }
        try permit(.in, address, thread)
        switch address {
        case .inet4(let inet): try bind(HostAddress(inet))
        case .inet6(let inet): try bind(HostAddress(inet))
        case .unix(let path): try bind(path, thread)
        case .unspecified: throw .inval
        }
    }

    private func bind(_ host: HostAddress) throws(Errno) {
        reuseByDefault()
        try withoutLock { () throws(Errno) in try HostNet.bind(hostFd, host) }
        forgetLocal()
        // Later records name it by its address: the port may be the host's choice.
        if kernel.isObserved { _ = localAddress }
    }

    /// Makes the file of a Unix-domain socket.
    private func bind(_ path: [UInt8], _ thread: GuestThread) throws(Errno) {
        let file = try UnixSocketFile.place(path, thread)
        let host = file.host
        try withoutLock { () throws(Errno) in try HostNet.bind(hostFd, host) }
        boundName = BoundName(kernel.unixNames, file, guest: path)
        forgetLocal()
    }

    /// SO_REUSEADDR is on for streams unless the guest turned it off: programs of this platform expect to restart a
    /// server at once and set the option too late or not at all (WasixABI.docc/Sockets). The sockets of the old server
    /// must have had it as well. A failure to set it is ignored: the bind that follows fails if the address is in use.
    final func reuseByDefault() {
        guard type == .stream, family != .unix, options.reusesAddress == nil else { return }
        try? HostNet.set(hostFd, SOL_SOCKET, SO_REUSEADDR, Int32(1))
    }

    /// Connects. With NONBLOCK it starts the attempt and answers INPROGRESS: the socket is writable when the attempt
    /// has ended, and SO_ERROR, or the next call, tells how. A call that is interrupted leaves the attempt going on.
    /// May block.
    ///
    /// For a datagram socket it sets where datagrams go to and come from.
    public final func connect(to address: SocketAddress, _ thread: GuestThread) throws(Errno) {
        let destination = try Destination.find(address, for: self, thread)
        let host = destination.host
        var deadline = CallDeadline()
        var waits = false
        while true {
            let answer =
                waits
                ? connectWaiting(host, until: deadline.known ?? .max, thread)
                : withoutLock { HostNet.connect(hostFd, host) }
            switch Int32(-answer) {
            case 0:
                connected(to: progress == .connecting ? knownPeer ?? address : address)
                return
            case EISCONN where deadline.known != nil:
                // Another call has completed the same attempt.
                return
            case EINPROGRESS, EALREADY:
                if answer == -Int(EINPROGRESS) { connecting(to: address) }
                guard !isNonBlocking else { throw Errno(failure: answer) }
                let end = deadline.end(after: timeouts.connect ?? timeouts.send, kernel.clock)
                do throws(Errno) {
                    try hostReady(for: .out, until: end, thread)
                } catch {
                    guard error == .again else { throw error }
                    throw timeouts.connect != nil ? .timedout : .inprogress
                }
            case EAGAIN where family == .unix && type == .stream && !isNonBlocking:
                // The listener's queue is full. No poll reports room in it, so a connect has to wait in the host.
                let end = deadline.end(after: timeouts.connect ?? timeouts.send, kernel.clock)
                if waits, kernel.clock.now() >= end { throw timeouts.connect != nil ? .timedout : .again }
                waits = true
            case EINTR:
                // A wake-up that was meant for an earlier wait means nothing to this one.
                guard !thread.isInterrupted else { throw .intr }
            default:
                if progress != .connected, answer != -Int(EISCONN) { connectFailed() }
                throw Errno(failure: answer)
            }
        }
    }

    /// One try to connect that waits for room in the listener's queue, but not for long.
    /// - Returns: as the host call; -EINTR also for a wake-up that means nothing.
    private func connectWaiting(_ host: HostAddress, until deadline: UInt64, _ thread: GuestThread) -> Int {
        hold()
        defer { release() }
        let fd = hostFd
        let answer = thread.hostWait(until: deadline) { timeout in
            host.withPointer { cl_wait_connect(fd, $0, $1, timeout) }
        }
        hostCallEnded()
        return Int(answer)
    }

    /// Connects to AF_UNSPEC, which makes the socket unconnected again (connect(2)).
    public final func disconnect() throws(Errno) {
        try HostCall.value(of: withoutLock { HostNet.connect(hostFd, .unspecified) })
        disconnected()
    }

    /// Stops one direction or both (shutdown(2)).
    /// - Throws: NOTCONN when there is no connection.
    public final func shutDown(read: Bool, write: Bool) throws(Errno) {
        let how = read && write ? SHUT_RDWR : read ? SHUT_RD : SHUT_WR
        // An unconnected datagram socket answers NOTCONN and is shut all the same (Linux: inet_shutdown).
        if read { readingShut() }
        try withoutLock { () throws(Errno) in try HostNet.shutDown(hostFd, Int32(how)) }
    }

    /// Waits for `events`, until it is worth trying again.
    /// - Throws: AGAIN past the deadline; INTR.
    final func hostReady(
        for events: EpollEvents, on fd: Int32? = nil, until deadline: UInt64, _ thread: GuestThread
    ) throws(Errno) {
        switch hostWait(for: events, on: fd, thread, until: deadline) {
        case .woken: return
        case .timedOut: throw .again
        case .interrupted: throw .intr
        }
    }
}
