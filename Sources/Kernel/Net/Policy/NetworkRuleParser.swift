import Glibc
import Trace

/// Why a text could not be read as a set of rules.
public struct NetworkRuleError: Error, Equatable {
    /// The rule that is wrong, as it was written.
    public let rule: String
    /// Where in the whole text, counted from 1.
    public let place: Int
    public let message: String

    /// One line.
    public var description: String { "in '\(rule)', character \(place): \(message)" }
}

/// Reads rules as wasmer's `--net=` takes them, with kinds of our own beside:
///
/// ```text
/// RULES     = rule {"," rule}
/// rule      = kind ":" ("allow" | "deny") "=" subject
/// subject   = items ":" ports ["/" ("in" | "out")]        without a direction: both
/// kind      = "ipv4" | "ipv6"                             TCP and UDP
///           | "tcp" | "udp"                               over IPv4 and IPv6
///           | "dns"                                       look up names, and connect to what they stand for
///           | "unix"                                      paths; ":*" may be left out
/// items     = item | "{" item {"," item} "}"
/// item      = address | address "/" bits | "*"            an IPv6 item may stand in brackets
///           | name | "*." domain                          of dns
///           | path | start "*"                            of unix
/// ports     = port | "{" port {"," port} "}"
/// port      = number | number "-" number | "*"
/// ```
///
/// White space around rules and items does not count.
struct NetworkRuleParser {
    enum Kind: String, CaseIterable {
        case ipv4, ipv6, tcp, udp, dns, unix
    }

    /// One item of a list, with what it is allowed or denied for.
    struct Item {
        let directions: NetworkRule.Directions
        let range: AddressRange
        let pattern: NetworkRule.Pattern

        init(_ directions: NetworkRule.Directions, range: AddressRange) {
            self.directions = directions
            self.range = range
            pattern = .all
        }

        init(_ directions: NetworkRule.Directions, pattern: NetworkRule.Pattern) {
            self.directions = directions
            range = .allV6
            self.pattern = pattern
        }
    }

    typealias Text = ArraySlice<UInt8>

    private let text: [UInt8]

    init(_ text: ByteString) { self.text = text.bytes }

    func parse() throws(NetworkRuleError) -> [NetworkRule] {
        var rules: [NetworkRule] = []
        for part in split(text[...]) { rules += try Self.rules(Self.trim(part)) }
        return rules
    }

    private static func rules(_ rule: Text) throws(NetworkRuleError) -> [NetworkRule] {
        guard !rule.isEmpty else { throw error(rule, at: rule, "a rule is missing") }
        guard let colon = rule.firstIndex(of: UInt8(ascii: ":")),
            let kind = Kind(rawValue: String(decoding: rule[..<colon], as: UTF8.self))
        else {
            throw error(rule, at: rule, "a rule begins with ipv4:, ipv6:, tcp:, udp:, dns: or unix:")
        }
        let rest = rule[(colon + 1)...]
        guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else {
            throw error(rule, at: rest, "'\(kind):' is followed by allow= or deny=")
        }
        let allows: Bool
        switch String(decoding: rest[..<equals], as: UTF8.self) {
        case "allow": allows = true
        case "deny": allows = false
        default: throw error(rule, at: rest, "'\(kind):' is followed by allow= or deny=")
        }
        let parser = SubjectParser(rule: rule, kind: kind, allows: allows)
        return try parser.parse(rest[(equals + 1)...])
    }

    static func error(_ rule: Text, at place: Text, _ message: String) -> NetworkRuleError {
        NetworkRuleError(
            rule: ByteString(rule).description, place: place.startIndex + 1, message: message)
    }

    /// Splits at the commas that are outside braces and brackets.
    private func split(_ text: Text) -> [Text] {
        var depth = 0
        var parts: [Text] = []
        var start = text.startIndex
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                parts.append(text[start..<index])
                start = index + 1
            default: break
            }
        }
        return parts + [text[start...]]
    }

    static func trim(_ text: Text) -> Text {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || 9...13 ~= byte }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }

    /// A copy that lives as long as the program.
    static func keep(_ text: some Collection<UInt8>) -> UnsafeRawBufferPointer {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
        memory.copyBytes(from: text)
        return UnsafeRawBufferPointer(memory)
    }
}
