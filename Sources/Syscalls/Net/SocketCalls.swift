import Kernel
import Trace
import WasixABI

/// Sockets from `sock_open` to `sock_shutdown`: everything but data and options.
enum SocketCalls {
    static let bindings: [CallBinding] = [
        CallBinding(.sockOpen, sockOpen),
        CallBinding(.sockBind, sockBind),
        CallBinding(.sockListen, sockListen),
        CallBinding(.sockAccept, sockAccept),
        CallBinding(.sockAcceptWasix, sockAcceptWithAddress),
        CallBinding(.sockAcceptV2, sockAcceptWithAddress),
        CallBinding(.sockConnect, sockConnect),
        CallBinding(.sockStatus, sockStatus),
        CallBinding(.sockAddrLocal, sockAddrLocal),
        CallBinding(.sockAddrPeer, sockAddrPeer),
        CallBinding(.sockShutdown, sockShutdown),
    ]

    /// `sock_open(af, ty, proto, ret_fd)`. Without a grant for the network: ACCES, as socket(2) names it when a socket
    /// may not be made.
    private static func sockOpen(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let process = thread.process
        let kernel = process.kernel
        let target = try thread.memory.range(call.pointer(3), 4)
        let family = AddressFamily(rawValue: call.u8(0))
        let type = SockType(rawValue: call.u8(1)).meaning(in: family)
        try check(family, type, SockProto(rawValue: call.u16(2)))
        let fd = try kernel.locked { () throws(Errno) in
            guard process.descriptors.hasRoom(for: 1) else { throw .mfile }
            return try process.descriptors.install(HostSocket.open(family, type, thread))
        }
        target.storeBytes(of: fd.rawValue, as: UInt32.self)
    }

    /// Protocol 0 is the type's own; libc passes TCP and UDP for Unix-domain sockets as well. The flag bits that
    /// programs add to the type do not arrive, because the type has eight bits here (WasixABI.docc/Sockets).
    private static func check(_ family: AddressFamily, _ type: SockType, _ proto: SockProto) throws(Errno) {
        switch family {
        case .inet4, .inet6, .unix: break
        default: throw .afnosupport
        }
        switch (type, proto) {
        case (.stream, .ip), (.stream, .tcp), (.datagram, .ip), (.datagram, .udp): break
        case (.stream, _), (.datagram, _): throw .protonosupport
        case (.seqpacket, _) where family != .unix: throw .protonosupport
        case (.raw, _), (.seqpacket, _): throw .notsup
        default: throw .inval
        }
    }

    /// `sock_bind(fd, addr)`
    private static func sockBind(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let address = try thread.memory.loadAddress(call.pointer(1))
        try thread.withSocket(call, needing: .sockBind) { socket throws(Errno) in
            guard case .host(let host) = socket, let address else { throw .inval }
            try host.bind(to: address, thread)
        }
    }

    /// `sock_listen(fd, backlog)`
    private static func sockListen(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try thread.withSocket(call, needing: .sockListen) { socket throws(Errno) in
            guard case .host(let host) = socket else { throw socket.cannotListen }
            try host.listen(backlog: call.size(1), thread)
        }
    }

    /// `sock_accept(fd, flags, ret_fd)` of preview1: whether it waits is the listener's to say, as on Linux.
    private static func sockAccept(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try accept(call, thread, isNonBlocking: false, address: nil)
    }

    /// `sock_accept(fd, flags, ret_fd, ret_addr)` and `sock_accept_v2`. NONBLOCK in the flags is for this call as well:
    /// wasix-libc cannot make a listener non-blocking when it makes it, so event loops ask for it here
    /// (WasixABI.docc/Sockets).
    private static func sockAcceptWithAddress(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try accept(
            call, thread, isNonBlocking: FdFlags(rawValue: call.u16(1)).contains(.nonblock),
            address: try thread.memory.addressTarget(call.pointer(3)))
    }

    private static func accept(
        _ call: Call, _ thread: GuestThread, isNonBlocking: Bool, address: AddressTarget?
    ) throws(Errno) {
        let process = thread.process
        let target = try thread.memory.range(call.pointer(2), 4)
        let (fd, peer) = try thread.withSocket(call, needing: .sockAccept) {
            socket throws(Errno) -> (FdNumber, SocketAddress?) in
            guard case .host(let listener) = socket else { throw socket.cannotListen }
            // Checked first, as Linux does: the connection stays in the queue.
            guard process.descriptors.hasRoom(for: 1) else { throw .mfile }
            let accepted = try listener.accept(
                flags: FdFlags(rawValue: call.u16(1)), isNonBlocking: isNonBlocking, thread)
            let peer = accepted.knownPeer
            return (try process.descriptors.install(accepted), peer)
        }
        if let address, let peer { address.store(peer) }
        target.storeBytes(of: fd.rawValue, as: UInt32.self)
    }

    /// `sock_connect(fd, addr)`. An address of no family disconnects the socket.
    private static func sockConnect(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let address = try thread.memory.loadAddress(call.pointer(1))
        try thread.withSocket(call, needing: .sockConnect) { socket throws(Errno) in
            guard case .host(let host) = socket else { throw .isconn }
            guard let address else { throw .afnosupport }
            if address == .unspecified { try host.disconnect() } else { try host.connect(to: address, thread) }
        }
    }

    /// `sock_status(fd, ret)`
    private static func sockStatus(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.range(call.pointer(1), 1)
        let status = try thread.withSocket(call) { socket in
            switch socket {
            case .host(let host): host.status
            case .pair(let end): end.readiness().contains(.hup) ? SockStatus.closed : .opened
            }
        }
        target.storeBytes(of: status.rawValue, as: UInt8.self)
    }

    /// `sock_addr_local(fd, ret_addr)`
    private static func sockAddrLocal(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.addressTarget(call.pointer(1))
        let address = try thread.withSocket(call, needing: .sockAddrLocal) { socket in
            switch socket {
            case .host(let host): host.localAddress
            case .pair: SocketAddress.unnamed
            }
        }
        target.store(address)
    }

    /// `sock_addr_peer(fd, ret_addr)`
    private static func sockAddrPeer(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.addressTarget(call.pointer(1))
        let address = try thread.withSocket(call, needing: .sockAddrRemote) {
            socket throws(Errno) -> SocketAddress in
            switch socket {
            case .host(let host): return try host.peerAddress()
            case .pair(let end):
                guard end.isConnected else { throw .notconn }
                return .unnamed
            }
        }
        target.store(address)
    }

    /// `sock_shutdown(fd, how)`
    private static func sockShutdown(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let how = SdFlags(rawValue: call.u8(1))
        try thread.withSocket(call, needing: .sockShutdown) { socket throws(Errno) in
            guard !how.isEmpty, how.isSubset(of: [.read, .write]) else { throw .inval }
            let read = how.contains(.read)
            let write = how.contains(.write)
            switch socket {
            case .host(let host): try host.shutDown(read: read, write: write)
            case .pair(let end): end.shutDown(read: read, write: write)
            }
        }
    }
}
