import Glibc
import Testing
import WasixABI

@testable import Kernel
@testable import Syscalls

/// Every option of every kind of socket, beside the same on a socket of the host's own.
@Suite struct SocketOptionOracleTests {
    /// Families and types of `sock_open`, and those of `sock_pair`.
    struct Kind: CustomStringConvertible, Sendable {
        let family: UInt64
        let type: UInt64
        var isPair = false
        var description: String { "family \(family), type \(type)\(isPair ? ", a pair" : "")" }

        var hostType: Int32 { Int32(type == 1 ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue) }

        func openHost() -> Int32 {
            guard isPair else { return Glibc.socket([0, AF_INET, AF_INET6, AF_UNIX][Int(family)], hostType, 0) }
            var ends: [Int32] = [0, 0]
            precondition(Glibc.socketpair(AF_UNIX, hostType, 0, &ends) == 0)
            close(ends[1])
            return ends[0]
        }

        func open(_ guest: SocketGuest) -> UInt64 {
            guard isPair else { return guest.socket(family: family, type: type) }
            let (first, second) = guest.pair(type: type)
            #expect(guest.call(.fdClose, second) == .success)
            return first
        }
    }

    static let kinds = [
        Kind(family: 1, type: 1), Kind(family: 1, type: 2), Kind(family: 2, type: 1), Kind(family: 2, type: 2),
        Kind(family: 3, type: 1), Kind(family: 3, type: 2), Kind(family: 3, type: 1, isPair: true),
        Kind(family: 3, type: 2, isPair: true),
    ]

    private static func hostName(_ option: SockOption, _ kind: Kind) -> (Int32, Int32)? {
        let table: [SockOption: (Int32, Int32)] = [
            .reusePort: (SOL_SOCKET, SO_REUSEPORT), .reuseAddress: (SOL_SOCKET, SO_REUSEADDR),
            .noDelay: (Int32(IPPROTO_TCP), TCP_NODELAY), .dontRoute: (SOL_SOCKET, SO_DONTROUTE),
            .onlyV6: (Int32(IPPROTO_IPV6), IPV6_V6ONLY), .broadcast: (SOL_SOCKET, SO_BROADCAST),
            .multicastLoopV4: (Int32(IPPROTO_IP), IP_MULTICAST_LOOP),
            .multicastLoopV6: (Int32(IPPROTO_IPV6), IPV6_MULTICAST_LOOP), .listening: (SOL_SOCKET, SO_ACCEPTCONN),
            .keepAlive: (SOL_SOCKET, SO_KEEPALIVE), .outOfBandInline: (SOL_SOCKET, SO_OOBINLINE),
            .lastError: (SOL_SOCKET, SO_ERROR), .receiveBufferSize: (SOL_SOCKET, SO_RCVBUF),
            .sendBufferSize: (SOL_SOCKET, SO_SNDBUF), .receiveLowWater: (SOL_SOCKET, SO_RCVLOWAT),
            .sendLowWater: (SOL_SOCKET, SO_SNDLOWAT), .multicastTTLV4: (Int32(IPPROTO_IP), IP_MULTICAST_TTL),
            .ttl: kind.family == 2 ? (Int32(IPPROTO_IPV6), IPV6_UNICAST_HOPS) : (Int32(IPPROTO_IP), IP_TTL),
            .type: (SOL_SOCKET, SO_TYPE), .proto: (SOL_SOCKET, SO_PROTOCOL),
        ]
        return table[option]
    }

    private struct Answer: Equatable {
        var errno: Errno
        var value: UInt64 = 0
    }

    private func hostSet(_ fd: Int32, _ name: (Int32, Int32), _ value: Int32) -> Answer {
        var value = value
        let answer = setsockopt(fd, name.0, name.1, &value, socklen_t(MemoryLayout<Int32>.size))
        return Answer(errno: answer == 0 ? .success : .lastHost)
    }

    private func hostGet(_ fd: Int32, _ name: (Int32, Int32)) -> Answer {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(fd, name.0, name.1, &value, &size) == 0 else { return Answer(errno: .lastHost) }
        return Answer(errno: .success, value: UInt64(value))
    }

    @Test(arguments: kinds) func flagsAreTheHosts(kind: Kind) {
        let guest = SocketGuest()
        let (fd, host) = (kind.open(guest), kind.openHost())
        defer { close(host) }
        func get(_ option: SockOption) -> Answer {
            let target = guest.room(1)
            let errno = guest.call(.sockGetOptFlag, fd, UInt64(option.rawValue), target)
            return Answer(errno: errno, value: errno == .success ? UInt64(guest.load(target, as: UInt8.self)) : 0)
        }
        for option in (1...26).map(SockOption.init(rawValue:)) where option.accessor == .flag {
            guard let name = Self.hostName(option, kind) else {
                #expect(get(option).errno == .noprotoopt, "\(option)")
                #expect(guest.call(.sockSetOptFlag, fd, UInt64(option.rawValue), 1) == .noprotoopt, "\(option)")
                continue
            }
            #expect(get(option) == hostGet(host, name), "\(option)")
            for value: UInt64 in [1, 0, 1] {
                let set = Answer(errno: guest.call(.sockSetOptFlag, fd, UInt64(option.rawValue), value))
                #expect(set == hostSet(host, name, Int32(value)), "\(option) \(value)")
                #expect(get(option) == hostGet(host, name), "\(option) \(value)")
            }
        }
    }

    @Test(arguments: kinds) func sizesAreTheHosts(kind: Kind) {
        let guest = SocketGuest()
        let (fd, host) = (kind.open(guest), kind.openHost())
        defer { close(host) }
        func get(_ option: SockOption) -> Answer {
            let target = guest.room(8)
            let errno = guest.call(.sockGetOptSize, fd, UInt64(option.rawValue), target)
            return Answer(errno: errno, value: errno == .success ? guest.load(target) : 0)
        }
        for option in (1...26).map(SockOption.init(rawValue:)) where option.accessor == .size {
            let name = Self.hostName(option, kind)!
            #expect(get(option) == hostGet(host, name), "\(option)")
            for value: UInt64 in [0, 1, 7, 255, 256, 9000, 1 << 30, 1 << 40] {
                let set = Answer(errno: guest.call(.sockSetOptSize, fd, UInt64(option.rawValue), value))
                #expect(set == hostSet(host, name, Int32(clamping: value)), "\(option) \(value)")
                #expect(get(option) == hostGet(host, name), "\(option) \(value)")
            }
        }
    }

    @Test(arguments: kinds) func timesAreKept(kind: Kind) {
        let guest = SocketGuest()
        let fd = kind.open(guest)
        for option in (1...26).map(SockOption.init(rawValue:)) where option.accessor == .time {
            let some = [1, 0, 0, 0, 0, 0, 0, 0] + SocketGuest.little(UInt64(2_000_000_000))
            #expect(guest.call(.sockSetOptTime, fd, UInt64(option.rawValue), guest.put(some)) == .success)
            let target = guest.room(16)
            #expect(guest.call(.sockGetOptTime, fd, UInt64(option.rawValue), target) == .success)
            #expect(guest.bytes(target, 16) == some, "\(option)")
        }
    }
}
