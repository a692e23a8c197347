import Trace
import WasixABI

extension TokenWriter {
    /// A `CallNote` in pointed brackets. Any bytes will do.
    mutating func callNote(_ bytes: GuestBytes) {
        typealias Layout = CallNoteLayout
        guard let reason = bytes.u8(Layout.reason).flatMap(CallNote.Reason.init) else { return unknown() }
        switch reason {
        case .none: add(.note, "<>")
        case .noNetwork: add(.note, "<no --net>")
        case .deniedByRule:
            let rule = bytes.slice(Layout.rule, bytes.count)
            let text = String(decoding: (0..<rule.count).map { rule[$0] }, as: UTF8.self)
            add(.note, "<denied by \(StringEscaper.plain(text))>")
        case .noRule: noRule(bytes)
        case .outsideGrants: add(.note, "<leads out of the granted directories>")
        case .missingRight: add(.note, "<not among the descriptor's rights>")
        }
    }

    private mutating func noRule(_ bytes: GuestBytes) {
        typealias Layout = CallNoteLayout
        let transport = bytes.u8(Layout.transport).flatMap(NetworkProtocol.init)
        let direction = bytes.u8(Layout.direction).flatMap(NetworkDirection.init)
        guard let transport, let direction else { return unknown() }
        // Names are only looked up, so no direction there.
        add(.note, "<no rule allows \(transport)\(transport == .dns ? "" : " \(direction)")")
        let address = bytes.slice(Layout.address, AddrIp6BareLayout.size)
        switch bytes.u8(Layout.addressVersion) {
        case 4:
            add(.note, " ")
            octets4(address)
            add(.string, ":\(bytes.u16(Layout.port) ?? 0)")
        case 6:
            add(.note, " ")
            add(.string, "[")
            octets6(address)
            add(.string, "]:\(bytes.u16(Layout.port) ?? 0)")
        default: break
        }
        add(.note, ">")
    }
}
