import CLinux
import Foundation
import Glibc
@_exported import TestSupport
import Testing
import Trace
import WasixABI

@testable import Kernel

/// A process without code, whose threads are closures on host threads of their own.
final class KernelGuest: @unchecked Sendable {
    // Safe to share: everything is constant; kernel state is touched under the kernel lock.
    let kernel: Kernel
    let process: GuestProcess
    /// The thread that the test itself runs as.
    let main: GuestThread

    init(
        tracer: Tracer? = nil, network: NetworkPolicy = .denied, commands: [CommandMapping] = [],
        mostProcesses: Int = Kernel.standardProcesses, freezesClock: Bool = false
    ) {
        kernel = Kernel(
            tracer: tracer, network: network, commands: commands, mostProcesses: mostProcesses,
            freezesClock: freezesClock)
        process = GuestProcess(kernel: kernel, arguments: [], environment: [], workingDirectory: Array("/".utf8))
        main = process.makeThread(isMain: true)!
    }

    deinit { process.end(.exited(code: 0)) }

    /// Runs `body` as a guest thread: a new one of the process, unless told which.
    func start<Result>(
        as thread: GuestThread? = nil, _ body: @escaping (GuestThread) -> Result
    ) -> Running<Result> {
        let running = Running<Result>(thread ?? process.makeThread()!)
        nonisolated(unsafe) let body = body
        Thread.detachNewThread {
            running.thread.begin()
            running.finish(body(running.thread))
            running.thread.end()
        }
        return running
    }

    func locked<Result>(_ body: () -> Result) -> Result { kernel.locked(body) }
    func outcome(_ body: () throws(Errno) -> Void) -> Errno { kernel.outcome(body) }

    // MARK: objects, each held until `close`

    func pipe(nonblock: Bool = false) -> (reader: PipeEnd, writer: PipeEnd) {
        locked {
            let (reader, writer) = PipeEnd.makePair(kernel)
            return (keep(reader, nonblock), keep(writer, nonblock))
        }
    }

    func pair(isStream: Bool = true, nonblock: Bool = false) -> (SocketPairEnd, SocketPairEnd) {
        locked {
            let (first, second) = SocketPairEnd.makePair(kernel, isStream: isStream)
            return (keep(first, nonblock), keep(second, nonblock))
        }
    }

    func counter(_ initial: UInt64 = 0, _ flags: EventFdFlags = []) -> EventCounter {
        locked { keep(EventCounter(kernel: kernel, initial: initial, flags: flags), flags.contains(.nonblock)) }
    }

    func epoll() -> Epoll { locked { keep(Epoll(kernel: kernel), false) } }

    /// Both ends of a pipe of the host: a description for the read end, the write end as it is.
    func hostPipe() -> (reader: HostStream, writer: Int32) {
        var fds: [Int32] = [0, 0]
        precondition(cl_pipe2(&fds, O_CLOEXEC) == 0 && fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0)
        let reader = locked {
            keep(
                HostStream(
                    kernel: kernel, hostFd: fds[0], ownsHostFd: true, blocks: false, type: .unknown, access: .fdRead,
                    name: Array("pipe".utf8)), false)
        }
        return (reader, fds[1])
    }

    private func keep<File: OpenFile>(_ file: File, _ nonblock: Bool) -> File {
        file.hold()
        if nonblock { file.flags.insert(.nonblock) }
        return file
    }

    func close(_ file: OpenFile) { locked { file.release() } }

    // MARK: data

    func write(_ file: OpenFile, _ bytes: [UInt8], _ thread: GuestThread? = nil) -> IoResult {
        withVectors(bytes) { vectors in locked { file.write(from: vectors, thread ?? main) } }.result
    }

    func write(_ file: OpenFile, count: Int, _ thread: GuestThread? = nil) -> IoResult {
        write(file, [UInt8](repeating: 7, count: count), thread)
    }

    func read(_ file: OpenFile, _ count: Int, _ thread: GuestThread? = nil) -> (result: IoResult, bytes: [UInt8]) {
        let (result, bytes) = withVectors([UInt8](repeating: 0, count: count)) { vectors in
            locked { file.read(into: vectors, thread ?? main) }
        }
        return (result, Array(bytes.prefix(result.count)))
    }

    func receive(
        _ end: SocketPairEnd, _ count: Int, _ flags: RiFlags, _ thread: GuestThread? = nil
    ) -> (result: IoResult, isTruncated: Bool, bytes: [UInt8]) {
        var isTruncated = false
        let (result, bytes) = withVectors([UInt8](repeating: 0, count: count)) { vectors in
            let received = locked { end.receive(into: vectors, flags, thread ?? main) }
            isTruncated = received.isTruncated
            return received.result
        }
        return (result, isTruncated, Array(bytes.prefix(result.count)))
    }

    /// Writes `value` to an event counter, as eventfd_write(3) does.
    func add(_ counter: EventCounter, _ value: UInt64, _ thread: GuestThread? = nil) -> IoResult {
        write(counter, withUnsafeBytes(of: value) { Array($0) }, thread)
    }

