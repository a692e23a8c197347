import ArgumentParser
@preconcurrency import Glibc
import Kernel
import Runtime

/// Where listening sockets come from.
extension GuestListener {
    /// `ADDRESS:PORT`, as wasmtime's `--tcplisten`; an IPv6 address stands in brackets.
    static func parse(_ text: String) throws -> GuestListener {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
            let address = SocketAddress(text[..<colon], port: port)
        else { throw ValidationError("expected ADDRESS:PORT") }
        return .address(address)
    }

    /// The sockets that the program was started with (sd_listen_fds(3)): LISTEN_FDS of them from descriptor 3 on, if
    /// LISTEN_PID says that they are for this process.
    static func activated() throws -> [GuestListener] {
        guard let pid = getenv("LISTEN_PID"), pid_t(String(cString: pid)) == getpid() else {
            throw Failure("--listenfd: no sockets were handed in (LISTEN_PID is not this process)")
        }
        guard let count = getenv("LISTEN_FDS").flatMap({ Int32(String(cString: $0)) }), 0...1000 ~= count else {
            throw Failure("--listenfd: LISTEN_FDS is not a number of descriptors")
        }
        return try (3..<3 + count).map { fd in
            guard isTcpListener(fd) else { throw Failure("--listenfd: descriptor \(fd) is no listening TCP socket") }
            _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
            return .hostDescriptor(fd)
        }
    }

    private static func isTcpListener(_ fd: Int32) -> Bool {
        option(fd, SO_ACCEPTCONN) == 1 && option(fd, SO_PROTOCOL) == Int32(IPPROTO_TCP)
    }

    private static func option(_ fd: Int32, _ name: Int32) -> Int32? {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }
}

extension SocketAddress {
    /// An address in numbers.
    fileprivate init?(_ text: Substring, port: UInt16) {
        if text.hasPrefix("["), text.hasSuffix("]") {
            var octets = in6_addr()
            guard inet_pton(AF_INET6, String(text.dropFirst().dropLast()), &octets) == 1 else { return nil }
            let (high, low) = unsafeBitCast(octets, to: (UInt64, UInt64).self)
            self = .inet6(Inet6Address(high: high, low: low, port: port))
        } else {
            var octets = in_addr()
            guard inet_pton(AF_INET, String(text), &octets) == 1 else { return nil }
            self = .inet4(Inet4Address(octets: octets.s_addr, port: port))
        }
    }
}
