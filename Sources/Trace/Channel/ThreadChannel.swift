import Synchronization
import WasixABI

/// Everything the inspector gets from one guest thread: its ring and its counters.
public final class ThreadChannel: Sendable {
    public let process: ProcessID
    public let thread: ThreadID
    public let ring: TraceRing
    public let counters: CallCounters
    public let options: TraceOptions
    /// Ticks that a call must have slept for its stack to be kept with its record; 0 for all calls, `.max` for none.
    public let stackWait: UInt64
    /// The call whose stack is wanted next, as `PackedWish`.
    private let stackWish = Atomic(PackedWish.none)
    /// What the thread's call in progress changes for others. Guest thread only.
    public let changes: ChangeLog

    public init(
        process: ProcessID, thread: ThreadID, ring: TraceRing, options: TraceOptions, stackWait: UInt64 = .max
    ) {
        self.process = process
        self.thread = thread
        self.ring = ring
        self.options = options
        self.stackWait = stackWait
        counters = CallCounters()
        changes = ChangeLog(of: thread)
    }

    deinit { changes.deallocate() }

    /// The thread has ended: nothing more is recorded or counted here, and the caller sees everything that was.
    public var hasEnded: Bool { ring.hasEnded }

    func markEnded() { ring.markEnded() }

    /// From now on the next call that `wish` is about keeps its stack; an older wish is forgotten.
    func wish(_ wish: PackedWish) { stackWish.store(wish.word, ordering: .relaxed) }

    /// Whether the stack of a call that ends is to be kept with its record. A wish is granted once. Guest thread only.
    @inline(__always)
    public func keepsStack(of call: UInt16, _ errno: Errno, waitTicks: UInt64) -> Bool {
        if waitTicks >= stackWait { return true }
        let wish = stackWish.load(ordering: .relaxed)
        return wish != PackedWish.none && grant(PackedWish(word: wish), call, errno, waitTicks)
    }

    private func grant(_ wish: PackedWish, _ call: UInt16, _ errno: Errno, _ waitTicks: UInt64) -> Bool {
        guard wish.isMet(by: call, errno: errno, waitTicks: waitTicks) else { return false }
        stackWish.store(PackedWish.none, ordering: .relaxed)
        return true
    }

    /// Appends a record that is no call (the thread's beginning or end) and stamps it with the present. Guest thread
    /// only.
    public func push(_ record: TraceRecord) {
        var record = record
        record.start = TickClock.now()
        ring.lastMoment = record.start
        if options.isLossless { ring.waitForRoom() }
        ring.push(record)
    }
}
