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
    private var spin = SpinBudget()
    /// `Interrupts` that are not served yet; atomic.
    @usableFromInline let interrupts: UnsafeMutablePointer<UInt32>
    /// The queue node for waits on a single queue (owner; its links under the lock).
    let node: WaitNodePointer
    /// What `wait` waits in, and whether it has left that because it was stopped: no wake-up has chosen it then.
    private var waitQueue: Unmanaged<WaitQueue>?
    private(set) var wasStoppedInWait = false
    var hostThread: pid_t = 0
    private var isInHostWait = false

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
    private(set) var blockedSince: UInt64 = 0
    private(set) var blockedUntil: UInt64 = UInt64.max
    private var waitBegan: UInt64 = 0
    private(set) var wakes: UInt64 = 0
    /// A wake-up that the futex wait in progress has missed.
    var missedWake: MissedWake?
    /// Since when the wait goes on that a request interrupted; 0 for none.
    private var heldSince: UInt64 = 0
    /// It serves a request right now, in the middle of a wait or before it.
    private var isServing = false
    /// The stack as last seen, when that was (CLOCK_MONOTONIC nanoseconds), and `blockedSince` of the wait it was in; 0
    /// outside of a wait.
    private(set) var stack: [GuestFrame] = []
    /// The thread that has ended the wait in progress, if it is traced; else 0. Lock held.
    var waker: UInt32 = 0
    private(set) var stackTakenAt: UInt64 = 0
    private(set) var stackWait: UInt64 = 0
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
    /// Signals that wait until a wait that they must not end is over (owner).
    var signalsSetAside: Interrupts = []
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

    /// Sets a reason of the thread's own.
    func setOwnInterrupt(_ reason: Interrupts) { _ = cl_fetch_or32(interrupts, reason.rawValue) }

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

    // MARK: waiting (lock held; released while asleep)

    /// Sleeps until woken, interrupted or `deadline` (CLOCK_MONOTONIC nanoseconds). For a thread that is in no queue,
    /// or in queues whose wake-ups it does not use up (`PollSet`). An exclusive waiter calls `wait`.
    func park(until deadline: UInt64) -> WaitEnd {
        kernel.assertLocked()
        let wasStopped = serveRequests()
        guard !isInterrupted else { return .interrupted }
        // What it is to wait for may have come meanwhile.
        guard !wasStopped else { return .woken }
        beginBlocked(until: deadline)
        kernel.unlock()
        let wasWoken = wakeWord.sleep(until: deadline, &spin)
        kernel.lock()
        let since = endBlocked()
        serveRequests(inWaitSince: since)
        if isInterrupted { return .interrupted }
        return wasWoken ? .woken : .timedOut
    }

    /// Waits for one wake-up of `queue` that concerns `key`. All exclusive waiters go through here, so that no wake-up
    /// gets lost: a thread that a wake-up has chosen looks again, even when its time is up or a signal came at the same
    /// moment (Linux: prepare_to_wait_event, ep_poll). A thread that cannot look, because its process ends, passes the
    /// wake-up on.
    /// - Parameters:
    ///   - isExclusive: a wake-up with a key wakes only the first exclusive waiter.
    ///   - address: what a wake-up of a futex queue must name.
    func wait(
        in queue: WaitQueue, key: EpollEvents = [], isExclusive: Bool = true, address: UInt = 0,
        until deadline: UInt64
    ) -> WaitEnd {
        node.pointee.key = key
        node.pointee.isExclusive = isExclusive
        node.pointee.address = address
        queue.append(node)
        waitQueue = .passUnretained(queue)
        wasStoppedInWait = false
        defer { waitQueue = nil }
        // A thread that was woken without being chosen has served a request: its wait goes on.
        var end = park(until: deadline)
        while end == .woken, node.pointee.isQueued { end = park(until: deadline) }
        guard !node.pointee.isQueued else {
            queue.remove(node)
            return end
        }
        guard isEnding, !wasStoppedInWait else {
            if waker != 0 {
                ChangeLog.current?.add(.wokenBy(waker))
                waker = 0
            }
            return .woken
        }
        queue.passOn(node)
        return .interrupted
    }

    /// Sleeps until `deadline`. Only an interrupt ends it early, no other wake-up.
    public func sleep(until deadline: UInt64) -> WaitEnd {
        while true {
            let end = park(until: deadline)
            if end != .woken { return end }
        }
    }

    /// Runs a wait on host descriptors that an interrupt can end. What the host answered counts even when an interrupt
    /// came at the same moment: the host reports an edge only once.
    /// - Parameter body: entered without the lock; must wait with `cl_wait_poll`, `cl_wait_epoll` or `cl_wait_connect`.
    /// - Returns: what the host answered; -EINTR also for a wake-up that came late and means nothing any more.
    func hostWait(until deadline: UInt64, _ body: (_ timeout: UInt64) -> Int32) -> Int32 {
        kernel.assertLocked()
        let wasStopped = serveRequests()
        guard !isInterrupted, !wasStopped else { return -EINTR }
        isInHostWait = true
        beginBlocked(until: deadline)
        kernel.unlock()
        let answer = body(Self.timeout(until: deadline))
        kernel.lock()
        isInHostWait = false
        let since = endBlocked()
        serveRequests(inWaitSince: since)
        return answer
    }

    /// What `hostWait` came to, for a caller that asks the host again: descriptors that are ready win over a signal.
    func end(ofHostWait answer: Int32) -> WaitEnd {
        if answer > 0, !isEnding { return .woken }
        if isInterrupted { return .interrupted }
        return answer == 0 ? .timedOut : .woken
    }

    /// Serves requests to stop the thread or to show its stack, without the lock. The wait goes on afterwards: every
    /// waiter looks again after a wake-up.
    /// - Parameter since: `blockedSince` of the wait that a request may have interrupted; 0 before a wait.
    /// - Returns: whether the thread was stopped, and slept.
    @discardableResult
    private func serveRequests(inWaitSince since: UInt64 = 0) -> Bool {
        var wasStopped = false
        while !pendingInterrupts.isDisjoint(with: .requests) {
            var requests = takeInterrupts(.requests)
            if requests.contains(.pause) {
                wasStopped = true
                waitQueue?._withUnsafeGuaranteedRef { leave($0) }
                while process.isStopped, !isEnding {
                    kernel.unlock()
                    _ = wakeWord.sleep(until: .max, &spin)
                    kernel.lock()
                }
                requests.remove(.pause)
            }
            if requests.contains(.linkNotice) {
                image.linkTurn.noticeArrival()
                requests.remove(.linkNotice)
            }
            guard !requests.isEmpty, let runner = image.runner else { continue }
            isServing = true
            kernel.unlock()
            runner.serve(requests, on: self)
            kernel.lock()
            isServing = false
            guard since != 0 else { continue }
            // To whoever looks, the wait that follows in the same call is the same wait.
            heldSince = since
            if stackTakenAt > since { stackWait = since }
            wakes &-= 1
            frame.pointee.waitTicks |= 1
        }
        return wasStopped
    }

    /// The thread stops in its wait: what comes meanwhile is for others, and it looks again when it goes on. A futex's
    /// wake-up that it has got already stays its own, because nothing can be looked at.
    private func leave(_ queue: WaitQueue) {
        if node.pointee.isQueued {
            queue.remove(node)
        } else {
            guard node.pointee.address == 0 else { return }
            queue.passOn(node)
        }
        wasStoppedInWait = true
    }

    /// Serves requests at the end of a call. No lock held.
    public func serveRequestsBetweenCalls() { kernel.locked { serveRequests() } }

    /// Keeps the thread's stack for whoever looks. Called on the thread while it serves a request; no lock held.
    public func keepStack(_ frames: [GuestFrame]) {
        kernel.locked {
            stack = frames
            stackTakenAt = cl_monotonic_ns()
            stackWait = 0
        }
    }

    /// It has not served a request or taken a signal yet and is in no wait. Lock held.
    var isAskedWhileItRuns: Bool {
        kernel.assertLocked()
        return blockedSince == 0 && !isServing
            && !pendingInterrupts.isDisjoint(with: [.pause, .stack, .signal, .quietSignal])
    }

    /// Nanoseconds that a wait must have lasted before its stack is worth a look, and between two looks at a thread that
    /// runs.
    private static let waitWorthALook: UInt64 = 100_000_000
    private static let betweenLooks: UInt64 = 500_000_000

    /// Asks for the stack when what is known is not of the present. Lock held.
    /// - Returns: whether it was asked for.
    func askForStack(at now: UInt64) -> Bool {
        kernel.assertLocked()
        // Asked once more while it serves, it would wake again, and its wait would seem to begin anew.
        guard !hasEnded, hostThread != 0, !isServing, !pendingInterrupts.contains(.stack) else { return false }
        let isOld =
            blockedSince != 0
            ? stackWait != blockedSince && now > blockedSince &+ Self.waitWorthALook
            : now > stackTakenAt &+ Self.betweenLooks
        guard isOld else { return false }
        interrupt(.stack)
        return true
    }

    /// Nanoseconds left until `deadline`; all ones for no deadline.
    static func timeout(until deadline: UInt64) -> UInt64 {
        guard deadline != .max else { return .max }
        guard deadline != 0 else { return 0 }
        let now = cl_monotonic_ns()
        return deadline > now ? deadline - now : 0
    }

    private func beginBlocked(until deadline: UInt64) {
        blockedUntil = deadline
        blockedSince = cl_monotonic_ns()
        if heldSince != 0 {
            // A call that has not waited before is another one.
            if frame.pointee.waitTicks != 0 { blockedSince = heldSince }
            heldSince = 0
        }
        guard let channelReference else { return }
        waitBegan = TickClock.now()
        channelReference._withUnsafeGuaranteedRef { $0.ring.announceNothing() }
    }

    /// - Returns: since when it waited.
    private func endBlocked() -> UInt64 {
        let since = blockedSince
        blockedSince = 0
        wakes &+= 1
        guard let channelReference else { return since }
        let now = TickClock.now()
        // At least 1, because 0 stands for a call that did not wait.
        frame.pointee.waitTicks &+= max(now &- waitBegan, 1)
        frame.pointee.lookupTick = now
        channelReference._withUnsafeGuaranteedRef { $0.ring.announce(now) }
        return since
    }
}
