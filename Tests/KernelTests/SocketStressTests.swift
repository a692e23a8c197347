import Glibc
import Synchronization
import Testing
import Trace
import WasixABI

@testable import Kernel

/// One thread writes to many connections in random patterns, another reads what epoll reports. A lost event leaves
/// bytes unread and fails the test when its patience ends.
@Suite struct SocketStressTests {
    private static let connections = 24
    private static let writes = 3000

    /// What stands at `offset` of connection `index`'s stream.
    private static func pattern(_ index: Int, _ offset: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: (offset &+ index) &* 31 &+ offset >> 8)
    }

    @Test func edgesLoseNothingWhenReadUntilWouldBlock() throws {
        try run(mode: .et) { lab, socket, thread, generator, taken in
            while true {
                let (result, bytes) = lab.receive(socket, Int.random(in: 1...3000, using: &generator), on: thread)
                guard result.isSuccess else { return result.errno == .again }
                guard result.count > 0 else { return true }
                taken(bytes)
            }
        }
    }

    @Test func levelsLoseNothingWhenReadOnceForEachReport() throws {
        try run(mode: []) { lab, socket, thread, generator, taken in
            let (result, bytes) = lab.receive(socket, Int.random(in: 1...3000, using: &generator), on: thread)
            guard result.isSuccess else { return result.errno == .again }
            taken(bytes)
            return true
        }
    }

    @Test func oneShotsServedByTwoThreadsLoseNothing() throws {
        let lab = SocketLab()
        let epoll = try lab.epoll()
        var made: [(client: SocketLab.Held<HostSocket>, server: SocketLab.Held<HostSocket>)] = []
        for _ in 0..<4 {
            let connection = try lab.connection()
            connection.server.file.flags = .nonblock
            lab.add(epoll.file, connection.server.file, connection.server.fd, [.in, .oneshot])
            made.append(connection)
        }
        let clients = made.map(\.client)
        let servers = Dictionary(uniqueKeysWithValues: made.map { ($0.server.fd, $0.server) })
        // The end of the process closes all numbers while the other worker may be in a call.
        let inUse: [OpenFile] = [epoll.file] + made.map(\.server.file)
        lab.kernel.locked { for file in inUse { file.hold() } }
        defer { lab.kernel.locked { for file in inUse { file.release() } } }
        let rounds = 4000
        let left = Mutex(rounds * clients.count)
        let workers = (0..<2).map { _ in
            lab.start { thread in
                while left.withLock({ $0 }) > 0 {
                    guard let event = lab.nextEvents(epoll.file, limit: 1, on: thread).first,
                        let server = servers[event.fd]
                    else { break }
                    var got = 0
                    while case let (result, _) = lab.receive(server.file, 64, on: thread), result.count > 0 {
                        got += result.count
                    }
                    lab.modify(epoll.file, server.file, server.fd, [.in, .oneshot])
                    let rest = left.withLock { left in
                        left -= got
                        return left
                    }
                    // The other worker may wait for ever.
                    if rest == 0 { lab.process.end(.exited(code: 0)) }
                }
            }
        }
        for _ in 0..<rounds { for client in clients { #expect(lab.send(client.file, [1]).count == 1) } }
        for worker in workers { #expect(worker.join()) }
        #expect(left.withLock { $0 } == 0)
    }

    /// Answers whether the socket behaved.
    private typealias Reader =
        @Sendable (
            SocketLab, HostSocket, GuestThread, inout SeededGenerator, (_ bytes: [UInt8]) -> Void
        ) -> Bool

    private func run(mode: EpollEvents, _ read: @escaping Reader) throws {
        let lab = SocketLab()
        let epoll = try lab.epoll()
        var made: [(client: SocketLab.Held<HostSocket>, server: SocketLab.Held<HostSocket>)] = []
        for _ in 0..<Self.connections {
            let connection = try lab.connection()
            connection.server.file.flags = .nonblock
            lab.add(epoll.file, connection.server.file, connection.server.fd, mode.union(.in))
            made.append(connection)
        }
        let clients = made.map(\.client)
        let servers = Dictionary(uniqueKeysWithValues: made.enumerated().map { ($1.server.fd, (index: $0, $1.server)) })

        let writer = lab.start { thread in
            var generator = SeededGenerator(seed: 1)
            var offsets = [Int](repeating: 0, count: Self.connections)
            for _ in 0..<Self.writes {
                let index = Int.random(in: 0..<Self.connections, using: &generator)
                let count = Int.random(in: Bool.random(using: &generator) ? 1...20 : 1...4000, using: &generator)
                let start = offsets[index]
                let sent = lab.send(
                    clients[index].file, (start..<start + count).map { Self.pattern(index, $0) }, on: thread)
                #expect(sent.count == count)
                offsets[index] += count
            }
            for client in clients {
                try? lab.kernel.locked { () throws(Errno) in try client.file.shutDown(read: false, write: true) }
            }
        }

        var generator = SeededGenerator(seed: 2)
        var offsets = [Int](repeating: 0, count: Self.connections)
        var isIntact = true
        var open = Self.connections
        while open > 0, isIntact {
            let events = lab.nextEvents(epoll.file, limit: Int.random(in: 1...32, using: &generator))
            guard !events.isEmpty else { break }
            for event in events {
                guard let (index, server) = servers[event.fd] else { continue }
                let behaved = read(lab, server.file, lab.thread, &generator) { bytes in
                    for byte in bytes {
                        isIntact = isIntact && byte == Self.pattern(index, offsets[index])
                        offsets[index] += 1
                    }
                }
                isIntact = isIntact && behaved
                if lab.receive(server.file, 1, .peek).result.isEnd {
                    lab.close(server.fd)
                    open -= 1
                }
            }
        }
        #expect(isIntact)
        #expect(open == 0)
        if open > 0 { lab.process.end(.exited(code: 0)) }
        #expect(writer.join())
        #expect(offsets.map(UInt64.init) == clients.map(\.file.bytesOut))
    }
}

extension IoResult {
    fileprivate var isEnd: Bool { isSuccess && count == 0 }
}
