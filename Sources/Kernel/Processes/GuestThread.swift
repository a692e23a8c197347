import CLinux
import Glibc
import Trace
import WasixABI

/// Why a wait ended.
public enum WaitEnd: Sendable {
    /// Somebody woke the thread: look again.
    case woken
    case timedOut
    /// The thread must leave the call: the process ends, or a signal waits for it.
    case interrupted
}

/// One thread of the guest, which runs on one host thread of its own.
public final class GuestThread: @unchecked Sendable {
    // Safe to share: fields marked "owner" are touched by the guest thread alone, the others under the kernel lock;
    // `interrupts` is atomic.
    public let kernel: Kernel
    public let process: GuestProcess
    // Copies of the process's and its image's references. Reading one through `process` would cost a retain and a release on every
    // call.
    public let image: ProgramImage
    public let memory: GuestMemory
    public let descriptors: FdTable
    public let futexes: FutexTable
    public let id: ThreadID
    public let isMain: Bool
    /// The thread that made it, of this process or of its parent; 0 for the first of all.
    let maker: UInt32
    public let channel: ThreadChannel?
    /// The same reference, unmanaged: using it in a call costs no retain.
    public let channelReference: Unmanaged<ThreadChannel>?

    let wakeWord = WakeWord()
    var spin = SpinBudget()
    /// `Interrupts` that are not served yet; atomic.
    @usableFromInline let interrupts: UnsafeMutablePointer<UInt32>
    /// The queue node for waits on a single queue (owner; its links under the lock).
    let node: WaitNodePointer
    /// What `wait` waits in, and whether it has left that because it was stopped: no wake-up has chosen it then.
    var waitQueue: Unmanaged<WaitQueue>?
    var wasStoppedInWait = false
    var hostThread: pid_t = 0
    var isInHostWait = false

    /// The innermost call in progress (owner; under the lock others may read it while the thread is blocked). Between
    /// calls it is a frame without a call, so that there always is one.
    public var frame: UnsafeMutablePointer<CallFrame>
    let outermostFrame: UnsafeMutablePointer<CallFrame>

    /// The guest asked to end this thread alone: the call in progress does not return to it (owner).
    public var wantsExit = false
    /// Whatever the runner keeps for this thread (owner).
    public var runnerState: AnyObject?
    /// The last call of this thread that is not implemented and answered NOSYS: a later trap may come of it (owner).
    public var missingCall: CallID?

    // Under the lock: what a snapshot says of this thread.
    /// Since when it waits, in CLOCK_MONOTONIC nanoseconds: 0 while it runs, 1 for a wait that nobody traces.
    var blockedSince: UInt64 = 0
    var blockedUntil: UInt64 = UInt64.max
    var waitBegan: UInt64 = 0
    var wakes: UInt64 = 0
    /// A wake-up that the futex wait in progress has missed.
    var missedWake: MissedWake?
    /// Since when the wait goes on that a request interrupted; 0 for none.
    var heldSince: UInt64 = 0
    /// Where it stands still because the guest is paused, and since when (CLOCK_MONOTONIC nanoseconds).
    var pausedAt: PausePlace?
    var pausedSince: UInt64 = 0
    /// It may run to its next call although the guest is paused.
    var mayStep = false
    /// It serves a request right now, in the middle of a wait or before it.
    var isServing = false
    /// The stack as last seen, when that was (CLOCK_MONOTONIC nanoseconds), and `blockedSince` of the wait it was in; 0
    /// outside of a wait.
    var stack: [GuestFrame] = []
    /// The thread that has ended the wait in progress, if it is traced; else 0. Lock held.
    var waker: UInt32 = 0
    var stackTakenAt: UInt64 = 0
    var stackWait: UInt64 = 0
    public private(set) var hasEnded = false
    /// Its process runs another program now. Lock held.
    var isReplaced = false
    /// The export that the thread has named for its signals; nil for the process's.
    var ownSignalCallback: SignalCallback?
    /// Signals that wait for this thread, and those whose handlers it runs.
    var pendingSignals = SignalSet()
    var signalsInHandlers = SignalSet()
    /// The one whose handler all others run in.
    var firstInHandlers: Signal?
    /// What the guest's code unwinds for, and what the call answers once it is back in it (owner).
    var unwinding: Unwinding?
    var rewound: Rewound?
    /// Where it is going instead (owner).
    var jump: StackJump?
    /// The thread of the parent process whose code this one runs, and the one that runs this thread's code or was the last
    /// to do so (`forkEnvironment`; owner).
    var lender: GuestThread?
    var borrower: GuestThread?
    /// Thread-local values by key.
    var localValues: [UInt64] = []
    /// Woken when the thread ends.
    let joiners = WaitQueue()

