import Testing
import Trace
import WasixABI

@testable import Decode

/// `resolve`, `port_*`, and why a call was refused.
@Suite struct NetworkCallTests {
    private let four = structure(18, [(0, UInt8(1)), (2, UInt32(0x0100_007f))])
    private let six = structure(18, [(0, UInt8(2)), (17, UInt8(1))])

    @Test func resolve() {
        let found = RecordBuilder(.resolve, [0x100, 9, 80, 0x200, 48, 0x300]).result(2)
            .keep("host", "localhost").keep("addrs", four + six, total: 2)
        #expect(
            found.line()
                == #"resolve("localhost", port=80, [127.0.0.1, ::1], naddrs=48) = 2"#)
        let missing = RecordBuilder(.resolve, [0x100, 3, 0, 0x200, 48, 0x300], errno: .noent).keep("host", "a.b")
        #expect(missing.line() == #"resolve("a.b", port=0, 0x200, naddrs=48) = ENOENT"#)
    }

    @Test func configuration() {
        let cidr = structure(28, [(0, UInt8(1)), (2, UInt32(0x0100_007f)), (6, UInt8(8))])
        let cidr6 = structure(28, [(0, UInt8(2)), (17, UInt8(1)), (26, UInt8(128))])
        let list = RecordBuilder(.portAddrList, [0x100, 0x200]).result(2).keep("addrs", cidr + cidr6, total: 2)
        #expect(list.line() == "port_addr_list([127.0.0.1/8, ::1/128], naddrs=2) = 0")
        let short = RecordBuilder(.portAddrList, [0x100, 0x200], errno: .overflow)
        #expect(short.line() == "port_addr_list(0x100, naddrs=0x200) = EOVERFLOW")
        let mac = RecordBuilder(.portMac, [0x100]).keep("ret", [2, 0x57, 0x41, 0x53, 0x49, 0x58])
        #expect(mac.line() == "port_mac(02:57:41:53:49:58) = 0")
        #expect(RecordBuilder(.portDhcpAcquire, [], errno: .notsup).line() == "port_dhcp_acquire() = ENOTSUP")
        #expect(
            RecordBuilder(.portAddrAdd, [0x100], errno: .notsup).keep("cidr", cidr).line()
                == "port_addr_add(127.0.0.1/8) = ENOTSUP")
        let route = structure(
            176, [(0, UInt8(1)), (6, UInt8(0)), (28, UInt8(1)), (30, UInt32(0x0102_00c0))])
        let times = "preferred_until=NONE, expires_at=NONE"
        #expect(
            RecordBuilder(.portRouteList, [0x100, 0x200]).result(1).keep("routes", route, total: 1).line()
                == "port_route_list([{cidr=0.0.0.0/0, via_router=192.0.2.1, \(times)}], nroutes=1) = 0")
    }

    // MARK: notes

    private func note(
        _ reason: UInt8, transport: UInt8 = 0, direction: UInt8 = 0, version: UInt8 = 0, port: UInt16 = 0,
        address: [UInt8] = [], rule: String = ""
    ) -> [UInt8] {
        [reason, transport, direction, version] + RecordBuilder.bytes(port)
            + address + [UInt8](repeating: 0, count: 16 - address.count) + Array(rule.utf8)
    }

    private func line(_ note: [UInt8]) -> String {
        RecordBuilder(.sockListen, [4, 8], errno: .acces).keep(note: note).line()
    }

    @Test func aRefusalNamesItsRule() {
        let six = [0x20, 1] + [UInt8](repeating: 0, count: 13) + [9]
        let rows: [([UInt8], String)] = [
            (note(1), "<no --net>"),
            (
                note(2, direction: 1, version: 4, port: 80, address: [10, 0, 0, 1]),
                "<no rule allows tcp in 10.0.0.1:80>"
            ),
            (note(2, transport: 1, version: 6, port: 53, address: six), "<no rule allows udp out [2001::9]:53>"),
            (note(2, transport: 2, direction: 1), "<no rule allows unix in>"),
            (note(2, transport: 3), "<no rule allows dns>"),
            (note(3, rule: "ipv4:deny=10.0.0.0/8:*/out"), "<denied by ipv4:deny=10.0.0.0/8:*/out>"),
            (note(4), "<leads out of the granted directories>"), (note(5), "<not among the descriptor's rights>"),
        ]
        for (note, text) in rows { #expect(line(note) == "sock_listen(4, backlog=8) = EACCES " + text) }
    }

    @Test func theTraceLineEndsWithIt() {
        var options = DecodeOptions()
        options.explainsErrors = true
        var writer = StraceLine(formatter: CallFormatter(options: options))
        writer.resultColumn = 0
        let record = RecordBuilder(.sockListen, [4, 8], errno: .acces).keep(note: note(1))
        let tokens = record.payload.withUnsafeBytes {
            writer.line(
                record.record, payload: $0, thread: ThreadID(rawValue: 1), at: .init(effect: 0))
        }
        #expect(tokens.text == "sock_listen(4, backlog=8) = EACCES (Permission denied) <no --net>")
    }

    /// A broken note is odd text at worst.
    @Test func anyBytesAreANote() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...UInt8.max, using: &random) >> UInt8.random(in: 0...6, using: &random)
            }
            let text = line(bytes)
            #expect(text.utf8.allSatisfy { 0x20...0x7e ~= $0 }, "\(text)")
        }
    }
}
