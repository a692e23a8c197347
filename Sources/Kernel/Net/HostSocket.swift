import CLinux
import Glibc
import WasixABI

/// The host's socket calls in terms of kernel types. They answer as the system call does, a failure as the negative
/// host errno; all are non-blocking because the descriptors are.
enum HostSocket {
    private static let addressSize = socklen_t(MemoryLayout<sockaddr_in>.size)

    @inline(__always)
    private static func answer(_ result: Int) -> Int { result < 0 ? -Int(errno) : result }
    @inline(__always)
    private static func answer(_ result: Int32) -> Int { answer(Int(result)) }

    static func openTcp() -> Int {
        let type = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        return answer(socket(AF_INET, Int32(type), Int32(IPPROTO_TCP)))
    }

    // MARK: data

    @inline(__always)
    static func receive(_ fd: Int32, _ vectors: IoVectors, _ flags: Int32) -> Int {
        if let only = vectors.single { return answer(recv(fd, only.baseAddress, only.count, flags)) }
        var message = msghdr()
        message.msg_iov = vectors.base
        message.msg_iovlen = vectors.count
        return answer(recvmsg(fd, &message, flags))
    }

    @inline(__always)
    static func send(_ fd: Int32, _ vectors: IoVectors) -> Int {
        let flags = Int32(MSG_NOSIGNAL)
        if let only = vectors.single { return answer(Glibc.send(fd, only.baseAddress, only.count, flags)) }
        var message = msghdr()
        message.msg_iov = vectors.base
        message.msg_iovlen = vectors.count
        return answer(sendmsg(fd, &message, flags))
    }

    // MARK: addresses

    static func bind(_ fd: Int32, _ address: SocketAddress) -> Int {
        withHostForm(address) { answer(Glibc.bind(fd, $0, $1)) }
    }

    static func connect(_ fd: Int32, _ address: SocketAddress) -> Int {
        withHostForm(address) { answer(Glibc.connect(fd, $0, $1)) }
    }

    /// Takes back the peer of a socket, or a connection attempt (connect(2), AF_UNSPEC).
    static func disconnect(_ fd: Int32) -> Int {
        var none = sockaddr(sa_family: sa_family_t(AF_UNSPEC), sa_data: sockaddr().sa_data)
        return answer(Glibc.connect(fd, &none, socklen_t(MemoryLayout<sockaddr>.size)))
    }

    static func accept(_ fd: Int32) -> (fd: Int, peer: SocketAddress) {
        let (accepted, peer) = receivingAddress { Glibc.accept(fd, $0, $1) }
        guard accepted >= 0 else { return (accepted, peer) }
        var isOn: Int32 = 1
        ioctl(Int32(accepted), UInt(FIONBIO), &isOn)
        _ = fcntl(Int32(accepted), F_SETFD, FD_CLOEXEC)
        return (accepted, peer)
    }

    static func localAddress(_ fd: Int32) -> (result: Int, address: SocketAddress) {
        receivingAddress { getsockname(fd, $0, $1) }
    }

    static func peerAddress(_ fd: Int32) -> (result: Int, address: SocketAddress) {
        receivingAddress { getpeername(fd, $0, $1) }
    }

    private static func withHostForm(
        _ address: SocketAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int
    ) -> Int {
        withUnsafePointer(to: address.host) { host in
            host.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, addressSize) }
        }
    }

    private static func receivingAddress(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> (Int, SocketAddress) {
        var host = sockaddr_in()
        var size = addressSize
        let result = withUnsafeMutablePointer(to: &host) { host in
            host.withMemoryRebound(to: sockaddr.self, capacity: 1) { answer(body($0, &size)) }
        }
        return (result, SocketAddress(host))
    }

    // MARK: options

    static func set(_ fd: Int32, _ level: Int32, _ name: Int32, _ value: Int32) -> Int {
        var value = value
        return answer(setsockopt(fd, level, name, &value, socklen_t(MemoryLayout<Int32>.size)))
    }

    static func get(_ fd: Int32, _ level: Int32, _ name: Int32) -> (result: Int, value: Int32) {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return (answer(getsockopt(fd, level, name, &value, &size)), value)
    }

    /// What closing does with unsent data: reset the connection, or leave it to the host to send.
    static func setLinger(_ fd: Int32, resets: Bool) -> Int {
        var value = linger(l_onoff: resets ? 1 : 0, l_linger: 0)
        return answer(setsockopt(fd, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size)))
    }

    /// State and queues; nil for what is no TCP socket.
    static func tcpInfo(_ fd: Int32) -> tcp_info? {
        var info = tcp_info()
        var size = socklen_t(MemoryLayout<tcp_info>.size)
        return getsockopt(fd, Int32(IPPROTO_TCP), TCP_INFO, &info, &size) == 0 ? info : nil
    }

    /// Bytes that wait to be read.
    static func readableBytes(_ fd: Int32) -> UInt64 {
        var count: Int32 = 0
        guard ioctl(fd, UInt(FIONREAD), &count) == 0 else { return 0 }
        return UInt64(max(0, count))
    }
}
