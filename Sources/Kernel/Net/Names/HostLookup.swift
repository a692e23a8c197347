import CLinux
import Glibc
import WasixABI

/// Asks the host what a name stands for. The call may take as long as the network does.
struct HostLookup: Sendable {
    enum Answer: Sendable {
        /// In the order of the host's preference. Ports are 0.
        case addresses([NetworkEndpoint])
        case failed(Errno)
    }

    let ask: @Sendable (HostName) -> Answer

    /// The hosts file and the resolver, as the host is configured: getaddrinfo(3).
    static let system = HostLookup { name in
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        // One entry for each address instead of one for each kind of socket.
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let failure = (name.bytes + [0]).withUnsafeBytes {
            getaddrinfo($0.baseAddress!.assumingMemoryBound(to: CChar.self), nil, &hints, &list)
        }
        guard failure == 0 else { return .failed(errno(of: failure)) }
        defer { freeaddrinfo(list) }
        var addresses: [NetworkEndpoint] = []
        var next = list
        while let entry = next {
            if let own = entry.pointee.ai_addr, let address = NetworkEndpoint(host: own) { addresses.append(address) }
            next = entry.pointee.ai_next
        }
        return .addresses(addresses)
    }

    /// The errno that stands for a failure of getaddrinfo(3). The guest's libc makes EAI_NONAME of each
    /// (WasixABI.docc/Names).
    private static func errno(of failure: Int32) -> Errno {
        switch failure {
        case EAI_AGAIN: .again
        case EAI_MEMORY: .nomem
        case EAI_SYSTEM: .lastHost
        default: .noent
        }
    }
}

extension NetworkEndpoint {
    /// Nil for another family.
    init?(host address: UnsafePointer<sockaddr>) {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            let inet = raw.loadUnaligned(as: sockaddr_in.self)
            self.init(octets4: inet.sin_addr.s_addr, port: UInt16(bigEndian: inet.sin_port))
        case AF_INET6:
            let inet = raw.loadUnaligned(as: sockaddr_in6.self)
            self.init(
                octets16: unsafeBitCast(inet.sin6_addr, to: (UInt64, UInt64).self),
                port: UInt16(bigEndian: inet.sin6_port))
        default: return nil
        }
    }
}
