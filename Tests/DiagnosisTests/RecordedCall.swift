import Trace
import WasixABI

/// One record with its payload, as the tracer writes them.
struct RecordedCall {
    private(set) var record = TraceRecord()
    private(set) var payload: [UInt8] = []
    let thread: ThreadID

    /// - Parameters:
    ///   - values: one for each argument, in order.
    ///   - milliseconds: how long it took.
    ///   - waited: the thread slept in it.
    init(
        _ call: CallID, _ values: [UInt64], thread: UInt32 = 1, took milliseconds: Double = 0.01,
        errno: Errno = .success, result: UInt32? = nil, objects: (ObjectID, ObjectID) = (.none, .none),
        waited: Bool = false
    ) {
        self.thread = ThreadID(rawValue: thread)
        record.call = call.rawValue
        record.errno = errno.rawValue
        record.duration = UInt64(milliseconds * 1e6)
        record.objects = (objects.0.rawValue, objects.1.rawValue)
        if waited { record.flags |= TraceRecord.Flags.waited }
        if let result {
            record.result = result
            record.flags |= TraceRecord.Flags.hasResult
        }
        var words: [UInt32] = []
        for (argument, value) in zip(call.spec.arguments, values) {
            words.append(UInt32(truncatingIfNeeded: value))
            if argument.kind.wasmType(.bits32) == .i64 { words.append(UInt32(truncatingIfNeeded: value >> 32)) }
        }
        words += [UInt32](repeating: 0, count: 6)
        record.words = (words[0], words[1], words[2], words[3], words[4], words[5])
    }

    /// Records of the thread were lost here.
    static func gap(thread: UInt32 = 1) -> RecordedCall {
        var lost = RecordedCall(.fdRead, [], thread: thread)
        lost.record.kind = RecordKind.gap.rawValue
        return lost
    }

    /// With what was kept of an argument's memory: so many bytes or elements.
    func keeping(_ argument: UInt8, _ bytes: [UInt8], total: Int) -> RecordedCall {
        var copy = self
        copy.payload += Self.chunk(argument, bytes, total: total)
        copy.record.payloadLength = copy.payload.count
        return copy
    }

    /// As a call that did this to others.
    func making(_ changes: ReadinessChange...) -> RecordedCall {
        var copy = keeping(PayloadChunk.changes, changes.withUnsafeBytes { Array($0) }, total: changes.count)
        copy.record.flags |= TraceRecord.Flags.hasChanges
        return copy
    }

    func beginning(at start: UInt64) -> TraceRecord {
        var record = record
        record.start = start
        return record
    }

    // MARK: memory

    static func chunk(_ argument: UInt8, _ bytes: [UInt8], total: Int) -> [UInt8] {
        little(PayloadChunk.head(argument: argument, captured: bytes.count)) + little(UInt32(total)) + bytes
    }

    static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    /// A structure filled field by field.
    private static func structure(_ size: Int, _ fields: [(Int, any FixedWidthInteger)]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        for (offset, value) in fields {
            for (index, byte) in little(value).enumerated() { bytes[offset + index] = byte }
        }
        return bytes
    }

    private static func event(_ events: EpollEvents, fd: UInt32, data: UInt64) -> [UInt8] {
        let low = UInt32(truncatingIfNeeded: data)
        return structure(
            EpollEventLayout.size,
            [
                (EpollEventLayout.events, events.rawValue), (EpollEventLayout.pointer, low), (EpollEventLayout.fd, fd),
                (EpollEventLayout.data1, low), (EpollEventLayout.data2, data),
            ])
    }

    /// The subscriptions of a poll: a clock where `fds` has nil.
    static func subscriptions(_ fds: [UInt32?]) -> [UInt8] {
        fds.flatMap { fd in
            let tag = fd == nil ? EventType.clock : .fdRead
            return structure(
                SubscriptionLayout.size,
                [(SubscriptionLayout.tag, tag.rawValue), (SubscriptionLayout.fd, fd ?? 0)])
        }
    }
}

