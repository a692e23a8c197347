import Synchronization
import Trace
import WasixABI

/// One guest process: descriptors, threads, arguments, and how it ended.
public final class GuestProcess: @unchecked Sendable {
    // Safe to share: mutable fields are protected by the kernel lock.
    public let kernel: Kernel
    public private(set) var id = ProcessID.none
    /// Who started it; none for the initial process.
    public let parent: ProcessID
    public let arguments: [[UInt8]]
    /// `KEY=VALUE` each.
    public let environment: [[UInt8]]
    public let descriptors: FdTable
    /// The directories it was granted; complete before its first thread runs, and read without the lock.
    public internal(set) var mounts = MountTable()
    public let futexes: FutexTable
    public let memory = GuestMemory()
    private var directory: [UInt8]
    /// The module imports from a WASIX namespace: some preview1 calls mean something else then.
    public var isWasix = false
    /// The module is a Rust program of 2022-2023, which expects both ends of `fd_pipe` to read and write, as those of a
    /// socket pair do (WasixABI.docc/LegacyPrograms).
    public var hasDuplexPipes = false
    /// Runs the guest's code; set before the first thread starts.
    public var runner: (any GuestRunner)?
    /// The export that signals are to be delivered to on threads that have named none themselves.
    var signalCallback: SignalCallback?
    /// Signals that wait for any thread to take them.
    var pendingSignals = SignalSet()
    private(set) lazy var signalTimers = SignalTimers(kernel)
    /// Modes and size of the terminal that captured standard streams claim to be.
    var capturedTerminal = TerminalState.captured
    /// Thread-local keys.
    var locals = ThreadLocals()
    /// Offsets that `clock_time_set` added, by clock id. Plain words, which every clock call reads without the lock.
    public let clockOffsets: UnsafeMutablePointer<Int64>

    private(set) var threads: [GuestThread] = []
    /// Running, or how it ended.
    public private(set) var state: GuestState = .running
    /// The last snapshot of a process that has ended, taken before its descriptors were closed, when somebody looked.
    var lastSnapshot: KernelSnapshot?
    /// Held while a snapshot is taken: one at a time. It is locked before the kernel lock, never under it.
    let snapshotTurn = Mutex(())
    /// Closures of `whenEnded`, each called once, without the lock.
    private var endObservers: [@Sendable (GuestState) -> Void] = []

    public init(
        kernel: Kernel, parent: ProcessID = .none, arguments: [[UInt8]], environment: [[UInt8]],
        workingDirectory: [UInt8]
    ) {
        self.kernel = kernel
        self.parent = parent
        descriptors = FdTable(kernel)
        futexes = FutexTable(kernel)
        self.arguments = arguments
        self.environment = environment
        directory = workingDirectory
        clockOffsets = .allocate(capacity: 4)
        clockOffsets.initialize(repeating: 0, count: 4)
        kernel.locked { id = kernel.processes.add(self) }
    }

    deinit {
        kernel.locked { kernel.processes.remove(id) }
        clockOffsets.deallocate()
    }

    /// See `Kernel.assertLocked`.
    @inlinable @inline(__always)
    public func assertLocked() { kernel.assertLocked() }

    /// Where relative names start from: an absolute path as the guest sees it. Lock held.
    public var workingDirectory: [UInt8] {
        get {
            assertLocked()
            return directory
        }
        set {
            assertLocked()
            directory = newValue
        }
    }

    // MARK: threads

    /// A new thread, which is not started yet; nil when the process has ended. No lock held.
    public func makeThread(isMain: Bool = false, by maker: ThreadID? = nil) -> GuestThread? {
        kernel.locked {
            guard !state.hasEnded else { return nil }
            let thread = GuestThread(
                kernel: kernel, process: self, id: kernel.nextThreadID(), isMain: isMain, maker: maker)
            threads.append(thread)
            return thread
        }
    }

    /// A thread that was made but could not be started. No lock held.
    public func forget(_ thread: GuestThread) {
        kernel.locked { threads.removeAll { $0 === thread } }
    }

    /// Takes a thread that is over out of the list. Lock held.
    func threadEnded(_ thread: GuestThread) {
        assertLocked()
        threads.removeAll { $0 === thread }
    }

    /// Ends the process with status 0 when its last thread has ended without ending it. No lock held.
    func endIfDeserted() {
        if kernel.locked({ threads.isEmpty }) { end(.exited(code: 0)) }
    }

    /// Threads that have not ended. Lock held.
    public var liveThreads: [GuestThread] {
        assertLocked()
        return threads
    }

    /// The live thread that a guest means by `number`, its id or libc's name for the main thread (`ThreadNumber`). Lock
    /// held.
    public func liveThread(_ number: UInt32) -> GuestThread? {
        assertLocked()
        return threads.first { number == ThreadNumber.main ? $0.isMain : $0.id.rawValue == number }
    }

    /// Waits until the thread has ended; at once when there is no such thread. Lock held, released while asleep.
    public func join(_ id: ThreadID, _ thread: GuestThread) -> WaitEnd {
        assertLocked()
        while let other = threads.first(where: { $0.id == id }) {
            if thread.wait(in: other.joiners, key: [], until: .max) == .interrupted { return .interrupted }
        }
        return .woken
    }

    /// `signal` comes to the process after `interval` nanoseconds; see `SignalTimers.set`. No lock held.
    public func setTimer(_ signal: Signal, _ interval: UInt64, repeats: Bool) throws(Errno) {
        try kernel.locked { signalTimers }.set(signal, interval, repeats: repeats, self)
    }

    // MARK: the end

    /// Ends the process, once: every thread leaves its call and does not come back, and every descriptor is closed, so
    /// that peers see the end at once whatever becomes of the host process. No lock held.
    public func end(_ newState: GuestState) {
        var picture = kernel.isObserved ? snapshot() : nil
        picture?.guest = newState
        let observers: [@Sendable (GuestState) -> Void]? = kernel.locked {
            guard !state.hasEnded else { return nil }
            state = newState
            lastSnapshot = picture
            for thread in threads { thread.interrupt(.ending) }
            defer { endObservers = [] }
            return endObservers
        }
        guard let observers else { return }
        while kernel.locked({ descriptors.closeForGood(limit: Self.closedAtOnce) }) {}
        for observer in observers { observer(newState) }
    }

    /// Descriptors closed under one hold of the lock.
    private static let closedAtOnce = 128

    /// `body` runs when the process ends, at once when it has. No lock held.
    public func whenEnded(_ body: @escaping @Sendable (GuestState) -> Void) {
        let now: GuestState? = kernel.locked {
            guard !state.hasEnded else { return state }
            endObservers.append(body)
            return nil
        }
        if let now { body(now) }
    }
}
