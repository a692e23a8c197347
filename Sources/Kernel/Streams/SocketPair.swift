import DequeModule
import Glibc
import Trace
import WasixABI

/// What one end of a socket pair has yet to read: bytes in the segments they were sent in. A sender's space comes back
/// when a whole segment is read, and each segment costs more than its bytes; both decide when the sender is ready to
/// write (Linux: af_unix.c, sock.c).
struct SegmentQueue {
    private struct Segment {
        var remaining: Int
        let cost: Int
    }

    private var bytes: Deque<UInt8> = []
    private var segments: Deque<Segment> = []

    var isEmpty: Bool { segments.isEmpty }
    var byteCount: Int { bytes.count }

    mutating func append(_ vectors: IoVectors, from offset: Int, count: Int, cost: Int) {
        segments.append(Segment(remaining: count, cost: cost))
        withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { buffer in
            guard let base = buffer.baseAddress, count > 0 else { return }
            vectors.gather(to: base, count: count, at: offset)
            bytes.append(contentsOf: UnsafeRawBufferPointer(buffer))
        }
    }

    /// Moves bytes of the first segment to the target at `offset`.
    /// - Returns: bytes moved, and the cost given back when the segment is used up.
    mutating func take(into vectors: IoVectors, at offset: Int, limit: Int, wholeMessage: Bool) -> (Int, freed: Int) {
        let count = min(segments[0].remaining, limit)
        copy(into: vectors, at: offset, count: count)
        let dropped = wholeMessage ? segments[0].remaining : count
        bytes.removeFirst(dropped)
        segments[0].remaining -= dropped
        guard segments[0].remaining == 0 else { return (count, 0) }
        return (count, segments.removeFirst().cost)
    }

    /// Copies the first `count` bytes, leaving them.
    func copy(into vectors: IoVectors, at offset: Int, count: Int) {
        guard count > 0 else { return }
        var done = 0
        bytes.withContiguousParts { part in
            guard done < count, let base = part.baseAddress else { return }
            let taken = min(part.count, count - done)
            vectors.scatter(from: base, count: taken, at: offset + done)
            done += taken
        }
    }

    var firstLength: Int { segments.first?.remaining ?? 0 }

    /// Throws everything away and answers what it cost.
    mutating func drop() -> Int {
        let cost = segments.reduce(0) { $0 + $1.cost }
        self = SegmentQueue()
        return cost
    }
}

extension Deque<UInt8> {
    /// Visits the elements as at most a few contiguous runs, without copying them one by one.
    fileprivate func withContiguousParts(_ body: (UnsafeRawBufferPointer) -> Void) {
        if withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) != nil { return }
        let copy = ContiguousArray(self)
        copy.withUnsafeBytes { body($0) }
    }
}

/// One end of a connected pair of Unix sockets, stream or datagram.
public final class SocketPairEnd: OpenFile {
    /// Linux's default send buffer: what may be under way, counted in segment costs.
    private static let sendBuffer = 212_992

    private let isStream: Bool
    private let number: UInt32
    private var peer: Unmanaged<SocketPairEnd>?
    private var incoming = SegmentQueue()
    /// Cost of what this end sent and the other has not read.
    private var underWay = 0
    private var isReadShut = false
    private var isWriteShut = false
    private var pendingError: Errno?
    /// The other end of a datagram pair is gone, which this end learns with its next send (Linux: unix_dgram_sendmsg).
    private var isPeerGoneUnnoticed = false

    /// Lock held.
    public static func makePair(_ kernel: Kernel, isStream: Bool) -> (SocketPairEnd, SocketPairEnd) {
        let number = kernel.nextChannelNumber()
        let first = SocketPairEnd(kernel: kernel, number: number, isStream: isStream)
        let second = SocketPairEnd(kernel: kernel, number: number, isStream: isStream)
        first.peer = .passUnretained(second)
        second.peer = .passUnretained(first)
        return (first, second)
    }

