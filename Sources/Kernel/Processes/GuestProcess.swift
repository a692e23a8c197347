import Synchronization
import Trace
import WasixABI

/// One guest process: descriptors, threads, arguments, and how it ended.
public final class GuestProcess: @unchecked Sendable {
    // Safe to share: mutable fields are protected by the kernel lock.
    public let kernel: Kernel
    public private(set) var id = ProcessID.none
    /// Who started it, or the initial process where that one has ended; none for the initial process.
    var parent: ProcessID
    /// Nobody waits for its end.
    var isOrphan = false
    public let descriptors: FdTable
    /// The directories it was granted; complete before its first thread runs, and read without the lock.
    public internal(set) var mounts = MountTable()
    /// The program that new threads run. Under the lock once its first thread has started.
    public internal(set) var image: ProgramImage
    /// The image is its parent's.
    var sharesImage = false
    private var directory: [UInt8]
    /// As its image says; a plain word, which calls read without the lock.
    public var isWasix = false
    /// The export that signals are to be delivered to on threads that have named none themselves.
    var signalCallback: SignalCallback?
    /// Signals that wait for any thread to take them.
    var pendingSignals = SignalSet()
    private(set) lazy var signalTimers = SignalTimers(kernel)
    /// Its program has asked how large the terminal is, or in which modes: it may want to hear of changes.
    public var hasAskedForTerminal = false
    /// Modes and size of the terminal that captured standard streams claim to be.
    var capturedTerminal = TerminalState.captured
    /// Signals that the process was told to ignore when it was started; its libc asks for them.
    public internal(set) var ignoredSignals: [Signal] = []
    /// Those that it has started, running or waiting to be joined.
    var children: [GuestProcess] = []
    /// Threads that wait for one of its children to end or to stop.
    let childWaiters = WaitQueue()
    /// It has ended and closed everything, so that its parent may join it.
    var isJoinable = false
    /// Its threads stay where they are.
    var isStopped = false
    /// Whoever inspects the guest has paused this process and not the guest.
    var isPausedAlone = false
    /// Signals without a handler that came while it was stopped.
    var heldSignals = SignalSet()
    /// The signal that has stopped it, until its parent knows.
    var stopNews: Signal?
    /// Woken when it runs another program or has ended.
    let releaseWaiters = WaitQueue()
    /// It runs a program of its own: what `vfork` waits for.
    var isReleased = false
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
        kernel: Kernel, parent: ProcessID = .none, image: ProgramImage, workingDirectory: [UInt8]
    ) {
        self.kernel = kernel
        self.parent = parent
        self.image = image
        descriptors = FdTable(kernel)
        directory = workingDirectory
        clockOffsets = .allocate(capacity: Self.clockCount)
        clockOffsets.initialize(repeating: 0, count: Self.clockCount)
        kernel.locked { id = kernel.processes.add(self) }
    }

    deinit { clockOffsets.deallocate() }

    public convenience init(
        kernel: Kernel, parent: ProcessID = .none, arguments: [[UInt8]], environment: [[UInt8]],
        workingDirectory: [UInt8]
    ) {
        self.init(
            kernel: kernel, parent: parent,
            image: ProgramImage(kernel, arguments: arguments, environment: environment),
            workingDirectory: workingDirectory)
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
            if isStopped { thread.interrupt(.stop) }
            if kernel.isWatchingBorders || isPausedAlone { thread.setInterrupt(.pause) }
            return thread
        }
    }

    /// A thread that was made but could not be started. No lock held.
    public func forget(_ thread: GuestThread) { kernel.locked { forgetUnstarted(thread) } }

    /// As `forget`. Lock held.
    func forgetUnstarted(_ thread: GuestThread) {
        assertLocked()
        threads.removeAll { $0 === thread }
    }

    /// Takes a thread that is over out of the list. Lock held.
    func threadEnded(_ thread: GuestThread) {
        assertLocked()
        threads.removeAll { $0 === thread }
        retargetSignals()
    }

    /// Ends the process with status 0 when its last thread has ended without ending it, and gives its memory back. No lock
    /// held.
    func endIfDeserted() {
        guard kernel.locked({ threads.isEmpty }) else { return }
        end(.exited(code: 0))
        // Given back after the lock: the host takes its time to unmap a memory. The initial process's goes with the guest,
        // which may be looked at until then.
        let parts = kernel.locked { threads.isEmpty && !sharesImage && id != .initial ? image.takeApart() : nil }
        withExtendedLifetime(parts) {}
    }

    /// Threads that have not ended. Lock held.
    public var liveThreads: [GuestThread] {
        assertLocked()
        return threads
    }

    /// Whether the calling thread is its only one. No lock held.
    public var hasOneThread: Bool { kernel.locked { threads.count == 1 } }

    /// The live thread that a guest means by `number`, its id or libc's name for the main thread (`ThreadNumber`). Lock
    /// held.
    public func liveThread(_ number: UInt32) -> GuestThread? {
        assertLocked()
        return threads.first {
            !$0.isReplaced && (number == ThreadNumber.main ? $0.isMain : $0.id.rawValue == number)
        }
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
        if let observers = beginEnd(newState) { finishEnd(newState, observers) }
    }

    /// Has all threads leave, those that compute, too. No lock held.
    /// - Returns: who is to be told in the end; nil when the process had ended.
    func beginEnd(_ newState: GuestState) -> [@Sendable (GuestState) -> Void]? {
        var picture = kernel.isObserved ? snapshot(isLast: true) : nil
        picture?.guest = newState
        let observers: [@Sendable (GuestState) -> Void]? = kernel.locked {
            guard !state.hasEnded else { return nil }
            state = newState
            lastSnapshot = picture
            for thread in threads { thread.interrupt(.ending) }
            defer { endObservers = [] }
            return endObservers
        }
        if observers != nil { kernel.locked { sharesImage ? nil : image.runner }?.expel() }
        return observers
    }

    /// No lock held.
    func finishEnd(_ state: GuestState, _ observers: [@Sendable (GuestState) -> Void]) {
        while kernel.locked({ descriptors.closeForGood(limit: Self.closedAtOnce) }) {}
        // Where nobody looks at the ends of the processes that end with this one, nobody waits for them.
        if !kernel.isObserved { for observer in observers { observer(state) } }
        leaveFamily()
        if kernel.isObserved { for observer in observers { observer(state) } }
    }

    /// Descriptors closed under one hold of the lock.
    static let closedAtOnce = 128
    static let clockCount = 4

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
