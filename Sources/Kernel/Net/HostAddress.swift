import Glibc
import WasixABI

/// An address in the form the host's socket calls take (`sockaddr`), and room for one.
struct HostAddress {
    private var storage = sockaddr_storage()
    private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    /// Room for an answer.
    init() {}

    init(_ address: Inet4Address) {
        var host = sockaddr_in()
        host.sin_family = sa_family_t(AF_INET)
        host.sin_port = address.port.bigEndian
        host.sin_addr.s_addr = address.octets
        self.init(copying: host)
    }

    init(_ address: Inet6Address) {
        var host = sockaddr_in6()
        host.sin6_family = sa_family_t(AF_INET6)
        host.sin6_port = address.port.bigEndian
        host.sin6_flowinfo = address.flow
        host.sin6_scope_id = address.scope
        host.sin6_addr = Self.octets(address)
        self.init(copying: host)
    }

    static func octets(_ address: Inet6Address) -> in6_addr {
        var host = in6_addr()
        withUnsafeMutableBytes(of: &host) {
            $0.storeBytes(of: address.high, as: UInt64.self)
            $0.storeBytes(of: address.low, toByteOffset: 8, as: UInt64.self)
        }
        return host
    }

    /// - Throws: NAMETOOLONG for what the form has no room for.
    init(unix path: [UInt8]) throws(Errno) {
        var host = sockaddr_un()
        host.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: host.sun_path) - 1
        guard path.count <= room else { throw .nametoolong }
        withUnsafeMutableBytes(of: &host.sun_path) { $0.copyBytes(from: path) }
        self.init(copying: host)
    }

    private init<Form>(copying host: Form) {
        withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: host, as: Form.self) }
        length = socklen_t(MemoryLayout<Form>.size)
    }

    /// AF_UNSPEC, which disconnects a socket (connect(2)).
    static let unspecified = HostAddress(copying: sockaddr())

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafeBytes(of: storage) { body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), length) }
    }

    /// Calls `body`, a host call that writes an address, with its memory.
    mutating func fill<Result>(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
    ) -> Result {
        length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &storage) {
            body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
    }

    /// As a guest knows it, with the host's path of a Unix-domain socket; unspecified when there is no address, and for
    /// other families.
    var named: SocketAddress {
        guard length >= MemoryLayout<sa_family_t>.size else { return .unspecified }
        switch Int32(storage.ss_family) {
        case AF_INET:
            let host = form(sockaddr_in.self)
            return .inet4(Inet4Address(octets: host.sin_addr.s_addr, port: UInt16(bigEndian: host.sin_port)))
        case AF_INET6:
            let host = form(sockaddr_in6.self)
            let (high, low) = withUnsafeBytes(of: host.sin6_addr) {
                ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            return .inet6(
                Inet6Address(
                    high: high, low: low, port: UInt16(bigEndian: host.sin6_port), flow: host.sin6_flowinfo,
                    scope: host.sin6_scope_id))
        case AF_UNIX:
            return .unix(unixPath)
        default:
            return .unspecified
        }
    }

    /// The path of a Unix-domain address; empty when it has none, and for a name that is no path (unix(7), abstract).
    var unixPath: [UInt8] {
        let start = MemoryLayout<sa_family_t>.size
        guard Int(length) > start else { return [] }
        return withUnsafeBytes(of: storage) { Array($0[start..<min(Int(length), $0.count)].prefix { $0 != 0 }) }
    }

    private func form<Form>(_ type: Form.Type) -> Form { withUnsafeBytes(of: storage) { $0.load(as: Form.self) } }
}
