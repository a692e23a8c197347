import Kernel
import WasixABI

/// Calls that make in-process objects: pipes, event counters, socket pairs.
enum ChannelCalls {
    static let bindings = [
        CallBinding(.fdPipe, fdPipe), CallBinding(.fdEvent, fdEvent), CallBinding(.sockPair, sockPair),
    ]

    /// `fd_pipe(ret_read, ret_write)`
    static func fdPipe(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let kernel = thread.kernel
        let isDuplex = thread.image.hasDuplexPipes
        try install(call.pointer(0), call.pointer(1), thread) {
            if isDuplex {
                let (first, second) = SocketPairEnd.makePair(kernel, isStream: true)
                return (first, second)
            }
            let (reader, writer) = PipeEnd.makePair(kernel)
            return (reader, writer)
        }
    }

    /// `fd_event(initial, flags, ret_fd)`. libc passes EFD_NONBLOCK through in flag bit 2.
    static func fdEvent(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let process = thread.process
        _ = try thread.memory.range(call.pointer(2), 4)
        let flags = EventFdFlags(rawValue: call.u16(1))
        let initial = call.u64(0)
        let fd = try process.kernel.locked { () throws(Errno) in
            try process.descriptors.install(EventCounter(kernel: process.kernel, initial: initial, flags: flags))
        }
        try thread.memory.store(fd.rawValue, at: call.pointer(2))
    }

    /// `sock_pair(af, ty, proto, ret_fd0, ret_fd1)`: only Unix-domain sockets come in pairs. libc passes TCP or UDP as
    /// the protocol in every family. Programs that make this call themselves ask for INET4 without a protocol, and get
    /// a Unix-domain pair.
    static func sockPair(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let kernel = thread.kernel
        let family = AddressFamily(rawValue: call.u8(0))
        switch family {
        case .inet4, .inet6, .unix: break
        default: throw .afnosupport
        }
        let isStream: Bool
        switch SockType(rawValue: call.u8(1)).meaning(in: family) {
        case .stream: isStream = true
        case .datagram: isStream = false
        case .seqpacket where family != .unix: throw .protonosupport
        case .raw, .seqpacket: throw .notsup
        default: throw .inval
        }
        let proto = SockProto(rawValue: call.u16(2))
        guard proto == .ip || proto == (isStream ? .tcp : .udp) else { throw .protonosupport }
        guard family == .unix || proto == .ip else { throw .notsup }
        try install(call.pointer(3), call.pointer(4), thread) {
            let (first, second) = SocketPairEnd.makePair(kernel, isStream: isStream)
            return (first, second)
        }
    }

    /// Both ends get descriptors, or neither.
    private static func install(
        _ first: GuestPointer, _ second: GuestPointer, _ thread: GuestThread, _ make: () -> (OpenFile, OpenFile)
    ) throws(Errno) {
        let process = thread.process
        _ = try thread.memory.range(first, 4)
        _ = try thread.memory.range(second, 4)
        let (low, high) = try process.kernel.locked { () throws(Errno) in
            guard process.descriptors.hasRoom(for: 2) else { throw .mfile }
            let (one, other) = make()
            let low = try process.descriptors.install(one)
            let high = try process.descriptors.install(other)
            one.asSocketPair?.installed(at: low, other: high)
            other.asSocketPair?.installed(at: high, other: low)
            return (low, high)
        }
        try thread.memory.store(low.rawValue, at: first)
        try thread.memory.store(high.rawValue, at: second)
    }
}
