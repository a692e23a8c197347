import WasixABI

extension TokenWriter {
    /// `127.0.0.1:80`, `[::1]:80`, `10.0.0.0/8`, `unix:"/run/x"`.
    mutating func address(_ kind: StructKind, _ bytes: GuestBytes) {
        switch kind {
        case .addrIp4: octets4(bytes)
        case .addrIp6:
            octets6(bytes)
            scope(bytes)
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
            if kind != .addrIP { scope(bytes.slice(octets, AddrIp6Layout.size)) }
            if kind == .addrPort { add(.string, "]") }
            suffix(kind, bytes, prefixOffset: AddrCidrLayout.ip6Prefix)
        case .unix:
            add(.string, "unix:")
            let path = bytes.slice(payload, AddrUnixLayout.size).untilNul
            string(path, isCut: payload + path.count == bytes.count && bytes.count < AddrLayout.size, isName: true)
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

    /// `%2`: the interface of an address that means something on one link only. Guests with older headers have
    /// something else behind the sixteen octets.
    private mutating func scope(_ bytes: GuestBytes) {
        guard bytes.count >= AddrIp6Layout.size, bytes.u16(AddrIp6Layout.scopeHigh) == 0,
            let scope = bytes.u16(AddrIp6Layout.scopeLow), scope != 0
        else { return }
        let isOfOneLink = bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80 || bytes[0] == 0xff && 1...2 ~= bytes[1] & 0xf
        if isOfOneLink { add(.string, "%\(scope)") }
    }

    mutating func octets4(_ bytes: GuestBytes) {
        guard bytes.count >= AddrIp4Layout.size else { return unknown() }
        add(.string, AddressText.ip4((0..<4).map { bytes[$0] }))
    }

    mutating func octets6(_ bytes: GuestBytes) {
        guard bytes.count >= AddrIp6BareLayout.size else { return unknown() }
        let groups = (0..<8).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
        add(.string, AddressText.ip6(groups))
    }
}
