import WasixABI

extension TokenWriter {
    /// `127.0.0.1:80`, `[::1]:80`, `10.0.0.0/8`, `unix:"/run/x"`.
    mutating func address(_ kind: StructKind, _ bytes: GuestBytes) {
        switch kind {
        case .addrIp4: octets4(bytes)
        case .addrIp6: octets6(bytes)
        default: tagged(kind, bytes)
        }
    }

    mutating func route(_ bytes: GuestBytes) {
        typealias Layout = RouteLayout
        let time = OptionTimestampLayout.size
        open("{")
        field("cidr")
        address(.addrCidr, bytes.slice(Layout.cidr, AddrCidrLayout.size))
        field("via_router")
        address(.addr, bytes.slice(Layout.viaRouter, AddrLayout.size))
        field("preferred_until")
        optionTimestamp(bytes.slice(Layout.preferredUntil, time), none: "NONE")
        field("expires_at")
        optionTimestamp(bytes.slice(Layout.expiresAt, time), none: "NONE")
        closeStructure(bytes, size: Layout.size)
    }

    mutating func hardwareAddress(_ bytes: GuestBytes) {
        guard bytes.count >= HardwareAddressLayout.size else { return unknown() }
        let octets = (0..<HardwareAddressLayout.size).map {
            String(bytes[$0] >> 4, radix: 16) + String(bytes[$0] & 15, radix: 16)
        }
        add(.string, octets.joined(separator: ":"))
    }

    private mutating func tagged(_ kind: StructKind, _ bytes: GuestBytes) {
        // The tags of all four unions stand at 0 and their payloads at 2.
        guard let tag = bytes.u8(AddrLayout.tag) else { return unknown() }
        let payload = AddrLayout.payload
        let octets = kind == .addrPort ? AddrPortLayout.address : payload
        switch AddressFamily(rawValue: tag) {
        case .inet4:
            octets4(bytes.slice(octets, AddrIp4Layout.size))
            suffix(kind, bytes, prefixOffset: AddrCidrLayout.ip4Prefix)
        case .inet6:
            if kind == .addrPort { add(.string, "[") }
            octets6(bytes.slice(octets, AddrIp6BareLayout.size))
            if kind == .addrPort { add(.string, "]") }
            suffix(kind, bytes, prefixOffset: AddrCidrLayout.ip6Prefix)
        case .unix:
            add(.string, "unix:")
            let path = bytes.slice(payload, AddrUnixLayout.size).untilNul
            string(path, isCut: payload + path.count == bytes.count && bytes.count < AddrLayout.size)
        case .unspecified:
            constant(UInt64(tag), .addressFamily)
        default:
            tagged(tag)
        }
    }

    /// The port, or the length of the network prefix.
    private mutating func suffix(_ kind: StructKind, _ bytes: GuestBytes, prefixOffset: Int) {
        if kind == .addrPort {
            add(.string, ":" + (bytes.u16(AddrPortLayout.port).map { String($0) } ?? "?"))
        } else if kind == .addrCidr {
            add(.string, "/" + (bytes.u8(prefixOffset).map { String($0) } ?? "?"))
        }
    }

    private mutating func octets4(_ bytes: GuestBytes) {
        guard bytes.count >= AddrIp4Layout.size else { return unknown() }
        add(.string, (0..<4).map { String(bytes[$0]) }.joined(separator: "."))
    }

    private mutating func octets6(_ bytes: GuestBytes) {
        guard bytes.count >= AddrIp6BareLayout.size else { return unknown() }
        let groups = (0..<8).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
        add(.string, Self.ip6Text(groups))
    }

    /// RFC 5952: lower case, and the first longest run of at least two zero groups becomes `::`.
    private static func ip6Text(_ groups: [UInt16]) -> String {
        var best = 0..<0
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count && groups[end] == 0 { end += 1 }
            if end - start > max(best.count, 1) { best = start..<end }
            start = max(end, start + 1)
        }
        func text(_ part: ArraySlice<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard !best.isEmpty else { return text(groups[...]) }
        return text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
    }
}
