import Glibc
import Trace

extension NetworkRuleParser {
    /// What follows the equals sign of one rule.
    struct SubjectParser {
        let rule: Text
        let kind: Kind
        let allows: Bool

        func parse(_ subject: Text) throws(NetworkRuleError) -> [NetworkRule] {
            let (items, ports, directions) = try parts(subject)
            let kept = NetworkRuleParser.keep(rule)
            let ranges = try list(ports).map { part throws(NetworkRuleError) in try port(part) }
            var rules: [NetworkRule] = []
            for text in try list(items) {
                for item in try self.items(text, directions) {
                    rules += ranges.map { ports in
                        NetworkRule(
                            allows: allows, transports: transports, directions: item.directions, range: item.range,
                            ports: ports, pattern: item.pattern, text: kept)
                    }
                }
            }
            return rules
        }

        private var transports: NetworkRule.Transports {
            switch kind {
            case .ipv4, .ipv6: [.tcp, .udp]
            case .tcp: .tcp
            case .udp: .udp
            case .dns: .dns
            case .unix: .unix
            }
        }

        // MARK: items, ports and direction

        private func parts(
            _ subject: Text
        ) throws(NetworkRuleError) -> (items: Text, ports: Text, NetworkRule.Directions) {
            guard let colon = lastColon(subject) else {
                guard kind == .unix else {
                    throw error(subject, "a port is missing: ':*' at the end stands for all")
                }
                return (subject, Array("*".utf8)[...], [.in, .out])
            }
            let end = subject[(colon + 1)...]
            guard let slash = end.firstIndex(of: UInt8(ascii: "/")) else {
                return (subject[..<colon], end, [.in, .out])
            }
            let directions: NetworkRule.Directions
            let word = end[(slash + 1)...]
            switch String(decoding: trim(word), as: UTF8.self) {
            case "in": directions = .in
            case "out": directions = .out
            default: throw error(word, "a direction is 'in' or 'out'")
            }
            guard kind != .dns || directions == .out else { throw error(word, "names are only looked up: 'out'") }
            return (subject[..<colon], end[..<slash], directions)
        }

        /// The last colon outside braces and brackets.
        private func lastColon(_ subject: Text) -> Int? {
            var depth = 0
            for index in subject.indices.reversed() {
                switch subject[index] {
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth += 1
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth -= 1
                case UInt8(ascii: ":") where depth == 0: return index
                default: break
                }
            }
            return nil
        }

        private func list(_ items: Text) throws(NetworkRuleError) -> [Text] {
            let items = trim(items)
            guard items.first == UInt8(ascii: "{") else { return [items] }
            guard items.last == UInt8(ascii: "}") else { throw error(items, "the list does not end: '}' is missing") }
            let inner = items.dropFirst().dropLast()
            return inner.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(trim)
        }

        private func port(_ text: Text) throws(NetworkRuleError) -> ClosedRange<UInt16> {
            if text.elementsEqual("*".utf8) { return 0...UInt16.max }
            guard kind != .unix else { throw error(text, "a path has no port: only ':*' can stand here") }
            let ends = text.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
            let numbers = ends.map { decimal($0, most: UInt64(UInt16.max)) }
            guard let first = numbers[0], let last = numbers[numbers.count - 1], first <= last else {
                throw error(text, "'\(string(text))' is neither a port (0 to 65535), nor FIRST-LAST, nor '*'")
            }
            return UInt16(first)...UInt16(last)
        }

        // MARK: one item

        private func items(
            _ text: Text, _ directions: NetworkRule.Directions
        ) throws(NetworkRuleError) -> [Item] {
            switch kind {
            case .ipv4: return [try range(text, isV4: true, directions)]
            case .ipv6: return [try range(text, isV4: false, directions)]
            case .tcp, .udp:
                if text.elementsEqual("*".utf8) {
                    return [Item(directions, range: .allV4), Item(directions, range: .allV6)]
                }
                return [try range(text, isV4: !text.contains(UInt8(ascii: ":")), directions)]
            case .dns: return [Item(directions, pattern: try name(text))]
            case .unix: return [Item(directions, pattern: try path(text))]
            }
        }

