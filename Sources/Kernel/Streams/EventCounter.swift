import Glibc
import Trace
import WasixABI

/// An eventfd: a 64-bit counter that writes add to and reads take (Linux: eventfd(2)).
public final class EventCounter: OpenFile {
    private var counter: UInt64
    private let isSemaphore: Bool

    /// Lock held.
    public init(kernel: Kernel, initial: UInt64, flags: EventFdFlags) {
        counter = initial
        isSemaphore = flags.contains(.semaphore)
        super.init(kernel: kernel, flags: flags.contains(.nonblock) ? .nonblock : [])
    }

    public override var kind: ObjectKind { .eventCounter }
    public override var detail: ObjectDetail { .counter(counter) }
    public override var queueLevel: QueueLevel? { QueueLevel(used: counter, capacity: 0) }
    public override var readableCount: UInt64 { counter > 0 ? 8 : 0 }

    public override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        assertLocked()
        guard vectors.total >= 8 else { return .failed(.inval) }
        while counter == 0 {
            guard !isNonBlocking else { return .failed(.again) }
            guard waitForChange(thread) != .interrupted else { return .failed(.intr) }
        }
        let value: UInt64 = isSemaphore ? 1 : counter
        counter -= value
        vectors.storeWord(value)
        bytesIn &+= 1
        notify(.out)
        return .done(8)
    }

    public override func write(from vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        assertLocked()
        // Exactly one number, since Linux 6.9.
        guard vectors.total == 8 else { return .failed(.inval) }
        let value = vectors.loadWord()
        guard value != .max else { return .failed(.inval) }
        while UInt64.max - counter <= value {
            guard !isNonBlocking else { return .failed(.again) }
            guard waitForChange(thread) != .interrupted else { return .failed(.intr) }
        }
        counter += value
        bytesOut &+= 1
        // Every write is an edge, also of 0 and when the counter was not 0 before.
        notify(.in)
        return .done(8)
    }

    /// Every change wakes every waiter, reader or writer: a value that does not fit is no reason for another one to sleep
    /// (Linux: fs/eventfd.c, which waits for the condition without WQ_FLAG_EXCLUSIVE and without looking at the key).
    private func waitForChange(_ thread: GuestThread) -> WaitEnd {
        wait(for: [.in, .out], isExclusive: false, thread)
    }

    public override func readiness() -> EpollEvents {
        assertLocked()
        var events: EpollEvents = []
        if counter > 0 { events.insert(.in) }
        if counter < .max - 1 { events.insert(.out) }
        return events
    }
}
