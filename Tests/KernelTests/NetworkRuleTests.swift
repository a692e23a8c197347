import Glibc
import Testing
import Trace

@testable import Kernel

@Suite struct NetworkRuleTests {
    private func endpoint(_ address: String, _ port: UInt16) throws -> NetworkEndpoint {
        let numeric = try #require(NetworkEndpoint(numeric: Array(address.utf8)))
        return NetworkEndpoint(address: numeric.address, port: port)
    }

    private func verdict(
        _ rules: String, _ direction: NetworkDirection, _ transport: NetworkProtocol, _ address: String, _ port: UInt16
    ) throws -> NetworkPolicy.Verdict {
        try NetworkPolicy(parsing: rules).verdict(direction, transport, endpoint(address, port))
    }

    private struct Row: CustomTestStringConvertible {
        let rules: String
        let direction: NetworkDirection
        let transport: NetworkProtocol
        let address: String
        let port: UInt16
        let expected: NetworkPolicy.Verdict

        init(
            _ rules: String, _ direction: NetworkDirection, _ transport: NetworkProtocol, _ address: String,
            _ port: UInt16, _ expected: NetworkPolicy.Verdict
        ) {
            self.rules = rules
            self.direction = direction
            self.transport = transport
            self.address = address
            self.port = port
            self.expected = expected
        }

        var testDescription: String { "\(rules) \(direction) \(transport) \(address) \(port)" }
    }

