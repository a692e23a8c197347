import Glibc
import WasixABI

extension GuestThread {
    /// What a name stands for, best first, nothing twice. Numbers and "localhost" are answered here, whatever was
    /// granted; for every other name the host is asked, if a rule allows the name. May block; lock held, released
    /// while asleep.
    /// - Throws: NOENT when there is no such name, ACCES, INTR, AGAIN.
    public func resolve(_ name: [UInt8]) throws(Errno) -> [NetworkEndpoint] {
        kernel.assertLocked()
        if let number = NetworkEndpoint(numeric: name) { return [number] }
        guard let name = HostName(name) else { throw .noent }
        let addresses: [NetworkEndpoint]
        if name.isLocalhost {
            try permit(lookingUpLocal: name)
            addresses = [.loopback4(port: 0), .loopback6(port: 0)]
        } else {
            try permit(lookingUp: name)
            addresses = unique(try NameQuery.ask(name, self))
            // All addresses were of families that the guest cannot use.
            guard !addresses.isEmpty else { throw .noent }
        }
        kernel.network.forEachRule(allowing: name) { rule in
            for address in addresses { kernel.resolvedGrants.add(address, rule: rule) }
        }
        return addresses
    }

    private func unique(_ addresses: [NetworkEndpoint]) -> [NetworkEndpoint] {
        var kept: [NetworkEndpoint] = []
        for address in addresses where !kept.contains(address) { kept.append(address) }
        return kept
    }
}

extension NetworkEndpoint {
    /// An address in numbers: what inet_aton(3) takes, as getaddrinfo(3) does, or IPv6.
    init?(numeric text: [UInt8]) {
        guard !text.isEmpty, text.count < Int(INET6_ADDRSTRLEN), text.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            return nil
        }
        let name = String(decoding: text, as: UTF8.self)
        var octets4 = in_addr()
        var octets16: (UInt64, UInt64) = (0, 0)
        if inet_aton(name, &octets4) != 0 {
            self.init(octets4: octets4.s_addr, port: 0)
        } else if inet_pton(AF_INET6, name, &octets16) == 1 {
            self.init(octets16: octets16, port: 0)
        } else {
            return nil
        }
    }
}
