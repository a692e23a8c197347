import Glibc
import Trace
import WasixABI

/// A socket that carries datagrams: UDP over IPv4 or IPv6, or a Unix-domain datagram socket.
public final class DatagramSocket: HostSocket {
    override var isOnlyReader: Bool { family != .unix }

    public override var type: SockType { .datagram }
    public override var kind: ObjectKind { family == .unix ? .unixDatagram : .udp }
    public override var fileType: FileType { .socketDatagram }

    /// There is no connection to wait for: it is open as soon as it has an address.
    public override var status: SockStatus { progress == .connected || localAddress.isBound ? .opened : .opening }

    public override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        // read(2) of nothing is nothing, recv(2) of nothing takes a datagram.
        guard vectors.total > 0 else { return .done(0) }
        return receive(into: vectors, [], sender: nil, thread).result
    }

    public override func write(from vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        // write(2) of nothing is an empty datagram, writev(2) of nothing is nothing.
        guard vectors.total > 0 || vectors.count == 1 else { return .done(0) }
        return send(vectors, [], to: .unspecified, thread)
    }

    /// One datagram; what does not fit is dropped, and told. With DATA_TRUNCATED the length is the datagram's whole
    /// length (recv(2), MSG_TRUNC).
    public override func receive(
        into vectors: IoVectors, _ flags: RiFlags, sender: UnsafeMutablePointer<SocketAddress>?, _ thread: GuestThread
    ) -> Reception {
        var from = HostAddress()
        var deadline: UInt64?
        while true {
            let edges = edgeCount
            let (answer, hostFlags) = withoutLock { HostNet.receive(hostFd, vectors, flags.hostFlags, from: &from) }
            if answer >= 0 {
                if !flags.contains(.peek) { bytesIn &+= UInt64(answer) }
                if let sender { sender.pointee = guestForm(from) }
                return Reception(.done(answer), isTruncated: hostFlags & Int32(MSG_TRUNC) != 0)
            }
            guard answer == -Int(EAGAIN) else { return Reception(.failed(Errno(answer: answer))) }
            // Shut down it is readable for ever, and only a call that may wait finds the end (Linux: datagram.c).
            if !isReadShut { wouldBlock(.in, since: edges) }
            guard !isNonBlocking, !flags.contains(.dontWait) else { return Reception(.failed(.again)) }
            guard !isReadShut else { return Reception(.done(0)) }
            let end = deadline ?? SocketTimeouts.deadline(timeouts.receive)
            deadline = end
            let failure = hostReady(for: .in, until: end, thread)
            guard failure == .success else { return Reception(.failed(failure)) }
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
        var deadline: UInt64?
        while true {
            let edges = edgeCount
            let answer = withoutLock { HostNet.send(hostFd, vectors, to: address) }
            if answer >= 0 {
                bytesOut &+= UInt64(answer)
                return .done(answer)
            }
            guard answer == -Int(EAGAIN) else { return .failed(Errno(answer: answer)) }
            // A Unix-domain socket would block for its receiver as well, of which its own readiness need not tell.
            if family != .unix { wouldBlock(.out, since: edges) }
            guard !isNonBlocking, !flags.contains(.dontWait) else { return .failed(.again) }
            let end = deadline ?? SocketTimeouts.deadline(timeouts.send)
            deadline = end
            let failure = roomReady(at: address, until: end, thread)
            guard failure == .success else { return .failed(failure) }
        }
    }

    /// Waits until another try to send may do. An unconnected Unix-domain socket is writable whatever its receiver is:
    /// a socket that is connected to the receiver tells (Linux: unix_dgram_poll).
    private func roomReady(at address: HostAddress?, until deadline: UInt64, _ thread: GuestThread) -> Errno {
        guard let address, family == .unix, HostPoll.now(hostFd).contains(.out) else {
            return hostReady(for: .out, until: deadline, thread)
        }
        let probe = HostNet.open(.unix, .datagram)
        guard probe >= 0 else { return Errno(answer: probe) }
        defer { close(Int32(probe)) }
        // What keeps it from connecting keeps the next try from sending.
        guard HostNet.connect(Int32(probe), address) == 0 else { return .success }
        return hostReady(for: .out, on: Int32(probe), until: deadline, thread)
    }
}