    private init(kernel: Kernel, number: UInt32, isStream: Bool) {
        self.number = number
        self.isStream = isStream
        super.init(kernel: kernel)
    }

    public override var kind: ObjectKind { .socketPair }
    public override var fileType: FileType { isStream ? .socketStream : .socketDatagram }
    public override var rights: Rights {
        super.rights.union([.sockShutdown, .sockRecv, .sockSend, .sockAddrLocal, .sockAddrRemote])
    }

    public override var detail: ObjectDetail {
        .channel(number: number, peer: peer?._withUnsafeGuaranteedRef { $0.id } ?? .none)
    }

    public override var queueLevel: QueueLevel? {
        QueueLevel(used: UInt64(incoming.byteCount), capacity: UInt64(Self.sendBuffer))
    }

    public override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        guard vectors.total > 0 else { return .done(0) }
        return receive(into: vectors, ReceiveMode(), thread).result
    }

    /// Of datagrams the next one's length counts: that is what a read finds (Linux: unix_inq_len).
    public override var readableCount: UInt64 {
        UInt64(isStream ? incoming.byteCount : incoming.firstLength)
    }

    /// How a receive differs from a plain read.
    public struct ReceiveMode {
        public var isPeek = false
        public var waitsForAll = false
        public var isNonBlocking = false
        public init() {}
    }

    /// `recv`: answers what came and whether a datagram was cut.
    public func receive(
        into vectors: IoVectors, _ mode: ReceiveMode, _ thread: GuestThread
    ) -> (result: IoResult, isTruncated: Bool) {
        var done = 0
        var waited = false
        // One wake-up takes one of several readers: it passes on what it leaves.
        defer { if waited, !incoming.isEmpty { waiters.wake(key: .in) } }
        while true {
            if mode.isPeek, !incoming.isEmpty {
                let available = isStream ? incoming.byteCount : incoming.firstLength
                let count = min(vectors.total, available)
                incoming.copy(into: vectors, at: 0, count: count)
                return (.done(count), !isStream && available > count)
            }
            if !isStream, !incoming.isEmpty {
                let length = incoming.firstLength
                let count = take(vectors, at: 0)
                return (.done(count), length > count)
            }
            while done < vectors.total, !incoming.isEmpty { done += take(vectors, at: done) }
            if done == vectors.total && done > 0 { return (.done(done), false) }
            if done > 0 && !mode.waitsForAll { return (.done(done), false) }
            if let error = pendingError {
                if done > 0 { return (.done(done), false) }
                pendingError = nil
                return (.failed(error), false)
            }
            let isNonBlocking = isNonBlocking || mode.isNonBlocking
            // A datagram socket that was shut down ends a wait, but has no end of a stream to report without one.
            if isReadShut, isStream || !isNonBlocking { return (.done(done), false) }
            if isNonBlocking { return (done > 0 ? .done(done) : .failed(.again), false) }
            waited = true
            if wait(for: .in, thread) == .interrupted {
                return (done > 0 ? .done(done) : .failed(.intr), false)
            }
        }
    }

    private func take(_ vectors: IoVectors, at done: Int) -> Int {
        let (count, freed) = incoming.take(
            into: vectors, at: done, limit: vectors.total - done, wholeMessage: !isStream)
        bytesIn &+= UInt64(count)
        if freed > 0 {
            peer?._withUnsafeGuaranteedRef { sender in
                sender.underWay -= freed
                if sender.isWritable { sender.notify(.out) }
            }
        }
        return count
    }

    public override func write(from vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        send(vectors, isNonBlocking: false, thread)
    }

    /// `send`; `isNonBlocking` for this call alone.
    public func send(_ vectors: IoVectors, isNonBlocking: Bool, _ thread: GuestThread) -> IoResult {
        var done = 0
        var waited = false
        defer { if waited, isWritable { waiters.wake(key: .out) } }
        guard !isWriteShut else { return .failed(.pipe) }
        if !isStream, vectors.total > Self.sendBuffer - 32 { return .failed(.msgsize) }
        repeat {
            let size = isStream ? SegmentCost.streamSize(vectors.total - done) : vectors.total
            if isStream && size == 0 { break }
            while underWay >= Self.sendBuffer {
                if self.isNonBlocking || isNonBlocking { return done > 0 ? .done(done) : .failed(.again) }
                waited = true
                if wait(for: .out, thread) == .interrupted { return done > 0 ? .done(done) : .failed(.intr) }
                guard !isWriteShut else { return done > 0 ? .done(done) : .failed(.pipe) }
            }
            guard let other = peer, !other._withUnsafeGuaranteedRef({ $0.isReadShut }) else {
                return done > 0 ? .done(done) : .failed(unreachable())
            }
            let cost = SegmentCost.cost(size)
            underWay += cost
            other._withUnsafeGuaranteedRef {
                $0.incoming.append(vectors, from: done, count: size, cost: cost)
                $0.notify([.in, .pri])
            }
            done += size
            bytesOut &+= UInt64(size)
        } while done < vectors.total
        return .done(done)
    }

    /// Why nothing can be sent to the other end. A datagram socket that learns of its end loses what it has not read yet
    /// (Linux: unix_dgram_disconnected); and the room that the datagram took comes back, which is an edge (sock_wfree).
    private func unreachable() -> Errno {
        guard !isStream else { return .pipe }
        defer { if isWritable { notify(.out) } }
        guard peer == nil else { return .pipe }
        guard isPeerGoneUnnoticed else { return .notconn }
        isPeerGoneUnnoticed = false
        _ = incoming.drop()
        return .connrefused
    }

    private var isWritable: Bool { underWay * 4 <= Self.sendBuffer }

    public override func readiness() -> EpollEvents {
        var events: EpollEvents = []
        if pendingError != nil { events.insert(.err) }
        if isReadShut && isWriteShut { events.insert(.hup) }
        if isReadShut { events.formUnion([.rdhup, .in]) }
        if !incoming.isEmpty { events.insert(.in) }
        if isWritable { events.insert(.out) }
        return events
    }

    /// `shutdown`: stops one direction or both; the other end sees the mirror image.
    public func shutDown(read: Bool, write: Bool) -> Errno {
        isReadShut = isReadShut || read
        isWriteShut = isWriteShut || write
        notify([])
        if isStream {
            peer?._withUnsafeGuaranteedRef { other in
                other.isWriteShut = other.isWriteShut || read
                other.isReadShut = other.isReadShut || write
                other.notify([])
            }
        }
        return .success
    }

    public override func lastHolderLeft() {
        let hadUnread = !incoming.isEmpty
        let freed = incoming.drop()
        guard let other = peer else { return }
        peer = nil
        other._withUnsafeGuaranteedRef {
            $0.peer = nil
            if isStream {
                $0.isReadShut = true
                $0.isWriteShut = true
                if hadUnread { $0.pendingError = .connreset }
                $0.notify([])
            } else {
                $0.isPeerGoneUnnoticed = true
            }
            $0.underWay -= freed
            if freed > 0 && $0.isWritable { $0.notify(.out) }
        }
    }
}

/// What Linux charges a sender for a segment: buffers come in powers of two and whole pages (Linux: skbuff.c; measured
/// against SIOCOUTQ).
private enum SegmentCost {
    /// The most that fits a one-page head beside its bookkeeping.
    private static let headLimit = 3776
    private static let fragments = 32_768
    private static let page = 4096

    /// How much of `left` goes into the next segment of a stream.
    static func streamSize(_ left: Int) -> Int { min(left, headLimit + fragments) }

    static func cost(_ size: Int) -> Int {
        let beyond = max(0, size - headLimit)
        let paged = min(size, (beyond + page - 1) / page * page)
        let head = size - paged
        var bucket = 512
        while bucket < (head + 63) / 64 * 64 + 320 { bucket *= 2 }
        return bucket + 256 + (paged + page - 1) / page * page
    }
}
