import CLinux
import Glibc
import Trace

/// The word a guest thread sleeps on: awake, asleep in the host kernel, or woken with nobody asleep (a token that the
/// next sleep takes at once, so a wake-up between check and sleep is never lost).
///
/// The memory is never given back to the allocator, but used again: the second half of a wake-up may come when the thread has
/// ended, and then touches a word that is merely unused, or has its next owner look at it for nothing.
struct WakeWord: Hashable, @unchecked Sendable {
    // Safe to share: every access to the word is atomic.
    private static let awake: UInt32 = 0
    private static let asleep: UInt32 = 1
    private static let woken: UInt32 = 2

    private let word: UnsafeMutablePointer<UInt32>

    /// Words without an owner.
    private static let lock = KernelLock()
    private nonisolated(unsafe) static var unused: [WakeWord] = []

    init() {
        Self.lock.take()
        let retired = Self.unused.popLast()
        Self.lock.letGo()
        if let retired {
            self = retired
            cl_store_release32(word, Self.awake)
            return
        }
        // A cache line of its own: two threads handing work to each other must not share one.
        let raw = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
        word = raw.bindMemory(to: UInt32.self, capacity: 16)
        word.initialize(repeating: 0, count: 16)
    }

    /// The owner has ended, and nobody marks the word any more. Call once.
    func retire() {
        Self.lock.take()
        Self.unused.append(self)
        Self.lock.letGo()
    }

    /// Marks the owner woken. True when it sleeps in the host kernel and `WakeWord.signal` must follow.
    @inline(__always)
    func mark() -> Bool { cl_exchange32(word, Self.woken) == Self.asleep }

    /// The owner sleeps in the host kernel, and nobody has woken it. Any thread.
    var isAsleep: Bool { cl_load_acquire32(word) == Self.asleep }

    /// Second half of a wake-up, when `mark` has answered true. Any thread, no lock needed.
    func signal() { cl_futex_wake(word, 1) }

    /// Sleeps until woken or until `deadline` (CLOCK_MONOTONIC nanoseconds), and spins before where that is worth it. Owner
    /// thread only, no lock held.
    /// - Returns: false when the deadline passed.
    func sleep(until deadline: UInt64, _ spin: inout SpinBudget) -> Bool {
        if spin.turn(until: deadline, { cl_load_relaxed32(word) == Self.woken }) {
            _ = cl_exchange32(word, Self.awake)
            return true
        }
        return sleep(until: deadline)
    }

    /// The same without spinning: whoever wakes the owner takes his time.
    func sleep(until deadline: UInt64) -> Bool {
        guard cl_compare_exchange32(word, Self.awake, Self.asleep) else {
            _ = cl_exchange32(word, Self.awake)
            return true
        }
        while true {
            let end = cl_futex_wait(word, Self.asleep, deadline)
            if cl_load_acquire32(word) == Self.woken { break }
            if end == ETIMEDOUT { break }
        }
        return cl_exchange32(word, Self.awake) == Self.woken
    }
}

/// How long a thread spins on its wake word before it lets the host put it to sleep. Two running threads hand work to
/// each other in a fraction of a microsecond; through the scheduler it takes tens of microseconds. As long as spinning
/// succeeds, every wait spins. After a failure only one wait in sixteen does, so that long waits cost next to nothing.
public struct SpinBudget {
    /// Ticks: longer than the host takes to put a sleeping thread on a processor, or two threads would never be awake
    /// at the same time.
    private static let window: UInt64 = 150_000
    private static let tryEvery = 16
    private var fruitless = 0

    public init() {}

    /// Spins until `isDone`, for one window at most and not beyond `deadline` (CLOCK_MONOTONIC nanoseconds).
    /// - Returns: whether `isDone` answered true.
    public mutating func turn(until deadline: UInt64, _ isDone: () -> Bool) -> Bool {
        guard fruitless % Self.tryEvery == 0 else {
            fruitless += 1
            return isDone()
        }
        let start = TickClock.now()
        repeat {
            if isDone() {
                fruitless = 0
                return true
            }
            if deadline != .max, cl_monotonic_ns() >= deadline { return false }
            cl_pause()
        } while TickClock.now() &- start < Self.window
        fruitless += 1
        return false
    }
}

/// Wake-ups and closes that are decided under the kernel lock and done after it is released. Lock held for everything
/// but `deliver`.
@usableFromInline
final class DeferredWakeups {
    static let capacity = 16
    private let words: UnsafeMutablePointer<WakeWord>
    private var wordCount = 0
    /// Doorbells to ring. The references keep them open: their epoll instances may be closed before they are rung.
    private var doorbell: Doorbell?
    private var moreDoorbells: [Doorbell] = []
    /// Host descriptors to close: closing can take its time (a file that is written back, a socket with unsent data).
    private var closings: [Int32] = []
    /// How many things there are to do.
    @usableFromInline var pending = 0

    struct Batch {
        var words: (WakeWord?, WakeWord?) = (nil, nil)
        var doorbell: Doorbell?
        var moreDoorbells: [Doorbell] = []
        var closings: [Int32] = []

        func deliver() {
            words.0?.signal()
            words.1?.signal()
            doorbell?.ring()
            for doorbell in moreDoorbells { doorbell.ring() }
            for fd in closings { Glibc.close(fd) }
        }
    }

    init() {
        words = .allocate(capacity: Self.capacity)
    }

    deinit { words.deallocate() }

    @inlinable
    var isEmpty: Bool { pending == 0 }

    /// Wakes the owner of `word`.
    @inline(__always)
    func wake(_ word: WakeWord) {
        guard word.mark() else { return }
        if wordCount == Self.capacity { return word.signal() }
        words[wordCount] = word
        wordCount += 1
        pending += 1
    }

    /// Rings an epoll notifier's doorbell, once however often it is asked for under one hold of the lock.
    func ring(_ doorbell: Doorbell) {
        if self.doorbell === doorbell || moreDoorbells.contains(where: { $0 === doorbell }) { return }
        if self.doorbell == nil { self.doorbell = doorbell } else { moreDoorbells.append(doorbell) }
        pending += 1
    }

    /// Closes a host descriptor that nothing refers to any more.
    func close(_ fd: Int32) {
        closings.append(fd)
        pending += 1
    }

    /// Takes what is to be done. A batch has room for two wake words; the owners of more are woken here, under the
    /// lock, which is rare.
    func take() -> Batch {
        var batch = Batch()
        if wordCount > 0 { batch.words.0 = words[0] }
        if wordCount > 1 { batch.words.1 = words[1] }
        for index in stride(from: 2, to: wordCount, by: 1) { words[index].signal() }
        swap(&batch.doorbell, &doorbell)
        if !moreDoorbells.isEmpty { swap(&batch.moreDoorbells, &moreDoorbells) }
        if !closings.isEmpty {
            batch.closings = closings
            closings = []
        }
        wordCount = 0
        pending = 0
        return batch
    }
}
