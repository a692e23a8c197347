import DequeModule
import Glibc
import Trace
import WasixABI

/// A standard input whose bytes the inspector's user types. Lock held for everything.
final class TypedInput: OpenFile {
    private var pending: Deque<UInt8> = []
    private var isEnded = false

    override var kind: ObjectKind { .terminal }
    override var fileType: FileType { .characterDevice }
    override var detail: ObjectDetail { .path("stdin") }
    override var rights: Rights { [.fdRead, .fdFdstatSetFlags, .pollFdReadwrite, .fdFilestatGet] }
    override var queueLevel: QueueLevel? { QueueLevel(used: UInt64(pending.count), capacity: 0) }

    /// Bytes that the user typed become readable.
    /// - Returns: false when the input has ended.
    func append(_ bytes: [UInt8]) -> Bool {
        assertLocked()
        guard !isEnded else { return false }
        guard !bytes.isEmpty else { return true }
        pending.append(contentsOf: bytes)
        notify(.in)
        return true
    }

    /// Ends the input behind what was typed.
    func end() {
        assertLocked()
        guard !isEnded else { return }
        isEnded = true
        notify([])
    }

    override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        assertLocked()
        guard vectors.total > 0 else { return .done(0) }
        while pending.isEmpty {
            guard !isEnded else { return .done(0) }
            guard !isNonBlocking else { return .failed(.again) }
            guard wait(for: .in, isExclusive: true, thread) != .interrupted else { return .failed(.intr) }
        }
        let count = min(pending.count, vectors.total)
        let taken = ContiguousArray(pending.prefix(count))
        pending.removeFirst(count)
        taken.withUnsafeBytes { vectors.scatter(from: $0.baseAddress!, count: count, at: 0) }
        bytesIn &+= UInt64(count)
        if !pending.isEmpty { waiters.wake(key: .in) }
        return .done(count)
    }

    override func readiness() -> EpollEvents {
        assertLocked()
        var events: EpollEvents = pending.isEmpty ? [] : .in
        if isEnded { events.formUnion([.in, .hup]) }
        return events
    }
}
