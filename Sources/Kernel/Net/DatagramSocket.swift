import Glibc
import Trace
import WasixABI

/// A socket that carries datagrams: UDP over IPv4 or IPv6, or a Unix-domain datagram socket.
public final class DatagramSocket: HostSocket {
    override var isOnlyReader: Bool { family != .unix }

    public override var type: SockType { .datagram }
    public override var kind: ObjectKind { family == .unix ? .unixDatagram : .udp }
    public override var fileType: FileType { .socketDatagram }

    /// A datagram socket needs no connection: it counts as open once it has an address.
    public override var status: SockStatus { progress == .connected || localAddress.isBound ? .opened : .opening }

    public override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        // read(2) with no room returns 0 at once, recv(2) with no room takes a datagram.
        guard vectors.total > 0 else { return .done(0) }
        return receive(into: vectors, [], sender: nil, thread).result
    }

    public override func write(from vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        // write(2) of no bytes sends an empty datagram, writev(2) of no bytes sends none.
        guard vectors.total > 0 || vectors.count == 1 else { return .done(0) }
        return send(vectors, [], to: .unspecified, thread)
    }

    /// Receives one datagram; bytes that do not fit are dropped, and the result says so. With DATA_TRUNCATED the length
    /// is the datagram's whole length (recv(2), MSG_TRUNC).
    public override func receive(
        into vectors: IoVectors, _ flags: RiFlags, sender: UnsafeMutablePointer<SocketAddress>?, _ thread: GuestThread
    ) -> Reception {
        var from = HostAddress()
        var deadline = CallDeadline()
        while true {
            let edges = edgeCount
            let (answer, hostFlags) = withoutLock { HostNet.receive(hostFd, vectors, flags.hostFlags, from: &from) }
            if answer >= 0 {
                if !flags.contains(.peek) { bytesIn &+= UInt64(answer) }
                if let sender { sender.pointee = guestForm(from) }
                return Reception(.done(answer), isTruncated: hostFlags & Int32(MSG_TRUNC) != 0)
            }
            guard answer == -Int(EAGAIN) else { return Reception(.failed(Errno(failure: answer))) }
            // After a shutdown the socket is readable for ever, and only a call that may wait reports the end (Linux:
            // datagram.c).
            if !isReadShut { wouldBlock(.in, since: edges) }
            guard !isNonBlocking, !flags.contains(.dontWait) else { return Reception(.failed(.again)) }
            guard !isReadShut else { return Reception(.done(0)) }
            let end = deadline.end(after: timeouts.receive, kernel.clock)
            do throws(Errno) {
                try hostReady(for: .in, until: end, thread)
            } catch {
                return Reception(.failed(error))
            }
        }
    }

    /// All buffers become one datagram. A socket without a local address gets one.
    public override func send(
        _ vectors: IoVectors, _ flags: SiFlags, to address: SocketAddress, _ thread: GuestThread
    ) -> IoResult {
        guard address != .unspecified else { return send(vectors, flags, toHost: nil, thread) }
        do throws(Errno) {
            let destination = try Destination.find(address, for: self, thread)
            return send(vectors, flags, toHost: destination.host, thread)
        } catch {
            return .failed(error)
        }
    }

    private func send(
        _ vectors: IoVectors, _ flags: SiFlags, toHost address: HostAddress?, _ thread: GuestThread
    ) -> IoResult {
        var deadline = CallDeadline()
        mayHaveBeenBound()
        while true {
            let edges = edgeCount
            let answer = withoutLock { HostNet.send(hostFd, vectors, to: address) }
            if answer >= 0 {
                bytesOut &+= UInt64(answer)
                return .done(answer)
            }
            guard answer == -Int(EAGAIN) else { return .failed(Errno(failure: answer)) }
            // A Unix-domain socket also blocks when its receiver's queue is full, which its own readiness may not show.
            if family != .unix { wouldBlock(.out, since: edges) }
            guard !isNonBlocking, !flags.contains(.dontWait) else { return .failed(.again) }
            let end = deadline.end(after: timeouts.send, kernel.clock)
            do throws(Errno) {
                try roomReady(at: address, until: end, thread)
            } catch {
                return .failed(error)
            }
        }
    }

    /// Waits until it is worth trying to send again. An unconnected Unix-domain socket polls as writable even when its
    /// receiver's queue is full; one that is connected to the receiver does not (Linux: unix_dgram_poll), so that is
    /// what is polled.
    private func roomReady(at address: HostAddress?, until deadline: UInt64, _ thread: GuestThread) throws(Errno) {
        guard let address, family == .unix, HostPoll.now(hostFd).contains(.out) else {
            return try hostReady(for: .out, until: deadline, thread)
        }
        let probe = try HostNet.open(.unix, .datagram)
        defer { close(probe) }
        // What keeps the probe from connecting will be reported by the next attempt to send.
        guard HostNet.connect(probe, address) == 0 else { return }
        try hostReady(for: .out, on: probe, until: deadline, thread)
    }
}
