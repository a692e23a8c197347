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
    // `flags` is atomic.
    public let kernel: Kernel
    public let process: GuestProcess
    // The process's own, one step nearer: a class reference found through two others is counted, through one it is not.
    public let memory: GuestMemory
    public let descriptors: FdTable
    public let futexes: FutexTable
    public let id: ThreadID
    public let isMain: Bool
    public let channel: ThreadChannel?
    /// The same without a count, for the path of a call.
    public let channelReference: Unmanaged<ThreadChannel>?

    let wakeWord = WakeWord()
    private var spin = SpinBudget()
    @usableFromInline let flags: UnsafeMutablePointer<UInt32>
    /// The node this thread waits with when it waits for one thing (owner; queue links under the lock).
    let node: WaitNodePointer
    private var hostThread: pid_t = 0
    private var isInHostWait = false

    /// The innermost call in progress (owner; under the lock others may read it while the thread is blocked). Between
    /// calls a frame without a call, so that nobody has to ask.
    public var frame: UnsafeMutablePointer<CallFrame>
    private let outermostFrame: UnsafeMutablePointer<CallFrame>

    /// Asked to end this thread alone; its call does not return to the guest (owner).
    public var wantsExit = false
    /// Whatever the runner keeps for this thread (owner).
    public var runnerState: AnyObject?
    /// The row of the last call of this thread that nobody has written yet: it may be what a later trap is about (owner).
    public var missingCall: CallID?

    // Under the lock: what a snapshot says of this thread.
    private(set) var blockedSince: UInt64 = 0
    private(set) var blockedUntil: UInt64 = UInt64.max
    private(set) var wakes: UInt64 = 0
    public private(set) var hasEnded = false
    /// Thread-local values by key.
    var localValues: [UInt64] = []
    /// Woken when the thread ends.
    let joiners = WaitQueue()

    /// Room for `IoVectors.limit` host vectors (owner).
    public let vectorScratch: UnsafeMutablePointer<iovec>
    @usableFromInline var events: UnsafeMutablePointer<DeliveredEvent>
    @usableFromInline var eventCapacity = 64
    private var pollStorage: PollStorage?

    private enum Flag {
        static let interrupt: UInt32 = 1
    }

    /// Lock held.
    init(kernel: Kernel, process: GuestProcess, id: ThreadID, isMain: Bool) {
        self.kernel = kernel
        self.process = process
        memory = process.memory
        descriptors = process.descriptors
        futexes = process.futexes
        self.id = id
        self.isMain = isMain
        channel = kernel.tracer?.makeChannel(process: process.id, thread: id)
        channelReference = channel.map { .passUnretained($0) }
        flags = .allocate(capacity: 1)
        flags.initialize(to: 0)
        outermostFrame = .allocate(capacity: 1)
        outermostFrame.initialize(to: .none)
        frame = outermostFrame
        vectorScratch = .allocate(capacity: IoVectors.limit)
        events = .allocate(capacity: eventCapacity)
        node = .allocate(capacity: 1)
        node.initialize(to: WaitNode(thread: .passUnretained(self), key: [], isExclusive: true))
    }

    deinit {
        flags.deallocate()
        outermostFrame.deallocate()
        node.deallocate()
        vectorScratch.deallocate()
        events.deallocate()
    }

    /// Called on the host thread before the guest runs: blocks signals, asks for exact timers, and learns whom an
    /// interrupt must go to.
    public func begin() {
        cl_block_signals()
        cl_precise_timers()
        kernel.locked { hostThread = cl_gettid() }
    }

    /// The guest thread is over: joiners learn of it. Called on the host thread, no lock held.
    public func end() {
        kernel.locked {
            hasEnded = true
            hostThread = 0
            joiners.wake(key: [])
            process.threadEnded(self)
        }
        process.endIfDeserted()
    }

    /// The current call must be left, whatever it does.
    @inlinable
    public var isInterrupted: Bool { cl_load_acquire32(flags) != 0 }

    // MARK: waking (lock held)

    @inline(__always)
    func wake() {
        kernel.wakeups.wake(wakeWord)
        if isInHostWait { leaveHostWait() }
    }

    /// Gets the thread out of a wait on host descriptors. The signal is blocked but in there, so it is not lost when
    /// the thread is only on its way.
    private func leaveHostWait() { _ = cl_tgkill(hostThread, cl_interrupt_signal()) }

    /// Makes the thread leave whatever it waits in. Lock held.
    func interrupt() {
        _ = cl_fetch_or32(flags, Flag.interrupt)
        wake()
    }

    // MARK: waiting (lock held; released while asleep)

    /// Sleeps until woken, interrupted or `deadline` (CLOCK_MONOTONIC nanoseconds).
    func park(until deadline: UInt64) -> WaitEnd {
        guard !isInterrupted else { return .interrupted }
        beginBlocked(until: deadline)
        kernel.unlock()
        let wasWoken = wakeWord.sleep(until: deadline, &spin)
        kernel.lock()
        endBlocked()
        if isInterrupted { return .interrupted }
        return wasWoken ? .woken : .timedOut
    }

    /// Waits for one wake-up of `queue` that concerns `key`; several such waiters are woken one by one.
    func wait(in queue: WaitQueue, key: EpollEvents, until deadline: UInt64) -> WaitEnd {
        node.pointee.key = key
        node.pointee.isExclusive = true
        queue.append(node)
        let end = park(until: deadline)
        queue.remove(node)
        return end
    }

    /// Sleeps until `deadline`; wake-ups that are not for a sleeper do not end it.
    public func sleep(until deadline: UInt64) -> WaitEnd {
        while true {
            let end = park(until: deadline)
            if end != .woken { return end }
        }
    }

    /// Runs a wait on host descriptors that an interrupt gets out of. `body` is entered without the lock and must
    /// wait with `cl_wait_poll` or `cl_wait_epoll`.
    func hostWait<Result>(until deadline: UInt64, _ body: (_ timeout: UInt64) -> Result) -> Result? {
        guard !isInterrupted else { return nil }
        isInHostWait = true
        beginBlocked(until: deadline)
        kernel.unlock()
        let result = body(Self.timeout(until: deadline))
        kernel.lock()
        isInHostWait = false
        endBlocked()
        return isInterrupted ? nil : result
    }

    /// Nanoseconds left until `deadline`; never cut short.
    static func timeout(until deadline: UInt64) -> UInt64 {
        guard deadline != .max else { return .max }
        guard deadline != 0 else { return 0 }
        let now = cl_monotonic_ns()
        return deadline > now ? deadline - now : 0
    }

    private func beginBlocked(until deadline: UInt64) {
        blockedUntil = deadline
        blockedSince = kernel.isObserved ? cl_monotonic_ns() : 1
    }

    private func endBlocked() {
        blockedSince = 0
        wakes &+= 1
    }

    // MARK: scratch memory (owner)

    /// Room for `count` delivered events.
    @inlinable
    public func eventScratch(_ count: Int) -> UnsafeMutablePointer<DeliveredEvent> {
        if count > eventCapacity { growEvents(count) }
        return events
    }

    @usableFromInline func growEvents(_ count: Int) {
        events.deallocate()
        events = .allocate(capacity: count)
        eventCapacity = count
    }

    /// Room for a `poll_oneoff` of `count` subscriptions.
    public func pollScratch(_ count: Int) -> PollStorage {
        if let pollStorage, pollStorage.capacity >= count { return pollStorage }
        let made = PollStorage(capacity: count, thread: self)
        pollStorage = made
        return made
    }
}