    /// Room for `IoVectors.limit` host vectors (owner).
    public let vectorScratch: UnsafeMutablePointer<iovec>
    @usableFromInline var events: UnsafeMutablePointer<DeliveredEvent>
    @usableFromInline var eventCapacity = 64
    var pollStorage: PollStorage?
    /// The first registrations that the last `epoll_wait` reported, while somebody listens (owner).
    public let reportedItems: UnsafeMutablePointer<ReportedItem>
    let noteScratch: UnsafeMutablePointer<CallNote>
    /// What the call in progress has read from and left something in, behind an edge-triggered registration (owner).
    public internal(set) var unreadObject = ObjectID.none
    /// When a stack was last kept at the end of a call, in ticks (owner).
    var lastKeptStack: UInt64 = 0
    /// The bytes of the stack that goes into the record of the call in progress (owner).
    var stackScratch = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    /// Lock held.
    init(kernel: Kernel, process: GuestProcess, id: ThreadID, isMain: Bool, maker: ThreadID?) {
        self.kernel = kernel
        self.process = process
        image = process.image
        memory = image.memory
        descriptors = process.descriptors
        futexes = image.futexes
        self.id = id
        self.isMain = isMain
        self.maker = maker?.rawValue ?? 0
        channel = kernel.tracer?.makeChannel(process: process.id, thread: id)
        channelReference = channel.map { .passUnretained($0) }
        interrupts = .allocate(capacity: 1)
        interrupts.initialize(to: 0)
        outermostFrame = .allocate(capacity: 1)
        outermostFrame.initialize(to: .none)
        frame = outermostFrame
        vectorScratch = .allocate(capacity: IoVectors.limit)
        events = .allocate(capacity: eventCapacity)
        reportedItems = .allocate(capacity: PayloadChunk.mostReported)
        noteScratch = .allocate(capacity: 1)
        node = .allocate(capacity: 1)
        node.initialize(to: WaitNode(thread: .passUnretained(self), key: [], isExclusive: true))
    }

    deinit {
        interrupts.deallocate()
        wakeWord.retire()
        // Nothing is recorded for this thread any more: whoever reads may let go of its records.
        if let channel { kernel.tracer?.end(channel) }
        outermostFrame.deallocate()
        node.deallocate()
        vectorScratch.deallocate()
        events.deallocate()
        reportedItems.deallocate()
        noteScratch.deallocate()
        stackScratch.deallocate()
    }

    /// Called on the host thread before the guest runs: blocks signals, asks for exact timers, and notes which host
    /// thread an interrupt must be sent to.
    public func begin() {
        cl_block_signals()
        cl_precise_timers()
        kernel.locked { hostThread = cl_gettid() }
        guard maker != 0 else { return }
        var record = TraceRecord()
        record.kind = RecordKind.threadStart.rawValue
        record.result = maker
        channel?.push(record)
    }

    /// It is on its host thread. Lock held.
    var hasBegun: Bool { hostThread != 0 }

    /// The guest thread is over: joiners learn of it. Called on the host thread, no lock held.
    public func end() {
        if let channel {
            channel.push(kernel.locked { isReplaced ? .programReplaced : ThreadEnd(process.state) }.record)
        }
        kernel.locked {
            hasEnded = true
            hostThread = 0
            if mayStep { kernel.settleClock() }
            joiners.wake(key: [])
            image.linkTurn.noticeArrival()
            process.threadEnded(self)
        }
        process.endIfDeserted()
    }

    // MARK: interrupts (any thread)

    /// What the thread was asked for and has not taken yet.
    @inlinable
    public var pendingInterrupts: Interrupts { Interrupts(rawValue: cl_load_acquire32(interrupts)) }

    /// The call in progress must be left: it ends with INTR, or does not come back at all.
    public var isInterrupted: Bool {
        let pending = pendingInterrupts
        if !pending.isDisjoint(with: .leaving) { return true }
        return pending.contains(.quietSignal) && frame.pointee.isEndedByEverySignal
    }

    /// This thread runs no more of the code that it is in.
    @inlinable
    public var mustLeave: Bool { wantsExit || !pendingInterrupts.isDisjoint(with: [.ending, .jumping, .failing]) }

    /// The process ends: this thread runs no more of the guest's code.
    @inlinable
    public var isEnding: Bool { pendingInterrupts.contains(.ending) }

    /// Sets `reason`, and wakes the thread out of whatever it waits in. Lock held.
    func interrupt(_ reason: Interrupts) {
        kernel.assertLocked()
        _ = cl_fetch_or32(interrupts, reason.rawValue)
        wake()
    }

    /// Sets `reason` without waking the thread, which sees it when its call ends or before its next one.
    func setInterrupt(_ reason: Interrupts) { _ = cl_fetch_or32(interrupts, reason.rawValue) }

    /// Takes `reasons` back, because the thread serves them now. Not for `ending`, which stays.
    /// - Returns: those of them that were asked for.
    func takeInterrupts(_ reasons: Interrupts) -> Interrupts {
        let before = Interrupts(rawValue: cl_fetch_and32(interrupts, ~reasons.rawValue))
        return before.intersection(reasons)
    }

    // MARK: waking (lock held)

    /// Ends the thread's wait, or the next one when it does not wait yet.
    @inline(__always)
    func wake() {
        kernel.assertLocked()
        kernel.wakeups.wake(wakeWord)
        if isInHostWait { leaveHostWait() }
    }

    /// Gets the thread out of a wait on host descriptors. The signal is unblocked only inside that wait, so it stays
    /// pending when the thread has not reached it yet.
    private func leaveHostWait() { _ = cl_tgkill(hostThread, cl_interrupt_signal()) }
}
