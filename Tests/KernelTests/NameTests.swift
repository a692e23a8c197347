import Foundation
import Synchronization
import Testing
import Trace
import WasixABI

@testable import Kernel

/// Names, with a resolver of the test's own in place of the host's.
@Suite struct NameTests {
    private final class Asked: Sendable {
        let names = Mutex<[String]>([])
    }

    private func guest(
        _ rules: String? = nil, _ policy: NetworkPolicy = .granted,
        _ answer: @escaping @Sendable (String) -> HostLookup.Answer
    ) throws -> (thread: GuestThread, asked: Asked) {
        let kernel = Kernel(network: try rules.map { try NetworkPolicy(parsing: $0) } ?? policy)
        let asked = Asked()
        kernel.lookup = HostLookup { name in
            let name = String(decoding: name.bytes, as: UTF8.self)
            asked.names.withLock { $0.append(name) }
            return answer(name)
        }
        let process = GuestProcess(kernel: kernel, arguments: [], environment: [], workingDirectory: [])
        return (process.makeThread(isMain: true)!, asked)
    }

    private func resolve(_ thread: GuestThread, _ name: String) throws(Errno) -> [String] {
        let addresses = try thread.kernel.locked { () throws(Errno) in try thread.resolve(Array(name.utf8)) }
        return addresses.map { "\($0.isV4 ? "4" : "6") " + String($0.address & 0xffff_ffff, radix: 16) }
    }

    private static let two = NetworkEndpoint(octets4: UInt32(0x0102_0304).bigEndian, port: 0)
    private static let six = NetworkEndpoint(address: 0x2001 << 112 | 9, port: 0)

    @Test(arguments: [
        ("1.2.3.4", "4 1020304"), ("127.1", "4 7f000001"), ("0x7f000001", "4 7f000001"), ("::1", "6 1"),
        ("2001:db8::9", "6 9"), ("::ffff:1.2.3.4", "4 1020304"), ("0.0.0.0", "4 0"),
    ]) func numbersNeedNobodyAndNoGrant(text: String, expected: String) throws {
        let (thread, asked) = try guest(nil, .denied) { _ in .failed(.noent) }
        #expect(try resolve(thread, text) == [expected])
        #expect(asked.names.withLock { $0 }.isEmpty)
    }

    @Test(arguments: ["localhost", "LOCALHOST.", "db.localhost"])
    func localhostNeedsNobodyAndNoGrant(name: String) throws {
        let (thread, asked) = try guest(nil, .denied) { _ in .failed(.noent) }
        #expect(try resolve(thread, name) == ["4 7f000001", "6 1"])
        #expect(asked.names.withLock { $0 }.isEmpty)
    }

    @Test func aRuleMayDenyEvenLocalhost() throws {
        let (thread, _) = try guest("dns:deny=localhost:*") { _ in .failed(.noent) }
        #expect(throws: Errno.acces) { try resolve(thread, "localhost") }
        #expect(thread.noted.reason == .deniedByRule)
    }

    @Test(arguments: [
        "", "a b", "a\0b", String(repeating: "x", count: 254), "\u{7f}", "1.2.3.4 x",
    ]) func whatIsNoNameIsNoentAndIsNotAsked(name: String) throws {
        let (thread, asked) = try guest { _ in .addresses([Self.two]) }
        #expect(throws: Errno.noent) { try resolve(thread, name) }
        #expect(asked.names.withLock { $0 }.isEmpty)
    }

    @Test func nothingIsAskedWithoutAGrant() throws {
        let (denied, first) = try guest(nil, .denied) { _ in .addresses([Self.two]) }
        #expect(throws: Errno.acces) { try resolve(denied, "example.com") }
        #expect(denied.noted.reason == .noNetwork)
        let (ruled, second) = try guest("tcp:allow=*:*,dns:allow=*.org:*") { _ in .addresses([Self.two]) }
        #expect(throws: Errno.acces) { try resolve(ruled, "example.com") }
        #expect(ruled.noted.reason == .noRule && ruled.noted.transport == .dns)
        #expect(try resolve(ruled, "example.ORG") == ["4 1020304"])
        #expect(first.names.withLock { $0 }.isEmpty && second.names.withLock { $0 } == ["example.org"])
    }

    @Test func theHostsOrderIsKeptAndNothingComesTwice() throws {
        let (thread, _) = try guest { _ in .addresses([Self.six, Self.two, Self.six, Self.two]) }
        #expect(try resolve(thread, "both") == ["6 9", "4 1020304"])
    }