// Descriptor n stands for description n + 100.
extension RecordedCall {
    /// An `epoll_wait` that reported `fds`.
    static func wait(
        _ fds: [UInt32] = [], on epoll: UInt32 = 4, thread: UInt32 = 1, most: UInt64 = 64, timeout: UInt64 = .max,
        took: Double = 0.01, errno: Errno = .success, waited: Bool = false
    ) -> RecordedCall {
        let call = RecordedCall(
            .epollWait, [UInt64(epoll), 0x100, most, timeout, 0x200], thread: thread, took: took, errno: errno,
            result: errno == .success ? UInt32(fds.count) : nil, objects: (Fixture.object(epoll), .none),
            waited: waited)
        guard !fds.isEmpty else { return call }
        let kept = fds.prefix(PayloadChunk.mostReported)
        return call.keeping(1, kept.flatMap { event(.in, fd: $0, data: UInt64($0)) }, total: fds.count)
            .keeping(PayloadChunk.reported, kept.flatMap { little($0) + little(UInt32(0)) }, total: kept.count)
    }

    /// An `epoll_ctl` ADD or MOD; DEL without events.
    static func control(
        _ fd: UInt32, _ events: EpollEvents?, on epoll: UInt32 = 4, thread: UInt32 = 1, data: UInt64? = nil,
        errno: Errno = .success, of object: ObjectID? = nil
    ) -> RecordedCall {
        let call = RecordedCall(
            .epollCtl, [UInt64(epoll), events == nil ? 2 : 0, UInt64(fd), events == nil ? 0 : 0x100], thread: thread,
            errno: errno, objects: (Fixture.object(epoll), object ?? Fixture.object(fd)))
        guard let events else { return call }
        return call.keeping(3, event(events, fd: fd, data: data ?? UInt64(fd)), total: EpollEventLayout.size)
    }

    static func read(
        _ fd: UInt32, thread: UInt32 = 1, took: Double = 0.01, errno: Errno = .success, waited: Bool = false,
        of object: ObjectID? = nil
    ) -> RecordedCall {
        RecordedCall(
            .fdRead, [UInt64(fd), 0x100, 1, 0x200], thread: thread, took: took, errno: errno,
            result: errno == .success ? 16 : nil, objects: (object ?? Fixture.object(fd), .none), waited: waited)
    }

    /// A write of `asked` bytes that took `taken`.
    static func write(
        _ fd: UInt32, thread: UInt32 = 1, asked: UInt32 = 16, taken: UInt32 = 16, errno: Errno = .success
    ) -> RecordedCall {
        RecordedCall(
            .fdWrite, [UInt64(fd), 0x100, 1, 0x200], thread: thread, errno: errno,
            result: errno == .success ? taken : nil, objects: (Fixture.object(fd), .none)
        ).keeping(1, little(asked) + little(UInt32(0)), total: 1)
    }

    /// An accept that made `fd`, or failed.
    static func accept(_ listener: UInt32, _ fd: UInt32?, thread: UInt32 = 1) -> RecordedCall {
        RecordedCall(
            .sockAcceptV2, [UInt64(listener), 0, 0x100, 0x200], thread: thread, errno: fd == nil ? .again : .success,
            result: fd, objects: (Fixture.object(listener), .none))
    }

    static func close(_ fd: UInt32, thread: UInt32 = 1) -> RecordedCall {
        RecordedCall(.fdClose, [UInt64(fd)], thread: thread, objects: (Fixture.object(fd), .none))
    }

    /// A `futex_wake` that found somebody or not.
    static func wake(_ address: UInt32, thread: UInt32 = 1, found: Bool = false) -> RecordedCall {
        RecordedCall(.futexWake, [UInt64(address), 0x200], thread: thread, result: found ? 1 : 0)
    }

    static func lock(_ address: UInt32, thread: UInt32 = 1, took: Double) -> RecordedCall {
        RecordedCall(
            .futexWait, [UInt64(address), 2, 0, 0x200], thread: thread, took: took, result: 1, waited: true)
    }

    static func sleep(_ milliseconds: Double, thread: UInt32 = 1) -> RecordedCall {
        RecordedCall(
            .threadSleep, [UInt64(milliseconds * 1e6)], thread: thread, took: milliseconds, waited: true)
    }

    /// A poll of `fds`, a clock for nil, that found `ready` of them.
    static func poll(
        _ fds: [UInt32?], ready: UInt32 = 0, thread: UInt32 = 1, took: Double = 0.01, waited: Bool = false
    ) -> RecordedCall {
        RecordedCall(
            .pollOneoff, [0x100, 0x200, UInt64(fds.count), 0x300], thread: thread, took: took, result: ready,
            waited: waited
        ).keeping(0, subscriptions(fds), total: fds.count)
    }
}
