import Glibc
import Kernel
import Testing
import Trace
import WasixABI

@testable import Runtime

/// Listening sockets that are handed to the guest.
@Suite struct ListenerTests {
    /// Finds nobody at descriptor `fd`, waits for a connection there, and sends back what comes first.
    private static func echo(_ fd: Int) -> String {
        """
        (module
          (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "sock_recv" (func $recv (param i32 i32 i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (func $check (param i32) (if (local.get 0) (then (call $exit (local.get 0)))))
          (func (export "_start")
            (if (i32.ne (call $accept (i32.const \(fd)) (i32.const 0) (i32.const 200)) (i32.const 6))
              (then (call $exit (i32.const 99))))
            (i32.store8 (i32.const 8) (i32.const 1))
            (i32.store (i32.const 16) (i32.const \(fd)))
            (call $check (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
            (call $check (call $accept (i32.const \(fd)) (i32.const 0) (i32.const 200)))
            (i32.store (i32.const 208) (i32.const 300))
            (i32.store (i32.const 212) (i32.const 16))
            (call $check (call $recv (i32.load (i32.const 200)) (i32.const 208) (i32.const 1) (i32.const 0)
              (i32.const 212) (i32.const 220)))
            (call $check (call $send (i32.load (i32.const 200)) (i32.const 208) (i32.const 1) (i32.const 0)
              (i32.const 216)))))
        """
    }

    /// What the guest answers to `text`, once it waits for a connection to `port`.
    private func ask(_ running: RunningGuest, _ port: UInt16, _ text: String) throws -> String {
        try running.untilBlocked(1)
        let client = try host()
        defer { close(client) }
        #expect(with(port) { connect(client, $0, $1) } == 0)
        var bytes = Array(text.utf8)
        #expect(send(client, bytes, bytes.count, 0) == bytes.count)
        let count = recv(client, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }

    /// A host TCP socket.
    private func host() throws -> Int32 {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(fd >= 0)
        return fd
    }

    private func with(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    /// The port that descriptor `fd` of the guest listens on.
    private func port(_ running: RunningGuest, _ fd: UInt32) throws -> UInt16 {
        let entry = try #require(running.guest.snapshot().descriptors.first { $0.fd.rawValue == fd })
        #expect(entry.kind == .tcpListener && entry.flags == .nonblock)
        guard case .socket(let local, _, _) = entry.detail else { return 0 }
        return try #require(local.split(separator: ":").last.flatMap { UInt16($0) })
    }

    @Test func theFirstDescriptorIsThreeAndNoNetworkNeedsToBeGranted() throws {
        let running = try RunningGuest(Self.echo(3)) { $0.listeners = [.address(.loopback(port: 0))] }
        #expect(try ask(running, port(running, 3), "hello") == "hello")
        #expect(try running.end() == .exited(code: 0))
    }

    @Test func listenersFollowTheDirectoriesInTheirOrder() throws {
        let running = try RunningGuest(Self.echo(5)) {
            $0.grants = [DirectoryGrant(hostPath: "/tmp", guestPath: "/tmp")]
            $0.listeners = [.address(.loopback(port: 0)), .address(.loopback(port: 0))]
        }
        let ports = try (port(running, 4), port(running, 5))
        #expect(ports.0 != ports.1)
        #expect(try ask(running, ports.1, "there") == "there")
        #expect(try running.end() == .exited(code: 0))
    }

    @Test func aListenerOfTheHostsIsTakenOver() throws {
        let fd = try host()
        #expect(with(0) { bind(fd, $0, $1) } == 0 && listen(fd, 1) == 0)
        let running = try RunningGuest(Self.echo(3)) { $0.listeners = [.hostDescriptor(fd)] }
        #expect(try ask(running, port(running, 3), "taken") == "taken")
        #expect(try running.end() == .exited(code: 0))
    }

    @Test func anAddressInUseIsNamed() throws {
        let running = try RunningGuest(Self.echo(3)) { $0.listeners = [.address(.loopback(port: 0))] }
        let taken = SocketAddress.loopback(port: try port(running, 3))
        do {
            _ = try RunningGuest(Self.echo(3)) { $0.listeners = [.address(taken)] }
            Issue.record("two listeners on one address")
        } catch let error as LaunchError {
            #expect(error.status == .failure)
            #expect(error.message == "cannot listen on \(taken.text): \(Errno.addrinuse.text)")
        }
    }
}