    /// Reads an event counter, as eventfd_read(3) does.
    func take(_ counter: EventCounter, _ thread: GuestThread? = nil) -> (errno: Errno, value: UInt64) {
        let (result, bytes) = read(counter, 8, thread)
        guard result.isSuccess else { return (result.errno, 0) }
        return (.success, bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    }

    func readiness(_ file: OpenFile) -> EpollEvents { locked { file.readiness() } }

    /// Threads that wait in calls on `file`.
    func waiterCount(_ file: OpenFile) -> Int {
        locked {
            var count = 0
            var current = file.waiters.head
            while let node = current {
                count += 1
                current = node.pointee.next
            }
            return count
        }
    }

    /// Two buffers, cut at a third, so that every transfer crosses from one to the next.
    private func withVectors(
        _ bytes: [UInt8], _ body: (IoVectors) -> IoResult
    ) -> (result: IoResult, bytes: [UInt8]) {
        var bytes = bytes
        let count = bytes.count
        let result = bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else {
                return body(IoVectors(base: Self.noVectors, count: 0, total: 0))
            }
            var vectors = [
                iovec(iov_base: base, iov_len: count / 3),
                iovec(iov_base: base + count / 3, iov_len: count - count / 3),
            ]
            return vectors.withUnsafeMutableBufferPointer {
                body(IoVectors(base: $0.baseAddress!, count: 2, total: count))
            }
        }
        return (result, bytes)
    }

    private nonisolated(unsafe) static let noVectors = UnsafeMutablePointer<iovec>.allocate(capacity: 1)
}

/// A guest thread that runs, and the result of its body.
final class Running<Result>: @unchecked Sendable {
    // Safe to share: the result is written once before the semaphore says so.
    let thread: GuestThread
    private let done = DispatchSemaphore(value: 0)
    private var result: Result?

    init(_ thread: GuestThread) { self.thread = thread }

    fileprivate func finish(_ result: Result) {
        self.result = result
        done.signal()
    }

    /// The body's result; the test fails when the body does not return in time.
    func value(_ location: SourceLocation = #_sourceLocation) throws -> Result {
        try #require(done.wait(timeout: .now() + .seconds(30)) == .success, "still waits", sourceLocation: location)
        done.signal()
        return result!
    }

    /// Returns when the thread sleeps in a wait of the kernel.
    func untilBlocked(file: StaticString = #fileID, line: UInt = #line) throws {
        try awaitCondition("the thread waits", file: file, line: line) {
            thread.kernel.locked { thread.blockedSince != 0 }
        }
    }

    var isBlocked: Bool { thread.kernel.locked { thread.blockedSince != 0 } }

    /// Its body has returned.
    var isDone: Bool {
        guard done.wait(timeout: .now()) == .success else { return false }
        done.signal()
        return true
    }
}

/// A word of guest memory, 0 at first.
final class GuestWord: @unchecked Sendable {
    // Safe to share: tests change it while no thread looks at it, or under the kernel lock.
    let base = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)

    init() { base.initialize(to: 0) }
    deinit { base.deallocate() }
}

/// Runs `body` with one buffer, as a call passes it to the kernel.
func withVector<Result>(_ memory: UnsafeMutableRawPointer?, _ count: Int, _ body: (IoVectors) -> Result) -> Result {
    var vector = iovec(iov_base: memory, iov_len: count)
    return withUnsafeMutablePointer(to: &vector) { body(IoVectors(base: $0, count: 1, total: count)) }
}

/// The errno that `body` throws, or success.
func outcome(_ body: () throws(Errno) -> Void) -> Errno {
    do throws(Errno) {
        try body()
        return .success
    } catch {
        return error
    }
}

/// What `body` answers while the next call of the host of that kind fails; `passes` of them go well before.
func failing<Result>(
    _ kind: HostCall.Kind, _ code: Int32, after passes: Int = 0, _ location: SourceLocation = #_sourceLocation,
    _ body: () -> Result
) -> Result {
    let (result, isUsed) = ForcedFailure.during(kind, code, after: passes, body)
    #expect(isUsed, "no such call was made", sourceLocation: location)
    return result
}

extension Kernel {
    /// As the function of that name, with the lock held.
    func outcome(_ body: () throws(Errno) -> Void) -> Errno {
        locked { KernelTests.outcome(body) }
    }
}

extension GuestThread {
    /// Why the sandbox refused the call in progress.
    var noted: CallNote { refusalNote(of: frame.pointee)?.pointee ?? CallNote() }

    /// As `permit`, and takes the lock for it.
    func ask(
        _ direction: NetworkDirection, _ transport: NetworkProtocol, _ endpoint: NetworkEndpoint
    ) throws(Errno) {
        try kernel.locked { () throws(Errno) in try permit(direction, transport, endpoint) }
    }

    /// As `permitAccepting`, and takes the lock for it.
    func ask(from peer: NetworkEndpoint, at local: NetworkEndpoint) throws(Errno) {
        try kernel.locked { () throws(Errno) in try permitAccepting(from: peer, at: local) }
    }
}
