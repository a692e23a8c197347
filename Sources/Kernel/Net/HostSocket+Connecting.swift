import CLinux
import Glibc
import WasixABI

/// Binding, connecting, disconnecting and shutting down.
extension HostSocket {
    /// Local port 0 lets the host choose.
    public final func bind(to address: SocketAddress, _ thread: GuestThread) -> Errno {
        guard address.family == family else { return .inval }
        let refused = refusal(.in, address, thread)
        guard refused == .success else { return refused }
        switch address {
        case .inet4(let inet): return bind(HostAddress(inet))
        case .inet6(let inet): return bind(HostAddress(inet))
        case .unix(let path): return bind(path, thread)
        case .unspecified: return .inval
        }
    }

    private func bind(_ host: HostAddress) -> Errno {
        reuseByDefault()
        let failure = Errno(answer: withoutLock { HostNet.bind(hostFd, host) })
        if failure == .success {
            forgetLocal()
            // Later records name it by its address: the port may be the host's choice.
            if kernel.isObserved { _ = localAddress }
        }
        return failure
    }

    /// Makes the file of a Unix-domain socket.
    private func bind(_ path: [UInt8], _ thread: GuestThread) -> Errno {
        do throws(Errno) {
            let file = try UnixSocketFile.place(path, thread)
            let host = file.host
            try Errno(answer: withoutLock { HostNet.bind(hostFd, host) }).check()
            boundName = BoundName(kernel.unixNames, file, guest: path)
            forgetLocal()
            return .success
        } catch {
            return error
        }
    }

    /// SO_REUSEADDR is on for streams unless the guest turned it off: programs of this platform expect to restart a
    /// server at once and set the option too late or not at all (WasixABI.docc/Sockets). The sockets of the old server
    /// must have had it as well.
    final func reuseByDefault() {
        guard type == .stream, family != .unix, options.reusesAddress == nil else { return }
        _ = HostNet.set(hostFd, SOL_SOCKET, SO_REUSEADDR, Int32(1))
    }

    /// Connects. With NONBLOCK it starts the attempt and answers INPROGRESS: the socket is writable when the attempt
    /// has ended, and SO_ERROR, or the next call, tells how. A call that is interrupted leaves the attempt going on.
    /// May block.
    ///
    /// Of a datagram socket it sets where datagrams go to and come from.
    public final func connect(to address: SocketAddress, _ thread: GuestThread) -> Errno {
        let destination: Destination
        do throws(Errno) {
            destination = try Destination.find(address, for: self, thread)
        } catch {
            return error
        }
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
                return .success
            case EISCONN where deadline.known != nil:
                // Another call has completed the same attempt.
                return .success
            case EINPROGRESS, EALREADY:
                if answer == -Int(EINPROGRESS) { connecting(to: address) }
                guard !isNonBlocking else { return Errno(answer: answer) }
                let end = deadline.end(after: timeouts.connect ?? timeouts.send)
                let failure = hostReady(for: .out, until: end, thread)
                if failure == .again { return timeouts.connect != nil ? .timedout : .inprogress }
                guard failure == .success else { return failure }
            case EAGAIN where family == .unix && type == .stream && !isNonBlocking:
                // The listener's queue is full. No poll reports room in it, so a connect has to wait in the host.
                let end = deadline.end(after: timeouts.connect ?? timeouts.send)
                if waits, cl_monotonic_ns() >= end { return timeouts.connect != nil ? .timedout : .again }
                waits = true
            case EINTR:
                // A wake-up that was meant for an earlier wait means nothing to this one.
                guard !thread.isInterrupted else { return .intr }
            default:
                if progress != .connected, answer != -Int(EISCONN) { connectFailed() }
                return Errno(answer: answer)
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
    public final func disconnect() -> Errno {
        let failure = Errno(answer: withoutLock { HostNet.connect(hostFd, .unspecified) })
        if failure == .success { disconnected() }
        return failure
    }

    /// - Returns: NOTCONN when there is no connection.
    public final func shutDown(read: Bool, write: Bool) -> Errno {
        let how = read && write ? SHUT_RDWR : read ? SHUT_RD : SHUT_WR
        // An unconnected datagram socket answers NOTCONN and is shut all the same (Linux: inet_shutdown).
        if read { readingShut() }
        return Errno(answer: withoutLock { HostNet.shutDown(hostFd, Int32(how)) })
    }

    /// Waits for `events`: success to try again, AGAIN past the deadline, INTR.
    final func hostReady(
        for events: EpollEvents, on fd: Int32? = nil, until deadline: UInt64, _ thread: GuestThread
    ) -> Errno {
        switch hostWait(for: events, on: fd, thread, until: deadline) {
        case .woken: .success
        case .timedOut: .again
        case .interrupted: .intr
        }
    }
}