        private func range(
            _ text: Text, isV4: Bool, _ directions: NetworkRule.Directions
        ) throws(NetworkRuleError) -> Item {
            if text.elementsEqual("*".utf8) { return Item(directions, range: isV4 ? .allV4 : .allV6) }
            let bare = isV4 ? text : unbracketed(text)
            let slash = bare.firstIndex(of: UInt8(ascii: "/"))
            let part = slash.map { bare[..<$0] } ?? bare
            let address = isV4 ? part : unbracketed(part)
            let most = isV4 ? 32 : 128
            guard let value = isV4 ? Self.v4(string(address)).map({ UInt128($0) }) : Self.v6(string(address)) else {
                throw error(text, "'\(string(text))' is no IPv\(isV4 ? 4 : 6) address, ADDRESS/BITS or '*'")
            }
            var prefix = most
            if let slash {
                let digits = bare[(slash + 1)...]
                guard let bits = decimal(digits, most: UInt64(most)) else {
                    throw error(digits, "'\(string(digits))' is no length of a prefix (0 to \(most))")
                }
                prefix = Int(bits)
            }
            // The wildcard in a rule means every address when listening; nobody connects to the wildcard itself.
            if allows, value == 0, prefix == most, directions.contains(.in) {
                return Item(.in, range: isV4 ? .allV4 : .allV6)
            }
            return Item(
                directions,
                range: isV4
                    ? AddressRange(v4: UInt32(value), prefix: prefix) : AddressRange(v6: value, prefix: prefix))
        }

        private func unbracketed(_ text: Text) -> Text {
            guard text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]") else { return text }
            return text.dropFirst().dropLast()
        }

        private static func v4(_ text: String) -> UInt32? {
            var octets: UInt32 = 0
            return inet_pton(AF_INET, text, &octets) == 1 ? UInt32(bigEndian: octets) : nil
        }

        private static func v6(_ text: String) -> UInt128? {
            var octets: (UInt64, UInt64) = (0, 0)
            guard inet_pton(AF_INET6, text, &octets) == 1 else { return nil }
            return NetworkEndpoint(octets16: octets, port: 0).address
        }

        private func name(_ text: Text) throws(NetworkRuleError) -> NetworkRule.Pattern {
            if text.elementsEqual("*".utf8) { return .all }
            let isSuffix = text.first == UInt8(ascii: "*")
            let own = isSuffix ? text.dropFirst() : text
            let isName = own.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
            guard isName, !own.isEmpty else { throw error(text, "'\(string(text))' is no name, '*.DOMAIN' or '*'") }
            let kept = keep(HostName.canonical(own))
            return isSuffix ? .endingWith(kept) : .exactly(kept)
        }

        private func path(_ text: Text) throws(NetworkRuleError) -> NetworkRule.Pattern {
            if text.elementsEqual("*".utf8) { return .all }
            guard text.first == UInt8(ascii: "/") else {
                throw error(text, "'\(string(text))' is no absolute path, START* or '*'")
            }
            return text.last == UInt8(ascii: "*") ? .startingWith(keep(text.dropLast())) : .exactly(keep(text))
        }

        // MARK: words

        private func error(_ place: Text, _ message: String) -> NetworkRuleError {
            NetworkRuleParser.error(rule, at: place, message)
        }

        private func string(_ text: Text) -> String { ByteString(text).description }

        private func decimal(_ text: Text, most: UInt64) -> UInt64? {
            guard !text.isEmpty, text.count < 6, text.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
                let value = UInt64(string(text)), value <= most
            else { return nil }
            return value
        }

        private func trim(_ text: Text) -> Text { NetworkRuleParser.trim(text) }
        private func keep(_ text: some Collection<UInt8>) -> UnsafeRawBufferPointer { NetworkRuleParser.keep(text) }
    }
}