    @Test(arguments: [Errno.noent, .again, .nomem]) func theHostsFailureIsPassedOn(errno: Errno) throws {
        let (thread, _) = try guest { _ in .failed(errno) }
        #expect(throws: errno) { try resolve(thread, "nowhere") }
    }

    @Test func aNameWithoutAddressesIsNoent() throws {
        let (thread, _) = try guest { _ in .addresses([]) }
        #expect(throws: Errno.noent) { try resolve(thread, "empty") }
    }

    @Test func anAllowedNameOpensItsAddressesAtTheRulesPorts() throws {
        let inner = NetworkEndpoint(octets4: 0x0100_000a, port: 80)
        let (thread, _) = try guest("dns:allow=*.example.com:{80, 443},ipv4:deny=10.0.0.0/8:*") { name in
            .addresses(name == "in.example.com" ? [inner] : [Self.two, Self.six])
        }
        func connect(_ endpoint: NetworkEndpoint, _ port: UInt16) throws(Errno) {
            try thread.ask(.out, .tcp, NetworkEndpoint(address: endpoint.address, port: port))
        }
        #expect(throws: Errno.acces) { try connect(Self.two, 443) }
        _ = try resolve(thread, "www.example.com")
        try connect(Self.two, 443)
        try connect(Self.six, 80)
        #expect(throws: Errno.acces) { try connect(Self.two, 81) }
        let own = NetworkEndpoint(address: Self.two.address, port: 80)
        #expect(throws: Errno.acces) { try thread.ask(.in, .tcp, own) }
        // A name that leads to a denied address does not open it.
        _ = try resolve(thread, "in.example.com")
        #expect(throws: Errno.acces) { try thread.ask(.out, .tcp, inner) }
        #expect(thread.noted.reason == .deniedByRule)
    }

    @Test func aNameForAnyAddressOpensNothing() throws {
        let (thread, _) = try guest("dns:allow=*:*") { _ in
            .addresses([NetworkEndpoint(octets4: 0, port: 0), NetworkEndpoint(address: 0, port: 0)])
        }
        _ = try resolve(thread, "blocked.example")
        #expect(throws: Errno.acces) { try thread.ask(.out, .tcp, NetworkEndpoint(octets4: 0, port: 80)) }
        #expect(throws: Errno.acces) { try thread.ask(.out, .tcp, NetworkEndpoint(address: 0, port: 80)) }
    }

    @Test func anInterruptEndsTheWaitAndTheLateAnswerIsDropped() throws {
        let guest = KernelGuest(network: .granted)
        let gate = DispatchSemaphore(value: 0)
        guest.kernel.lookup = HostLookup { _ in
            gate.wait()
            return .addresses([Self.two])
        }
        let running = guest.start { thread -> Errno in
            thread.kernel.locked {
                do throws(Errno) {
                    _ = try thread.resolve(Array("slow".utf8))
                    return .success
                } catch {
                    return error
                }
            }
        }
        try running.untilBlocked()
        // The lock is free while it waits.
        guest.locked { running.thread.interrupt(.ending) }
        #expect(try running.value() == .intr)
        #expect(guest.locked { guest.kernel.queriesUnderWay } == 1)
        gate.signal()
        try awaitCondition("the answer came") { guest.locked { guest.kernel.queriesUnderWay } == 0 }
    }

    @Test func tooManyQuestionsAtOnceAreAgain() throws {
        let (thread, asked) = try guest { _ in .addresses([Self.two]) }
        thread.kernel.locked { thread.kernel.queriesUnderWay = NameQuery.limit }
        #expect(throws: Errno.again) { try resolve(thread, "one-more") }
        #expect(asked.names.withLock { $0 }.isEmpty)
    }

    /// The host's own resolver: the hosts file names this machine's loopback.
    @Test func theHostsFileIsRead() throws {
        let lines = try String(contentsOfFile: "/etc/hosts", encoding: .utf8).split(separator: "\n")
        let known = lines.compactMap { line -> String? in
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            return words.count > 1 && words[0] == "127.0.0.1" && words[1] != "localhost" ? String(words[1]) : nil
        }
        let name = known.first ?? "localhost"
        guard case .addresses(let addresses) = HostLookup.system.ask(HostName(Array(name.utf8))!) else {
            Issue.record("\(name) has no address")
            return
        }
        #expect(addresses.contains(.loopback4(port: 0)), "\(name): \(addresses)")
    }
}
