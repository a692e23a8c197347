import Foundation
import Testing

extension CommandForms {
    /// What a guest reaches of the network, and what its trace says of what it does not.
    @Suite struct NetworkAccessTests {
        /// Listens on the host's loopback, and tells whether anybody came.
        private final class Target {
            let port: UInt16
            private let listener: Int32
            private let datagrams: Int32

            init() throws {
                (listener, port) = try Self.socket(SOCK_STREAM, port: 0)
                (datagrams, _) = try Self.socket(SOCK_DGRAM, port: port)
                try #require(listen(listener, 8) == 0)
            }

            deinit { [listener, datagrams].forEach { close($0) } }

            private static func socket(_ type: __socket_type, port: UInt16) throws -> (fd: Int32, port: UInt16) {
                let fd = Glibc.socket(AF_INET, Int32(type.rawValue | SOCK_NONBLOCK.rawValue), 0)
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
                var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                try withUnsafeMutablePointer(to: &address) {
                    try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        try #require(bind(fd, $0, size) == 0 && getsockname(fd, $0, &size) == 0)
                    }
                }
                return (fd, UInt16(bigEndian: address.sin_port))
            }

            /// Connections and datagrams since the last question.
            var visitors: Int {
                var count = 0
                while case let fd = accept(listener, nil, nil), fd >= 0 {
                    close(fd)
                    count += 1
                }
                var byte: UInt8 = 0
                while recv(datagrams, &byte, 1, 0) >= 0 { count += 1 }
                return count
            }
        }

        /// A guest under `trace`.
        private func trace(_ name: String, _ options: [String], _ arguments: [String]) throws -> (
            outcome: Outcome, lines: [Substring]
        ) {
            let outcome = try Product.call(["trace"] + options + [Product.guest(name)] + arguments)
            return (outcome, outcome.errors.split(separator: "\n"))
        }

        @Test func aConnectionNeedsTheRightGrant() throws {
            let target = try Target()
            let port = String(target.port)
            let other = "tcp:allow=127.0.0.1:\(target.port == 9 ? 10 : 9)/out"
            let right = "ipv4:allow=127.0.0.0/8:\(port)/out"
            func dial(_ options: [String]) throws -> (status: Int32?, refusals: [Substring]) {
                let (outcome, lines) = try trace("dial", options, [port])
                return (outcome.status, lines.filter { $0.contains("EACCES") })
            }
            let none = try dial([])
            #expect(none.status == 2)
            #expect(none.refusals.map { $0.hasSuffix("= EACCES (Permission denied) <no --net>") } == [true])
            let elsewhere = try dial(["--net=\(other)"])
            #expect(elsewhere.status == 2)
            #expect(
                elsewhere.refusals.map { $0.hasSuffix("<no rule allows tcp out 127.0.0.1:\(port)>") } == [true])
            let denied = try dial(["--net=\(right),tcp:deny=*:\(port)"])
            #expect(denied.status == 2)
            #expect(denied.refusals.map { $0.hasSuffix("<denied by tcp:deny=*:\(port)>") } == [true])
            #expect(target.visitors == 0)
            for options in [["--net=\(right)"], ["--net=\(other)", "--net=\(right)"], ["--net"]] {
                let granted = try dial(options)
                #expect(granted.status == 0 && granted.refusals.isEmpty, "\(options)")
                #expect(target.visitors == 1)
            }
        }

        /// The hosts file and the resolver of the host, in the program as it is built to be installed.
        @Test func aNameIsLookedUpWhenARuleAllowsIt() throws {
            var name = "ip6-localhost"
            for line in try String(contentsOfFile: "/etc/hosts", encoding: .utf8).components(separatedBy: "\n") {
                let words = line.components(separatedBy: .whitespaces).filter { !$0.isEmpty }
                if words.count > 1, words[0] == "127.0.0.1", words[1] != "localhost" { name = words[1] }
            }
            let guest = try Product.guest("lookup")
            func lookUp(_ options: [String]) throws -> [String] {
                let outcome = try Product.call(["run"] + options + [guest, "localhost", "127.0.0.1", name])
                #expect(outcome.status == 0, "\(outcome.errors)")
                return outcome.output.components(separatedBy: "\n").dropLast()
            }
            #expect(try lookUp([]) == ["localhost: 0 2", "127.0.0.1: 0 1", "\(name): 2 0"])
            #expect(try lookUp(["--net=tcp:allow=*:*"]).last == "\(name): 2 0")
            for options in [["--net"], ["--net=dns:allow=\(name):*"]] {
                #expect(try lookUp(options).last?.hasPrefix("\(name): 0 ") == true)
            }
        }

        /// Every way there is, each refused and each visible with its reason.
        @Test(arguments: [nil, "tcp:allow=127.0.0.1:1/out,udp:allow=192.0.2.9:1/out,dns:allow=*.invalid:*"])
        func nothingIsReachedWithoutAGrantForIt(rules: String?) throws {
            let target = try Target()
            let options = rules.map { ["--net=\($0)"] } ?? []
            let (outcome, lines) = try trace("reach", options, [String(target.port)])
            #expect(outcome.status == 0)
            #expect(target.visitors == 0)
            let attempts = outcome.output.split(separator: "\n")
            // With rules a socket can be made, but it leads nowhere.
            let successes = attempts.filter { $0.hasSuffix(": 0") && !(rules != nil && $0.hasSuffix(" open: 0")) }
            #expect(successes.isEmpty, "\(successes)")
            #expect(attempts.count > (rules == nil ? 15 : 40), "\(attempts.count)")
            let refusals = lines.filter { $0.contains("= EACCES") }
            let reason = rules == nil ? "<no --net>" : "<no rule allows "
            #expect(refusals.allSatisfy { $0.contains(reason) && $0.hasSuffix(">") }, "\(refusals)")
            #expect(refusals.count == attempts.count { $0.hasSuffix(": 2") })
            #expect(refusals.contains { $0.contains(#" resolve("example.com""#) })
        }
    }
}
