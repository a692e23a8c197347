import Testing
import Trace
import WasixABI

@testable import Kernel

/// What a refusal leaves for the trace.
@Suite struct NetworkRefusalTests {
    private func thread(_ policy: NetworkPolicy) -> GuestThread {
        let kernel = Kernel(network: policy)
        let process = GuestProcess(kernel: kernel, arguments: [], environment: [], workingDirectory: [])
        return process.makeThread(isMain: true)!
    }

    private let target = NetworkEndpoint(octets4: UInt32(0x0a00_0001).bigEndian, port: 80)

    private func ruleText(_ note: CallNote) -> String { String(decoding: note.rule, as: UTF8.self) }

    @Test func withoutAGrantTheNoteSaysSo() {
        let thread = thread(.denied)
        #expect(throws: Errno.acces) { try thread.ask(.out, .tcp, target) }
        #expect(thread.noted.reason == .noNetwork)
        thread.frame.pointee.isNoted = false
        #expect(throws: Errno.acces) { try thread.permitNetwork() }
        #expect(thread.noted.reason == .noNetwork)
    }

    @Test func withoutARuleTheNoteSaysWhatIsMissing() throws {
        let thread = thread(try NetworkPolicy(parsing: "tcp:allow=*:81"))
        #expect(throws: Errno.acces) { try thread.ask(.in, .udp, target) }
        let note = thread.noted
        #expect(note.reason == .noRule && note.transport == .udp && note.direction == .in)
        #expect(note.addressVersion == 4 && note.port == 80 && note.address.0 == 0x0100_000a)
        try thread.ask(.out, .tcp, NetworkEndpoint(octets4: 7, port: 81))
        try thread.permitNetwork()
    }

    @Test func aDenialIsNoted() throws {
        let thread = thread(try NetworkPolicy(parsing: "tcp:allow=*:*, ipv4:deny={10.0.0.0/8,1.1.1.1}:*/out "))
        #expect(throws: Errno.acces) { try thread.ask(.out, .tcp, target) }
        #expect(thread.noted.reason == .deniedByRule)
        #expect(ruleText(thread.noted) == "ipv4:deny={10.0.0.0/8,1.1.1.1}:*/out")
    }

    @Test func whatIsAllowedLeavesNoNote() throws {
        let thread = thread(try NetworkPolicy(parsing: "tcp:allow=*:*,unix:allow=/run/*"))
        try thread.ask(.out, .tcp, target)
        try thread.permit(.in, path: Array("/run/x".utf8))
        #expect(thread.noted.reason == .none)
        #expect(throws: Errno.acces) { try thread.permit(.in, path: Array("/var/x".utf8)) }
        let note = thread.noted
        #expect(note.reason == .noRule && note.transport == .unix && note.addressVersion == 0)
    }

    @Test func aConnectionIsTakenWhereItMayComeInAndFromWhereNoRuleDeniesIt() throws {
        let thread = thread(try NetworkPolicy(parsing: "ipv4:allow=127.0.0.1:80/in,ipv4:deny=10.0.0.0/8:80/in"))
        func at(_ address: UInt32, _ port: UInt16) -> NetworkEndpoint {
            NetworkEndpoint(octets4: address.bigEndian, port: port)
        }
        let (here, elsewhere) = (at(0x7f00_0001, 80), at(0x7f00_0002, 80))
        let (peer, deniedPeer) = (at(0xc0a8_0001, 41000), at(0x0a00_0001, 41000))
        try thread.ask(from: peer, at: here)
        #expect(throws: Errno.acces) { try thread.ask(from: deniedPeer, at: here) }
        #expect(thread.noted.reason == .deniedByRule)
        #expect(throws: Errno.acces) { try thread.ask(from: peer, at: elsewhere) }
        #expect(thread.noted.reason == .noRule)
    }
}
