import CLinux
import Glibc
import Trace
import WasixABI

/// The host's socket calls in terms of kernel types. Those whose failures mean different things to their callers answer
/// as the system call does, a failure as the negative host errno; the others throw it. All are non-blocking because the
/// descriptors are.
enum HostNet {
    /// A new socket with the default protocol of its family and type.
    static func open(_ family: AddressFamily, _ type: SockType) throws(Errno) -> Int32 {
        let domain =
            switch family {
            case .inet4: AF_INET
            case .inet6: AF_INET6
            default: AF_UNIX
            }
        let kind = type == .stream ? SOCK_STREAM : SOCK_DGRAM
        return Int32(
            try HostCall.value(.socket) {
                socket(domain, Int32(kind.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
            })
    }

    // MARK: data

    @inline(__always)
    static func receive(_ fd: Int32, _ vectors: IoVectors, _ flags: Int32) -> Int {
        if let only = vectors.single {
            return HostCall.answer(.receive) { recv(fd, only.baseAddress, only.count, flags) }
        }
        var message = msghdr()
        message.msg_iov = vectors.base
        message.msg_iovlen = vectors.count
        return HostCall.answer(.receive) { recvmsg(fd, &message, flags) }
    }

    /// One datagram, and the flags it came with.
    static func receive(
        _ fd: Int32, _ vectors: IoVectors, _ flags: Int32, from sender: inout HostAddress
    ) -> (answer: Int, flags: Int32) {
        var message = msghdr()
        message.msg_iov = vectors.base
        message.msg_iovlen = vectors.count
        let result = sender.fill { name, size in
            message.msg_name = UnsafeMutableRawPointer(name)
            message.msg_namelen = size.pointee
            let result = HostCall.answer(.receive) { recvmsg(fd, &message, flags) }
            size.pointee = message.msg_namelen
            return result
        }
        return (result, message.msg_flags)
    }

    /// One datagram.
    static func send(_ fd: Int32, _ vectors: IoVectors, to address: HostAddress?) -> Int {
        var message = msghdr()
        message.msg_iov = vectors.base
        message.msg_iovlen = vectors.count
        guard let address else { return HostCall.answer(.send) { sendmsg(fd, &message, Int32(MSG_NOSIGNAL)) } }
        return address.withPointer { name, size in
            message.msg_name = UnsafeMutableRawPointer(mutating: name)
            message.msg_namelen = size
            return HostCall.answer(.send) { sendmsg(fd, &message, Int32(MSG_NOSIGNAL)) }
        }
    }

    @inline(__always)
    static func send(_ fd: Int32, _ vectors: IoVectors) -> Int {
        let flags = Int32(MSG_NOSIGNAL)
        if let only = vectors.single {
            return HostCall.answer(.send) { Glibc.send(fd, only.baseAddress, only.count, flags) }
        }
        var message = msghdr()
        message.msg_iov = vectors.base
        message.msg_iovlen = vectors.count
        return HostCall.answer(.send) { sendmsg(fd, &message, flags) }
    }

    /// Bytes of a file, `count` at most from `offset` on, to a socket (`.send`) or to another file (`.write`).
    static func sendFile(_ kind: HostCall.Kind, _ fd: Int32, from file: Int32, _ offset: Int64, _ count: Int) -> Int {
        HostCall.repeating(kind) { cl_sendfile(fd, file, offset, count) }
    }

    // MARK: addresses

    static func bind(_ fd: Int32, _ address: HostAddress) throws(Errno) {
        let answer = address.withPointer { name, size in HostCall.answer(.bind) { Glibc.bind(fd, name, size) } }
        try HostCall.value(of: answer)
    }

    static func connect(_ fd: Int32, _ address: HostAddress) -> Int {
        address.withPointer { name, size in HostCall.answer(.connect) { Glibc.connect(fd, name, size) } }
    }

    static func listen(_ fd: Int32, _ backlog: Int32) throws(Errno) {
        try HostCall.value(.bind) { Glibc.listen(fd, backlog) }
    }

    static func shutDown(_ fd: Int32, _ how: Int32) throws(Errno) {
        try HostCall.value(.option) { Glibc.shutdown(fd, how) }
    }

    static func accept(_ fd: Int32) -> (fd: Int, peer: HostAddress) {
        var peer = HostAddress()
        let accepted = peer.fill { name, size in HostCall.answer(.accept) { cl_accept(fd, name, size) } }
        guard accepted >= 0 else { return (accepted, peer) }
        return (accepted, peer)
    }

    static func setNonBlocking(_ fd: Int32) {
        var isOn: Int32 = 1
        _ = ioctl(fd, UInt(FIONBIO), &isOn)
    }

    static func localAddress(_ fd: Int32) throws(Errno) -> HostAddress {
        var address = HostAddress()
        let answer = address.fill { name, size in HostCall.answer(.option) { getsockname(fd, name, size) } }
        try HostCall.value(of: answer)
        return address
    }

    static func peerAddress(_ fd: Int32) throws(Errno) -> HostAddress {
        var address = HostAddress()
        let answer = address.fill { name, size in HostCall.answer(.option) { getpeername(fd, name, size) } }
        try HostCall.value(of: answer)
        return address
    }

    // MARK: options

    static func set<Value>(_ fd: Int32, _ level: Int32, _ name: Int32, _ value: Value) throws(Errno) {
        let answer = withUnsafePointer(to: value) { value in
            HostCall.answer(.option) { setsockopt(fd, level, name, value, socklen_t(MemoryLayout<Value>.size)) }
        }
        try HostCall.value(of: answer)
    }

    static func get(_ fd: Int32, _ level: Int32, _ name: Int32) throws(Errno) -> Int32 {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        try HostCall.value(.option) { getsockopt(fd, level, name, &value, &size) }
        return value
    }

    /// The buffer that a Unix-domain socket gets when it asks for `bytes`; nil when no socket can be had.
    static func unixBufferSize(isSending: Bool, _ bytes: Int32) -> Int? {
        guard let fd = try? open(.unix, .stream) else { return nil }
        defer { close(fd) }
        let name = isSending ? SO_SNDBUF : SO_RCVBUF
        do throws(Errno) {
            try set(fd, SOL_SOCKET, name, bytes)
            return Int(try get(fd, SOL_SOCKET, name))
        } catch {
            return nil
        }
    }

    /// State and queues; nil for what is no TCP socket.
    static func tcpInfo(_ fd: Int32) -> tcp_info? {
        var info = tcp_info()
        var size = socklen_t(MemoryLayout<tcp_info>.size)
        return getsockopt(fd, Int32(IPPROTO_TCP), TCP_INFO, &info, &size) == 0 ? info : nil
    }

    /// Connections that a Unix-domain listener has not accepted, and its backlog; nil where the host cannot tell.
    static func unixAcceptQueue(_ fd: Int32) -> QueueLevel? {
        var waiting: UInt32 = 0
        var backlog: UInt32 = 0
        guard cl_unix_accept_queue(fd, &waiting, &backlog) else { return nil }
        return QueueLevel(used: UInt64(waiting), capacity: UInt64(backlog))
    }

    /// Bytes that wait to be read; of datagrams those of the next one.
    static func readableBytes(_ fd: Int32) -> UInt64 { queue(fd, UInt(FIONREAD)) }

    /// Bytes that were sent and have not left, or have not arrived.
    static func unsentBytes(_ fd: Int32) -> UInt64 { queue(fd, UInt(TIOCOUTQ)) }

    private static func queue(_ fd: Int32, _ request: UInt) -> UInt64 {
        var count: Int32 = 0
        guard ioctl(fd, request, &count) == 0 else { return 0 }
        return UInt64(max(0, count))
    }
}
