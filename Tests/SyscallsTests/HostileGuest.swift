import Glibc
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// A guest without code that has one of everything open, and whose calls are made on a thread of its own.
final class HostileGuest: @unchecked Sendable {
    // Safe to share: set up before the worker starts; the worker alone makes calls and rebuilds.
    static let closedNumber: UInt64 = 60

    let memory = HostileMemory()
    let kernel: Kernel
    let process: GuestProcess
    let thread: GuestThread
    /// One number of every kind of description that a guest can have.
    private(set) var descriptors: [UInt64] = []
    private var hasBegun = false

    /// - Parameters:
    ///   - root: a directory of the host to grant.
    ///   - isEnding: the thread is to end, so every wait is over at once.
    init(root: String, isWasix: Bool, isEnding: Bool) {
        // The name that a plausible call has.
        let command = CommandMapping(name: Array("f".utf8), file: ByteString(Array((root + "/module").utf8)))
        kernel = Kernel(network: .granted, commands: [command])
        // Nothing here talks to other hosts.
        kernel.lookup = HostLookup { _ in .failed(.noent) }
        process = GuestProcess(
            kernel: kernel, arguments: [Array("program".utf8), []], environment: [Array("A=1".utf8)],
            workingDirectory: Array("/".utf8))
        process.isWasix = isWasix
        process.image.runner = ProgramRunner(startsEverySecond: true)
        process.image.memory.attach(base: memory.base) { UInt64(HostileMemory.size) }
        thread = process.makeThread(isMain: true)!
        open(root)
        if isEnding { kernel.locked { thread.interrupt(.ending) } }
    }

    deinit { process.end(.exited(code: 0)) }

    private func open(_ root: String) {
        let module = Glibc.open(root + "/module", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        precondition(Glibc.write(module, "\0asm", 4) == 4)
        close(module)
        // One to wait for.
        _ = try! process.makeChild(process.image)
        try! Preopens.install([DirectoryGrant(hostPath: root, guestPath: "/")], into: process)
        _ = try! StandardStreams.capture(into: process)
        kernel.locked {
            let pipe = PipeEnd.makePair(kernel)
            let full = PipeEnd.makePair(kernel)
            let stream = SocketPairEnd.makePair(kernel, isStream: true)
            let datagram = SocketPairEnd.makePair(kernel, isStream: false)
            let counter = EventCounter(kernel: kernel, initial: 1, flags: [])
            let inner = Epoll(kernel: kernel)
            let outer = Epoll(kernel: kernel)
            let file = HostFile(
                kernel: kernel, hostFd: Glibc.open(root + "/file", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600),
                path: Array("/file".utf8))
            let device = HostFile(
                kernel: kernel, hostFd: Glibc.open("/dev/zero", O_RDWR | O_CLOEXEC), path: Array("/dev/zero".utf8),
                type: .characterDevice)
            let made: [OpenFile] = [
                pipe.reader, pipe.writer, full.reader, full.writer, stream.0, stream.1, datagram.0, datagram.1,
                counter, inner, outer, file, device, try! HostSocket.open(.inet4, .stream, thread),
                try! HostSocket.open(.inet6, .datagram, thread),
            ]
            for object in made { _ = try! process.descriptors.install(object) }
            let data = EpollData(pointer: 0, fd: 0, data1: 0, data2: 7)
            try! inner.add(counter, number(of: counter), events: [.in, .et], data: data)
            try! outer.add(inner, number(of: inner), events: .in, data: data)
            descriptors = (0..<UInt32(made.count + 4)).map(UInt64.init)
        }
    }

    private func number(of file: OpenFile) -> FdNumber {
        var found = FdNumber(rawValue: 0)
        _ = process.descriptors.forEach { number, _, other in if other === file { found = number } }
        return found
    }

    /// Numbers worth trying as a descriptor.
    var numbers: [UInt64] { descriptors + [Self.closedNumber, 1 << 20, UInt64(UInt32.max), 1 << 31] }

    /// Makes a call as the engine makes it. Worker thread only.
    func call(_ binding: CallBinding, _ arguments: [UInt64], isWide: Bool) -> Errno {
        if !hasBegun {
            // A wait on the host is left by a signal to the host thread.
            thread.begin()
            hasBegun = true
        }
        return thread.answer(binding.id, arguments, isWide ? .bits64 : .bits32)
    }

    /// A call of its waits for something. Any thread.
    var isBlocked: Bool { kernel.locked { thread.blockedSince != 0 } }

    /// Everything is still as a further call needs it: the thread goes on with the program that it began.
    var isUsable: Bool { !thread.mustLeave && !kernel.locked { process.state.hasEnded } }
}
