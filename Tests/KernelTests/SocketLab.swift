import Foundation
import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel

/// A guest process with real sockets on the loopback interface.
final class SocketLab: @unchecked Sendable {
    // Safe to share: everything is constant; kernel state is touched under the kernel lock.
    /// Long enough for anything that must happen, in nanoseconds.
    static let patience: UInt64 = 20_000_000_000

    let kernel: Kernel
    let process: GuestProcess
    /// The test's own guest thread.
    let thread: GuestThread

    init(network: NetworkPolicy = .granted) {
        kernel = Kernel(network: network)
        process = GuestProcess(kernel: kernel, arguments: [], environment: [], workingDirectory: [])
        thread = process.makeThread(isMain: true)!
    }

    deinit { process.end(.exited(code: 0)) }

    /// A description and the number that holds it.
    struct Held<File: OpenFile>: @unchecked Sendable {
        // Safe to share: constant; the description's state is touched under the kernel lock.
        let file: File
        let fd: FdNumber
    }

    func install<File: OpenFile>(_ make: () throws(Errno) -> File) throws -> Held<File> {
        try kernel.locked { () throws(Errno) in
            let file = try make()
            return Held(file: file, fd: try process.descriptors.install(file))
        }
    }

    func close(_ fd: FdNumber) { _ = kernel.locked { process.descriptors.close(fd) } }

    func duplicate(_ fd: FdNumber, _ to: UInt32) -> FdNumber {
        let number = FdNumber(rawValue: to)
        #expect(kernel.outcome { () throws(Errno) in try process.descriptors.duplicate(fd, onto: number) } == .success)
        return number
    }

    func detail(_ file: OpenFile) -> ObjectDetail { kernel.locked { file.detail } }

    // MARK: sockets

    func socket(_ family: AddressFamily = .inet4, _ type: SockType = .stream) throws -> Held<HostSocket> {
        try install { () throws(Errno) in try HostSocket.open(family, type, thread) }
    }

    /// A listener on a port of the host's choice.
    func listener(backlog: UInt64 = 16) throws -> (Held<HostSocket>, SocketAddress) {
        let made = try socket()
        let address = try kernel.locked { () throws(Errno) in
            try made.file.bind(to: .loopback(port: 0), thread)
            try made.file.listen(backlog: backlog, thread)
            return made.file.localAddress
        }
        return (made, address)
    }

    func connect(_ socket: HostSocket, _ address: SocketAddress) -> Errno {
        kernel.outcome { () throws(Errno) in try socket.connect(to: address, thread) }
    }

    func accept(_ listener: HostSocket, flags: FdFlags = []) throws -> Held<HostSocket> {
        try install { () throws(Errno) in try listener.accept(flags: flags, thread) }
    }

    /// Two ends of one connection.
    func connection() throws -> (client: Held<HostSocket>, server: Held<HostSocket>) {
        let (listening, address) = try listener()
        let client = try socket()
        #expect(connect(client.file, address) == .success)
        let server = try accept(listening.file)
        close(listening.fd)
        return (client, server)
    }

    /// A port on which nobody listens.
    func closedPort() throws -> SocketAddress {
        let (listening, address) = try listener()
        close(listening.fd)
        return address
    }

    @discardableResult
    func send(_ socket: OpenFile, _ bytes: [UInt8], _ flags: SiFlags = [], on thread: GuestThread? = nil) -> IoResult {
        withVectors(bytes.count, bytes) { vectors in
            kernel.locked {
                socket.asHostSocket?.send(vectors, flags, to: .unspecified, thread ?? self.thread)
                    ?? socket.write(from: vectors, thread ?? self.thread)
            }
        }.0
    }

    func receive(
        _ socket: HostSocket, _ count: Int, _ flags: RiFlags = [], on thread: GuestThread? = nil
    ) -> (result: IoResult, bytes: [UInt8]) {
        withVectors(count, nil) { vectors in
            kernel.locked { socket.receive(into: vectors, flags, sender: nil, thread ?? self.thread).result }
        }
    }

    private func withVectors(
        _ count: Int, _ bytes: [UInt8]?, _ body: (IoVectors) -> IoResult
    ) -> (IoResult, [UInt8]) {
        var memory = bytes ?? [UInt8](repeating: 0, count: count)
        let result = memory.withUnsafeMutableBytes { withVector($0.baseAddress, count, body) }
        return (result, Array(memory.prefix(result.count)))
    }

    // MARK: epoll

    func epoll() throws -> Held<Epoll> { try install { Epoll(kernel: kernel) } }

    @discardableResult
    func add(_ epoll: Epoll, _ file: OpenFile, _ fd: FdNumber, _ events: EpollEvents) -> Errno {
        kernel.outcome { () throws(Errno) in try epoll.add(file, fd, events: events, data: Self.data(fd)) }
    }

    @discardableResult
    func modify(_ epoll: Epoll, _ file: OpenFile, _ fd: FdNumber, _ events: EpollEvents) -> Errno {
        kernel.outcome { () throws(Errno) in try epoll.modify(file, fd, events: events, data: Self.data(fd)) }
    }

    private static func data(_ fd: FdNumber) -> EpollData {
        EpollData(pointer: 0, fd: 0, data1: 0, data2: UInt64(fd.rawValue))
    }

    /// CLOCK_MONOTONIC in nanoseconds.
    private static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    struct Event: Equatable {
        let fd: FdNumber
        let events: EpollEvents
    }

    /// What a wait of at most `nanoseconds` reports, by default what is there now.
    func events(
        _ epoll: Epoll, limit: Int = 64, within nanoseconds: UInt64 = 0, on thread: GuestThread? = nil
    ) -> [Event] {
        let output = UnsafeMutablePointer<DeliveredEvent>.allocate(capacity: limit)
        defer { output.deallocate() }
        let deadline = nanoseconds == 0 ? 0 : Self.now + nanoseconds
        let result = kernel.locked { epoll.wait(into: output, limit: limit, until: deadline, thread ?? self.thread) }
        return (0..<result.count).map {
            Event(fd: FdNumber(rawValue: UInt32(output[$0].data.data2)), events: output[$0].events)
        }
    }

    /// The first events, however long they take to come.
    func nextEvents(_ epoll: Epoll, limit: Int = 64, on thread: GuestThread? = nil) -> [Event] {
        events(epoll, limit: limit, within: Self.patience, on: thread)
    }

    // MARK: other guest threads

    /// Runs `body` as another guest thread on a host thread of its own.
    func start(_ body: @escaping @Sendable (GuestThread) -> Void) -> Companion {
        let companion = Companion(thread: process.makeThread()!)
        let host = Thread {
            companion.thread.begin()
            body(companion.thread)
            companion.thread.end()
            companion.ended.signal()
        }
        host.start()
        return companion
    }

    /// Another guest thread, and the end of its host thread.
    struct Companion: @unchecked Sendable {
        // Safe to share: constant; the thread's state is touched under the kernel lock.
        let thread: GuestThread
        let ended = DispatchSemaphore(value: 0)

        /// Returns when the thread waits inside a call, or has ended.
        func waitUntilBlocked() {
            while thread.kernel.locked({ thread.blockedSince == 0 && !thread.hasEnded }) { sched_yield() }
        }

        /// False when it has not ended in time.
        func join() -> Bool { ended.wait(timeout: .now() + .nanoseconds(Int(SocketLab.patience))) == .success }
    }
}
