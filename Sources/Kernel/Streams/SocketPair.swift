import Glibc
import Trace
import WasixABI

/// One end of a connected pair of Unix sockets, stream or datagram.
public final class SocketPairEnd: OpenFile {
    private let isStream: Bool
    private let number: UInt32
    private var peer: Unmanaged<SocketPairEnd>?
    private var incoming = SegmentQueue()
    /// Cost of what this end sent and the other has not read.
    private var underWay = 0
    /// Whether it counts as connected. A stream always does; a datagram socket until a send finds that its peer is
    /// closed.
    public private(set) var isConnected = true
    private var isReadShut = false
    private var isWriteShut = false
    private(set) var pendingError: Errno?
    var options = SocketPairOptions()

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

    override var keepsNoBoundaries: Bool { isStream }
    public override var kind: ObjectKind { .socketPair }
    public override var fileType: FileType { isStream ? .socketStream : .socketDatagram }
    public override var rights: Rights {
        super.rights.union([.sockShutdown, .sockRecv, .sockSend, .sockAddrLocal, .sockAddrRemote])
    }

    public override var detail: ObjectDetail {
        .channel(number: number, peer: peer?._withUnsafeGuaranteedRef { $0.id } ?? .none)
    }

    /// The other end, while somebody holds it.
    var otherEnd: SocketPairEnd? { peer?.takeUnretainedValue() }

    private var numbers: (FdNumber, FdNumber)?
    override var ends: (FdNumber, FdNumber)? { numbers }

    /// Both ends have got descriptors. Lock held.
    public func installed(at own: FdNumber, other: FdNumber) {
        assertLocked()
        numbers = (own, other)
    }

    public override var queueLevel: QueueLevel? {
        QueueLevel(used: UInt64(incoming.byteCount), capacity: UInt64(options.sendBuffer))
    }

    public override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        guard vectors.total > 0 else { return .done(0) }
        return receive(into: vectors, [], thread).result
    }

    /// Of datagrams the next one's length counts: that is what a read finds (Linux: unix_inq_len).
    public override var readableCount: UInt64 {
        UInt64(isStream ? incoming.byteCount : incoming.firstLength)
    }

    /// `recv`: answers what came and whether a datagram was cut.
    public func receive(into vectors: IoVectors, _ flags: RiFlags, _ thread: GuestThread) -> Reception {
        assertLocked()
        var done = 0
        var waited = false
        // A datagram wakes one of several readers, which wakes the next when more datagrams are left.
        defer { if waited, !isStream, !incoming.isEmpty { waiters.wake(key: .in) } }
        var deadline = CallDeadline()
        while true {
            if flags.contains(.peek), !incoming.isEmpty {
                let available = isStream ? incoming.byteCount : incoming.firstLength
                let count = min(vectors.total, available)
                incoming.copy(into: vectors, at: 0, count: count)
                return Reception(.done(count), isTruncated: !isStream && available > count)
            }
            if !isStream, !incoming.isEmpty {
                let length = incoming.firstLength
                let count = take(vectors, at: 0)
                return Reception(.done(count), isTruncated: length > count)
            }
            while done < vectors.total, !incoming.isEmpty { done += take(vectors, at: done) }
            if done == vectors.total && done > 0 { return Reception(.done(done)) }
            if done > 0, done >= enough(of: vectors, flags) { return Reception(.done(done)) }
            if let error = pendingError {
                if done > 0 { return Reception(.done(done)) }
                pendingError = nil
                return Reception(.failed(error))
            }
            // Of datagrams only a call that may wait finds the end (Linux: datagram.c).
            if isReadShut, isStream { return Reception(.done(done)) }
            if isNonBlocking || flags.contains(.dontWait) { return Reception(partial(done, .again)) }
            if isReadShut { return Reception(.done(done)) }
            waited = true
            let end = deadline.end(after: options.timeouts.receive, kernel.clock)
            // Arriving bytes wake every reader of a stream, a datagram one (Linux: unix_stream_data_wait,
            // __skb_wait_for_more_packets).
            switch wait(for: .in, isExclusive: !isStream, thread, until: end) {
            case .woken: continue
            case .timedOut: return Reception(partial(done, .again))
            case .interrupted: return Reception(partial(done, .intr))
            }
        }
    }

    /// Bytes that end a wait for more (recv(2), MSG_WAITALL; socket(7), SO_RCVLOWAT).
    private func enough(of vectors: IoVectors, _ flags: RiFlags) -> Int {
        flags.contains(.waitAll) ? vectors.total : min(options.receiveLowWater, vectors.total)
    }

    private func partial(_ done: Int, _ failure: Errno) -> IoResult { done > 0 ? .done(done) : .failed(failure) }

    /// SO_ERROR: the error that the next call would report; asking clears it.
    func takeError() -> Errno {
        defer { pendingError = nil }
        return pendingError ?? .success
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
        assertLocked()
        var done = 0
        var deadline = CallDeadline()
        guard !isWriteShut else { return .failed(.pipe) }
        if !isStream, vectors.total > options.sendBuffer - 32 { return .failed(.msgsize) }
        repeat {
            let size = isStream ? SegmentCost.streamSize(vectors.total - done) : vectors.total
            if isStream && size == 0 { break }
            while underWay >= options.sendBuffer {
                if self.isNonBlocking || isNonBlocking { return partial(done, .again) }
                let end = deadline.end(after: options.timeouts.send, kernel.clock)
                // Room wakes every sender: what is too much for one may be little enough for another (Linux:
                // sock_wait_for_wmem).
                switch wait(for: .out, isExclusive: false, thread, until: end) {
                case .woken: break
                case .timedOut: return partial(done, .again)
                case .interrupted: return partial(done, .intr)
                }
                guard !isWriteShut else { return partial(done, .pipe) }
            }
            guard let other = peer, !other._withUnsafeGuaranteedRef({ $0.isReadShut }) else {
                return partial(done, unreachable())
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

    /// Why nothing can be sent to the other end. A datagram socket learns by its first such call that the peer is
    /// closed. It is unconnected then and loses what it has not read yet (Linux: unix_dgram_disconnected). The room
    /// that the datagram took comes back, which is an edge (sock_wfree).
    private func unreachable() -> Errno {
        guard !isStream else { return .pipe }
        defer { if isWritable { notify(.out) } }
        guard peer == nil else { return .pipe }
        guard isConnected else { return .notconn }
        isConnected = false
        _ = incoming.drop()
        return .connrefused
    }

    private var isWritable: Bool { underWay * 4 <= options.sendBuffer }

    public override func readiness() -> EpollEvents {
        assertLocked()
        var events: EpollEvents = []
        if pendingError != nil { events.insert(.err) }
        if isReadShut && isWriteShut { events.insert(.hup) }
        if isReadShut { events.formUnion([.rdhup, .in]) }
        if !incoming.isEmpty { events.insert(.in) }
        if isWritable { events.insert(.out) }
        return events
    }

    /// `shutdown`: stops one direction or both; the other end sees the mirror image.
    public func shutDown(read: Bool, write: Bool) {
        assertLocked()
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
            }
            $0.underWay -= freed
            if freed > 0 && $0.isWritable { $0.notify(.out) }
        }
    }
}
