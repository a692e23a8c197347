import Glibc
import Trace
import WasixABI

/// The buffer between the two ends of a pipe, laid out as Linux does: 16 slots of one page. A write fills pages of its
/// own, but the bytes that it has beyond whole pages go to the end of the last page when they fit there. Whether a pipe
/// is full, and with that when its write end is ready, depends on slots and not on bytes (Linux: fs/pipe.c, pipe(7)).
///
/// Lock held for everything: its ends assert it.
final class Pipe {
    static let slotCount = 16
    static let pageSize = 4096

    private let pages: UnsafeMutableRawPointer
    private let offsets: UnsafeMutablePointer<Int>
    private let lengths: UnsafeMutablePointer<Int>
    private var head = 0
    private var tail = 0
    private(set) var bytes = 0

    /// The ends that are still open.
    var reader: Unmanaged<PipeEnd>?
    var writer: Unmanaged<PipeEnd>?
    let number: UInt32

    init(number: UInt32) {
        self.number = number
        pages = .allocate(byteCount: Self.slotCount * Self.pageSize, alignment: Self.pageSize)
        offsets = .allocate(capacity: Self.slotCount)
        lengths = .allocate(capacity: Self.slotCount)
    }

    deinit {
        pages.deallocate()
        offsets.deallocate()
        lengths.deallocate()
    }

    var isEmpty: Bool { head == tail }
    var isFull: Bool { head - tail >= Self.slotCount }

    private func slot(_ position: Int) -> Int { position & (Self.slotCount - 1) }
    private func page(_ slot: Int) -> UnsafeMutableRawPointer { pages + slot * Self.pageSize }

    /// Appends what fits of `vectors`, from byte `done` on. `isFirst` at the beginning of a write, when the bytes
    /// beyond whole pages may go to the last page.
    /// - Returns: bytes taken.
    func put(_ vectors: IoVectors, from done: Int, isFirst: Bool) -> Int {
        let start = done
        var done = done
        let odd = vectors.total & (Self.pageSize - 1)
        if isFirst, odd > 0, !isEmpty {
            let last = slot(head - 1)
            let end = offsets[last] + lengths[last]
            if end + odd <= Self.pageSize {
                vectors.gather(to: page(last) + end, count: odd, at: done)
                lengths[last] += odd
                done += odd
            }
        }
        while done < vectors.total, !isFull {
            let next = slot(head)
            let count = min(Self.pageSize, vectors.total - done)
            vectors.gather(to: page(next), count: count, at: done)
            offsets[next] = 0
            lengths[next] = count
            head += 1
            done += count
        }
        bytes += done - start
        return done - start
    }

    /// Moves what is there into `vectors`.
    /// - Returns: bytes moved, and whether a slot of a full pipe came free.
    func take(_ vectors: IoVectors) -> (count: Int, madeRoom: Bool) {
        var done = 0
        var madeRoom = false
        while done < vectors.total, !isEmpty {
            let first = slot(tail)
            let count = min(lengths[first], vectors.total - done)
            vectors.scatter(from: page(first) + offsets[first], count: count, at: done)
            offsets[first] += count
            lengths[first] -= count
            done += count
            if lengths[first] == 0 {
                if isFull { madeRoom = true }
                tail += 1
            }
        }
        bytes -= done
        return (done, madeRoom)
    }
}

/// One end of a pipe.
public final class PipeEnd: OpenFile {
    private let pipe: Pipe
    private let isReader: Bool

    /// A new pipe's two ends. Lock held.
    public static func makePair(_ kernel: Kernel) -> (reader: PipeEnd, writer: PipeEnd) {
        let pipe = Pipe(number: kernel.nextChannelNumber())
        let reader = PipeEnd(kernel: kernel, pipe: pipe, isReader: true)
        let writer = PipeEnd(kernel: kernel, pipe: pipe, isReader: false)
        pipe.reader = .passUnretained(reader)
        pipe.writer = .passUnretained(writer)
        return (reader, writer)
    }

