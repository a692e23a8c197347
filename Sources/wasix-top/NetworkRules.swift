import ArgumentParser
import Kernel

/// `--net` with a value. The parser knows options with and without one, but none that can be both, so the value
/// travels under another name.
struct NetworkRules: ExpressibleByArgument {
    static let option = "net-rules"
    private static let prefix = "--net="

    let text: String

    init?(argument: String) { text = argument }

    /// `--net=RULES` as the parser understands it. An empty value becomes a space: the parser would take the next
    /// argument in its place.
    static func normalize(_ options: [String]) -> [String] {
        options.map { option in
            guard option.hasPrefix(prefix) else { return option }
            let rules = option.dropFirst(prefix.count)
            return "--\(Self.option)=\(rules.isEmpty ? " " : rules)"
        }
    }

    static let help = """
        RULES are as wasmer's: KIND:allow=ITEMS:PORTS[/in|/out], or deny, with commas between them. An attempt needs a \
        rule that allows it and none that denies it. KIND is ipv4, ipv6, tcp, udp, dns or unix. ITEMS is an address, \
        ADDRESS/BITS, a name, *.DOMAIN, a path, START* or *; PORTS a number, FIRST-LAST or *; both can be lists in \
        braces. 'in' is binding, listening and accepting (the address is the guest's own), 'out' connecting and \
        sending. Example: --net='ipv4:allow=10.0.0.0/8:{80,443}/out,dns:allow=*.example.com:443'
        """
}

extension GuestArguments {
    /// Several `--net=` add up.
    /// - Throws: a usage error that names the rule and the place in it.
    func network() throws -> NetworkPolicy {
        guard !networkRules.isEmpty else { return isNetworkGranted ? .granted : .denied }
        guard !isNetworkGranted else {
            throw ValidationError("--net grants everything: it cannot stand beside --net=RULES")
        }
        do throws(NetworkRuleError) {
            return try NetworkPolicy(parsing: ArgumentText.decode(networkRules.map(\.text).joined(separator: ",")))
        } catch {
            throw ValidationError("--net: \(error.description)")
        }
    }

    func validate() throws { _ = try network() }
}