    private static let rows = [
        // wasmer's own examples of the grammar
        Row("ipv4:allow=127.0.0.1/24:80/in", .in, .tcp, "127.0.0.77", 80, .allowed),
        Row("ipv4:allow=127.0.0.1/24:80/in", .in, .tcp, "127.0.1.1", 80, .noRule),
        Row("ipv4:allow=127.0.0.1/24:80/in", .out, .tcp, "127.0.0.1", 80, .noRule),
        Row("ipv4:allow=127.0.0.1/24:80/in", .in, .tcp, "127.0.0.1", 81, .noRule),
        Row("ipv4:deny={127.0.0.1/24, 192.168.1.1/24}:{80, 443}", .out, .tcp, "192.168.1.9", 443, .denied(by: 3)),
        Row(
            "ipv4:allow=*:*,ipv4:deny={127.0.0.1, 192.168.1.0/24}:{8, 80}/in", .in, .udp, "192.168.1.5", 80,
            .denied(by: 4)),
        Row("ipv6:allow={3001:db8::, 2001:db8::/32}:{80, 8080}/in", .in, .tcp, "2001:db8:ffff::1", 8080, .allowed),
        Row("ipv6:allow={3001:db8::, 2001:db8::/32}:{80, 8080}/in", .in, .tcp, "3001:db8::1", 8080, .noRule),
        Row("ipv6:allow=[2001:db8::1]:80", .out, .tcp, "2001:db8::1", 80, .allowed),
        Row("ipv6:allow=[2001:db8::/32]:*/out", .out, .udp, "2001:db8::9", 1, .allowed),
        Row("ipv6:allow=[2001:db8::]/32:*/out", .out, .udp, "2001:db8::9", 1, .allowed),
        // white space does not count
        Row(" ipv4:allow={ 10.0.0.1 ,\n10.0.0.2 }:{ 1-2 , 9 } ", .out, .tcp, "10.0.0.2", 9, .allowed),
        // a denial wins wherever it stands
        Row("ipv4:deny=10.0.0.0/8:*/out,ipv4:allow=*:*", .out, .tcp, "10.1.2.3", 80, .denied(by: 0)),
        Row("ipv4:allow=*:*,ipv4:deny=10.0.0.0/8:*/out", .out, .tcp, "10.1.2.3", 80, .denied(by: 1)),
        Row("ipv4:allow=*:*,ipv4:deny=10.0.0.0/8:*/out", .in, .tcp, "10.1.2.3", 80, .allowed),
        // a denial alone allows nothing
        Row("ipv4:deny=10.0.0.0/8:*", .out, .tcp, "11.0.0.1", 80, .noRule),
        // transports
        Row("tcp:allow=*:80", .out, .tcp, "1.2.3.4", 80, .allowed),
        Row("tcp:allow=*:80", .out, .tcp, "2001:db8::1", 80, .allowed),
        Row("tcp:allow=*:80", .out, .udp, "1.2.3.4", 80, .noRule),
        Row("udp:allow=[fe80::]/10:*", .out, .udp, "fe80::1", 5353, .allowed),
        Row("udp:allow=2001:db8::/32:53/out", .out, .udp, "2001:db8::53", 53, .allowed),
        Row("udp:allow={10.0.0.0/8, [2001:db8::1]}:53/out", .out, .udp, "10.9.9.9", 53, .allowed),
        Row("udp:allow={10.0.0.0/8, [2001:db8::1]}:53/out", .out, .udp, "2001:db8::1", 53, .allowed),
        // one version's "all" is not the other's
        Row("ipv4:allow=*:*", .out, .tcp, "2001:db8::1", 80, .noRule),
        Row("ipv6:allow=*:*", .out, .tcp, "1.2.3.4", 80, .noRule),
        Row("ipv6:allow=::/0:*", .out, .tcp, "1.2.3.4", 80, .noRule),
        // an IPv4 address in IPv6's clothes is an IPv4 address
        Row("ipv6:allow=*:*", .out, .tcp, "::ffff:1.2.3.4", 80, .noRule),
        Row("ipv6:allow=::/0:*", .out, .tcp, "::ffff:1.2.3.4", 80, .noRule),
        Row("ipv6:allow=::/64:*", .out, .tcp, "::ffff:1.2.3.4", 80, .noRule),
        Row("ipv6:allow=::/32:*", .out, .tcp, "::ffff:1.2.3.4", 80, .noRule),
        Row("ipv4:allow=1.2.3.4:80", .out, .tcp, "::ffff:1.2.3.4", 80, .allowed),
        Row("ipv6:allow=*:*,ipv4:allow=*:*,ipv4:deny=10.0.0.0/8:*", .out, .tcp, "::ffff:10.0.0.1", 80, .denied(by: 2)),
        Row("ipv6:deny=::ffff:10.0.0.0/104:*,ipv4:allow=*:*", .out, .tcp, "10.0.0.1", 80, .denied(by: 0)),
        // "any address" as a target is this host
        Row("ipv4:allow=*:*,ipv4:deny=127.0.0.0/8:*/out", .out, .tcp, "0.0.0.0", 80, .denied(by: 1)),
        Row("ipv4:allow=127.0.0.1:80/out", .out, .tcp, "0.0.0.0", 80, .allowed),
        Row("ipv4:allow=0.0.0.0:80/out", .out, .tcp, "0.0.0.0", 80, .noRule),
        Row("ipv6:allow=*:*,ipv6:deny=::1:*", .out, .tcp, "::", 80, .noRule),
        Row("ipv4:allow=*:*,ipv6:allow=*:*,ipv6:deny=::1:*", .out, .tcp, "::", 80, .denied(by: 2)),
        Row("ipv4:allow=*:*,ipv6:allow=*:*,ipv4:deny=127.0.0.1:*", .out, .udp, "::", 80, .denied(by: 2)),
        Row("ipv4:allow=*:*,ipv6:allow=*:*,ipv4:deny=127.0.0.1:*", .out, .udp, "::ffff:0.0.0.0", 80, .denied(by: 2)),
        Row("tcp:allow=*:*", .out, .tcp, "::", 80, .allowed),
        // as an address to listen on it stands for every one
        Row("ipv4:allow=0.0.0.0:80", .in, .tcp, "0.0.0.0", 80, .allowed),
        Row("ipv4:allow=0.0.0.0:80/in", .in, .tcp, "192.168.0.1", 80, .allowed),
        Row("ipv4:allow=0.0.0.0:80", .out, .tcp, "192.168.0.1", 80, .noRule),
        Row("tcp:allow=[::]:80", .in, .tcp, "2001:db8::1", 80, .allowed),
        Row("tcp:allow=[::]:80", .in, .tcp, "::ffff:1.2.3.4", 80, .noRule),
        Row("ipv4:allow=*:*,ipv4:deny=0.0.0.0:*", .in, .tcp, "0.0.0.0", 80, .denied(by: 1)),
        Row("ipv4:allow=*:*,ipv4:deny=0.0.0.0:*", .in, .tcp, "192.168.0.1", 80, .allowed),
        Row("ipv4:allow=127.0.0.0/8:*", .in, .tcp, "0.0.0.0", 80, .noRule),
        // port 0 is the one that the host chooses
        Row("tcp:allow=*:1-65535/in", .in, .tcp, "0.0.0.0", 0, .noRule),
        Row("tcp:allow=*:*/in", .in, .tcp, "0.0.0.0", 0, .allowed),
        // names and paths are not addresses
        Row("dns:allow=*:*,unix:allow=*", .out, .tcp, "1.2.3.4", 80, .noRule),
    ]