    private init(kernel: Kernel, pipe: Pipe, isReader: Bool) {
        self.pipe = pipe
        self.isReader = isReader
        super.init(kernel: kernel)
    }

    public override var kind: ObjectKind { isReader ? .pipeRead : .pipeWrite }

    public override var detail: ObjectDetail {
        let peer = isReader ? pipe.writer : pipe.reader
        return .channel(number: pipe.number, peer: peer?._withUnsafeGuaranteedRef { $0.id } ?? .none)
    }

    /// The other end, while somebody holds it.
    var otherEnd: PipeEnd? { (isReader ? pipe.writer : pipe.reader)?.takeUnretainedValue() }

    public override var rights: Rights {
        let common: Rights = [.fdFdstatSetFlags, .pollFdReadwrite, .fdFilestatGet]
        return common.union(isReader ? .fdRead : .fdWrite)
    }

    public override var queueLevel: QueueLevel? {
        QueueLevel(used: UInt64(pipe.bytes), capacity: UInt64(Pipe.slotCount * Pipe.pageSize))
    }

    public override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        assertLocked()
        guard isReader else { return .failed(.badf) }
        guard vectors.total > 0 else { return .done(0) }
        var waited = false
        while true {
            let (count, madeRoom) = pipe.take(vectors)
            if count > 0 {
                bytesIn &+= UInt64(count)
                if madeRoom { notifyWriter(.out) }
                if waited, !pipe.isEmpty { waiters.wake(key: .in) }
                return .done(count)
            }
            guard pipe.writer != nil else { return .done(0) }
            guard !isNonBlocking else { return .failed(.again) }
            guard wait(for: .in, isExclusive: true, thread) != .interrupted else { return .failed(.intr) }
            waited = true
        }
    }

    public override func write(from vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        assertLocked()
        guard !isReader else { return .failed(.badf) }
        guard vectors.total > 0 else { return .done(0) }
        var done = 0
        var waited = false
        while true {
            guard pipe.reader != nil else { return done > 0 ? finish(done, waited) : .failed(.pipe) }
            done += pipe.put(vectors, from: done, isFirst: done == 0 && !waited)
            if done == vectors.total { return finish(done, waited) }
            if isNonBlocking {
                // Linux wakes the readers' side even when nothing fitted.
                notifyReader(.in)
                return done > 0 ? finish(done, waited) : .failed(.again)
            }
            notifyReader(.in)
            guard wait(for: .out, isExclusive: true, thread) != .interrupted else {
                return done > 0 ? finish(done, waited) : .failed(.intr)
            }
            waited = true
        }
    }

    private func finish(_ done: Int, _ waited: Bool) -> IoResult {
        bytesOut &+= UInt64(done)
        notifyReader(.in)
        if waited, !pipe.isFull { waiters.wake(key: .out) }
        return .done(done)
    }

    private func notifyReader(_ key: EpollEvents) { pipe.reader?._withUnsafeGuaranteedRef { $0.notify(key) } }
    private func notifyWriter(_ key: EpollEvents) { pipe.writer?._withUnsafeGuaranteedRef { $0.notify(key) } }

    public override func readiness() -> EpollEvents {
        assertLocked()
        var events: EpollEvents = []
        if isReader {
            if !pipe.isEmpty { events.insert(.in) }
            if pipe.writer == nil { events.insert(.hup) }
        } else {
            if !pipe.isFull { events.insert(.out) }
            if pipe.reader == nil { events.insert(.err) }
        }
        return events
    }

    public override var writableCount: UInt64 {
        UInt64(Pipe.slotCount * Pipe.pageSize - pipe.bytes)
    }

    public override func lastHolderLeft() {
        if isReader {
            pipe.reader = nil
            notifyWriter([])
        } else {
            pipe.writer = nil
            notifyReader([])
        }
    }
}

extension Kernel {
    /// Numbers pipes and socket pairs, so that screens can show which ends belong together. Lock held.
    func nextChannelNumber() -> UInt32 {
        assertLocked()
        lastChannel &+= 1
        return lastChannel
    }
}
