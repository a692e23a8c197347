import Glibc
import Synchronization
import Trace
import WasixABI

@testable import Kernel

extension KernelGuest {
    /// A child of `parent`, as fork(2) makes it, with the thread that it has.
    func child(of parent: GuestThread? = nil) throws -> GuestThread {
        let parent = parent ?? main
        let image = parent.image.copy(kernel)
        image.runner = parent.image.runner
        return try parent.process.fork(image, by: parent)
    }

    /// What `proc_join` comes to.
    func join(
        _ wanted: GuestProcess? = nil, _ flags: JoinFlags = [], _ thread: GuestThread? = nil
    ) -> Result<ChildNews, Errno> {
        let thread = thread ?? main
        do throws(Errno) {
            return .success(
                try kernel.locked { () throws(Errno) in try thread.process.join(wanted?.id, flags, thread) })
        } catch {
            return .failure(error)
        }
    }

    /// Gives a process a number for `file`.
    @discardableResult
    func install(_ file: OpenFile, in other: GuestProcess? = nil, isCloseOnExec: Bool = false) throws -> FdNumber {
        try kernel.locked { () throws(Errno) in
            try (other ?? process).descriptors.add(file, isCloseOnExec: isCloseOnExec)
        }
    }
}

extension GuestThread {
    /// Runs `body` as if it were in a call of `id`.
    func inCall<Result>(_ id: CallID, _ body: () -> Result) -> Result {
        var made = CallFrame(call: id.rawValue, isWide: false, arguments: nil, outer: frame)
        return withUnsafeMutablePointer(to: &made) { made in
            let outer = frame
            frame = made
            defer { frame = outer }
            return body()
        }
    }
}

/// Loads programs without code, and has every export that signals can go to.
final class LoadingRunner: GuestRunner {
    let delivered = Mutex<[UInt8]>([])
    /// Main threads that were to begin.
    let started = Mutex<[GuestThread]>([])
    private let hasRoom: Bool
    private let onDelivery: @Sendable (UInt8, GuestThread) -> Void

    init(hasRoom: Bool = true, _ onDelivery: @escaping @Sendable (UInt8, GuestThread) -> Void = { _, _ in }) {
        self.hasRoom = hasRoom
        self.onDelivery = onDelivery
    }

    func canStart(_ entry: ThreadEntry) -> Bool { true }
    func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool { false }
    func destroy(_ value: ThreadLocalValue, on thread: GuestThread) {}

    func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool {
        delivered.withLock { $0.append(signal) }
        onDelivery(signal, thread)
        return true
    }

    func load(
        _ file: ProgramFile, for process: GuestProcess, by thread: GuestThread
    ) throws(Errno) -> ProgramImage {
        close(file.hostFd)
        let image = ProgramImage(process.kernel, arguments: file.arguments, environment: file.environment)
        image.runner = self
        return image
    }

    func startMain(_ thread: GuestThread) -> Bool {
        guard hasRoom else { return false }
        started.withLock { $0.append(thread) }
        return true
    }
}