    @Test(arguments: rows) private func aVerdict(_ row: Row) throws {
        let verdict = try verdict(row.rules, row.direction, row.transport, row.address, row.port)
        #expect(verdict == row.expected)
    }

    @Test func withoutRulesAllOrNothing() throws {
        let target = try endpoint("10.0.0.1", 80)
        #expect(NetworkPolicy.denied.verdict(.out, .tcp, target) == .noNetwork)
        #expect(NetworkPolicy.granted.verdict(.out, .tcp, target) == .allowed)
        #expect(NetworkPolicy.granted.verdict(.in, .udp, try endpoint("::", 0)) == .allowed)
        #expect(NetworkPolicy.denied.verdict(HostName(Array("a".utf8))!) == .noNetwork)
    }

    /// Every prefix length, at both ends of its range and one beyond each.
    @Test(arguments: [true, false]) func aRangeEndsWhereItsPrefixSays(isV4: Bool) throws {
        var random = SystemRandomNumberGenerator()
        for prefix in 0...(isV4 ? 32 : 128) {
            let bits = isV4 ? 32 : 128
            let host: UInt128 = prefix == bits ? 0 : UInt128.max >> UInt128(128 - bits + prefix)
            var address = UInt128(random.next() as UInt64) << 64 | UInt128(random.next() as UInt64)
            address = isV4 ? address & 0xffff_ffff : address | 0xffff << 32
            let first = address & ~host
            let last = address | host
            let text = text(address, isV4) + "/\(prefix)"
            let policy = try NetworkPolicy(parsing: "\(isV4 ? "ipv4" : "ipv6"):allow=\(text):80/in")
            func isInside(_ value: UInt128) -> Bool {
                let address = isV4 ? NetworkEndpoint.v4Prefix | value : value
                return policy.verdict(.in, .tcp, NetworkEndpoint(address: address, port: 80)) == .allowed
            }
            #expect(isInside(first) && isInside(last) && isInside(address), "\(text)")
            if prefix > 0 {
                let most: UInt128 = isV4 ? 0xffff_ffff : .max
                if first > 0 { #expect(!isInside(first - 1), "below \(text)") }
                if last < most { #expect(!isInside(last + 1), "above \(text)") }
            }
        }
    }

    @Test(arguments: [(0, 0), (0, 65535), (80, 80), (1, 1024), (65535, 65535), (1024, 65534)])
    func aPortRangeIncludesItsEnds(first: Int, last: Int) throws {
        let policy = try NetworkPolicy(parsing: "tcp:allow=*:\(first)-\(last)/in")
        for port in [first - 1, first, (first + last) / 2, last, last + 1] where 0...65535 ~= port {
            let verdict = policy.verdict(.in, .tcp, NetworkEndpoint(address: 7, port: UInt16(port)))
            #expect((verdict == .allowed) == (first...last ~= port), "\(port)")
        }
    }

    private func text(_ address: UInt128, _ isV4: Bool) -> String {
        if isV4 { return (0..<4).map { String(address >> UInt128(24 - 8 * $0) & 0xff) }.joined(separator: ".") }
        return (0..<8).map { String(address >> UInt128(112 - 16 * $0) & 0xffff, radix: 16) }.joined(separator: ":")
    }

    // MARK: names and paths

    @Test(arguments: [
        ("dns:allow=example.com:*", "example.com", true), ("dns:allow=example.com:*", "www.example.com", false),
        ("dns:allow=example.com:*", "EXAMPLE.com.", true), ("dns:allow=Example.COM:*", "example.com", true),
        ("dns:allow=*.example.com:443", "a.b.example.com", true), ("dns:allow=*.example.com:443", "example.com", false),
        ("dns:allow=*:*", "anything", true), ("dns:allow={a.com, *.b.com}:{80, 100-200}", "sub.b.com", true),
        ("dns:allow=*:*,dns:deny=*.corp:*", "db.CORP", false), ("ipv4:allow=*:*", "example.com", false),
    ]) func aNameIsLookedUpWhenARuleAllowsIt(rules: String, name: String, isAllowed: Bool) throws {
        let policy = try NetworkPolicy(parsing: rules)
        let name = try #require(HostName(Array(name.utf8)))
        #expect((policy.verdict(name) == .allowed) == isAllowed)
    }

    @Test(arguments: [
        ("unix:allow=/run/a.sock", "/run/a.sock", true, true), ("unix:allow=/run/a.sock", "/run/a", false, false),
        ("unix:allow=/run/*:*/in", "/run/x", true, false), ("unix:allow=/run/*:*/out", "/run/x", false, true),
        ("unix:allow=/run/*", "/running", false, false), ("unix:allow=*", "/any", true, true),
        ("unix:allow=*,unix:deny=/var/*", "/var/run/x", false, false), ("unix:allow={/a,/b/*}", "/b/c", true, true),
        ("tcp:allow=*:*", "/run/x", false, false),
    ]) func aPathIsReachedWhenARuleAllowsIt(rules: String, path: String, isIn: Bool, isOut: Bool) throws {
        let policy = try NetworkPolicy(parsing: rules)
        Array(path.utf8).withUnsafeBytes { path in
            #expect((policy.verdict(.in, path: path) == .allowed) == isIn)
            #expect((policy.verdict(.out, path: path) == .allowed) == isOut)
        }
    }

    // MARK: what is no rule

    @Test(arguments: [
        ("", 1, "a rule is missing"), ("ipv4:allow=*:*,", 16, "a rule is missing"),
        ("all", 1, "a rule begins with"), ("ip4:allow=*:*", 1, "a rule begins with"),
        ("tcp:permit=*:*", 5, "allow= or deny="), ("tcp:allow", 5, "allow= or deny="),
        ("tcp:allow=", 11, "a port is missing"), ("ipv4:allow=10.0.0.1", 12, "a port is missing"),
        ("ipv4:allow=10.0.0.256:80", 12, "'10.0.0.256' is no IPv4 address"),
        ("ipv4:allow=10.0.1:80", 12, "no IPv4 address"), ("ipv4:allow=[10.0.0.1]:80", 12, "no IPv4 address"),
        ("ipv4:allow=*:80,ipv6:deny=10.0.0.1:80", 27, "no IPv6 address"),
        ("ipv4:allow=10.0.0.0/33:80", 21, "no length of a prefix (0 to 32)"),
        ("ipv4:allow=10.0.0.0/:80", 21, "no length of a prefix"),
        ("ipv6:allow=[::1]/129:80", 18, "no length of a prefix (0 to 128)"),
        ("tcp:allow=*:65536", 13, "'65536' is neither a port"), ("tcp:allow=*:9-8", 13, "neither a port"),
        ("tcp:allow=*:", 13, "neither a port"), ("tcp:allow=*:{80,}", 17, "neither a port"),
        ("tcp:allow=*:-1", 13, "neither a port"), ("tcp:allow=*:80/sideways", 16, "'in' or 'out'"),
        ("tcp:allow={1.2.3.4:80", 11, "the list does not end"), ("tcp:allow={1.2.3.4,,::1}:80", 20, "no IPv4 address"),
        ("dns:allow=exa mple.com:80", 11, "is no name"), ("dns:allow=*:80/in", 16, "only looked up"),
        ("dns:allow=a*b.com:80", 11, "is no name"), ("unix:allow=run/x", 12, "no absolute path"),
        ("unix:allow=/run/x:80", 19, "a path has no port"), ("tcp:allow=\u{1b}[2J:80", 11, "no IPv4 address"),
    ]) func whatIsNoRuleIsToldWithItsPlace(rules: String, place: Int, message: String) throws {
        let error = try #require(throws: NetworkRuleError.self) { try NetworkPolicy(parsing: rules) }
        #expect(error.place == place)
        #expect(error.message.contains(message), "\(error.message)")
    }

    @Test func anErrorNamesItsRule() throws {
        let error = try #require(throws: NetworkRuleError.self) {
            try NetworkPolicy(parsing: "ipv4:allow=*:80, udp:allow=*:x ,dns:allow=*:*")
        }
        #expect(error.description.hasPrefix("in 'udp:allow=*:x', character 30: 'x' is neither a port"))
    }

    /// Whatever is written there, the answer is rules or one error.
    @Test func anyTextIsRulesOrAnError() {
        var random = SystemRandomNumberGenerator()
        let words = [
            "ipv4:", "tcp:", "unix:", "dns:", "allow=", "deny=", "{", "}", "[", "]", ":", ",", "/", "*", "80", "-",
            "::1",
            "10.0.0.1", "in", " ", "\0", "é",
        ]
        for _ in 0..<5_000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in words.randomElement(using: &random)! }
            _ = try? NetworkPolicy(parsing: text.joined())
        }
    }
}
