import Trace
import WasixABI

/// One call with everything that is known of it, finished or still going on. Lines, panes, filters, lints and exports
/// read a call's arguments and results here alone.
///
/// Takes any bytes: what a record or a payload does not tell is nil. Refers to the payload it was made from and must
/// not outlive it.
package struct CallFields {
    package enum Outcome: Equatable, Sendable {
        /// Still in the call, or cut off in it by the end of the process.
        case unfinished
        case finished(Errno)
    }

    package let spec: CallSpec
    package let outcome: Outcome
    /// Of the guest's pointers and sizes.
    package let width: PointerWidth
    let isLinuxDialect: Bool
    let chunks: PayloadChunks
    private let values: [UInt64?]
    private let inlineResult: UInt64?
    private let objects: [ObjectID]

    /// Of a record of kind `.call`; nil when there is no such call.
    package init?(_ record: TraceRecord, payload: UnsafeRawBufferPointer) {
        guard record.kind == RecordKind.call.rawValue, let id = CallID(rawValue: record.call) else { return nil }
        let words = record.words
        self.init(
            id.spec,
            record.flags & TraceRecord.Flags.unfinished != 0 ? .unfinished : .finished(Errno(rawValue: record.errno)),
            words: [words.0, words.1, words.2, words.3, words.4, words.5], objects: record.objects,
            width: record.flags & TraceRecord.Flags.wide != 0 ? .bits64 : .bits32, payload: payload,
            inlineResult: record.inlineResult, isLinuxDialect: record.flags & TraceRecord.Flags.linuxDialect != 0)
    }

    /// Of a call that a thread is in.
    /// - Parameter payload: what was kept of guest memory.
    package init(
        inProgress call: CallID, words: [UInt32], isWide: Bool, objects: (ObjectID, ObjectID),
        payload: UnsafeRawBufferPointer
    ) {
        self.init(
            call.spec, .unfinished, words: words, objects: (objects.0.rawValue, objects.1.rawValue),
            width: isWide ? .bits64 : .bits32, payload: payload, inlineResult: nil, isLinuxDialect: false)
    }

    private init(
        _ spec: CallSpec, _ outcome: Outcome, words: [UInt32], objects: (UInt32, UInt32), width: PointerWidth,
        payload: UnsafeRawBufferPointer, inlineResult: UInt64?, isLinuxDialect: Bool
    ) {
        self.spec = spec
        self.outcome = outcome
        self.width = width
        self.isLinuxDialect = isLinuxDialect
        self.inlineResult = inlineResult
        self.objects = [ObjectID(rawValue: objects.0), ObjectID(rawValue: objects.1)]
        chunks = PayloadChunks(payload)
        // A call in progress has all its words at hand, a record those beyond its own in the payload.
        let layout = spec.words(width)
        values = layout.values(words.count >= layout.total ? words : words + chunks.moreWords)
    }

    // MARK: arguments

    /// An argument as passed, zero-extended; nil when its words were not kept.
    package func value(_ index: Int) -> UInt64? {
        values.indices.contains(index) ? values[index] : nil
    }

    /// The number that an argument stands for: its own value, or for a pointer to a scalar the number that the call
    /// left there.
    package func number(_ index: Int) -> UInt64? {
        guard spec.arguments.indices.contains(index) else { return nil }
        guard let scalar = spec.arguments[index].kind.scalarResult else { return value(index) }
        return scalarResult(index, scalar)
    }

    /// As `number`, of the argument with this name.
    package func number(_ name: String) -> UInt64? {
        spec.arguments.firstIndex { $0.name == name }.flatMap { number($0) }
    }

    /// The description behind a descriptor argument: the first and the second one of a call have theirs recorded.
    package func object(_ index: Int) -> ObjectID? {
        let position = spec.arguments[..<index].count { $0.kind == .fd }
        guard position < objects.count, objects[position] != .none else { return nil }
        return objects[position]
    }

    /// The first descriptor that the call was given.
    package var fd: FdNumber? {
        guard let index = spec.arguments.firstIndex(where: { $0.kind == .fd }), let value = value(index) else {
            return nil
        }
        return FdNumber(rawValue: UInt32(truncatingIfNeeded: value))
    }

    /// The descriptors that it was given or that it made.
    package var descriptors: [FdNumber] {
        spec.arguments.indices.compactMap { index in
            switch spec.arguments[index].kind {
            case .fd: value(index)
            case .out(.fd), .update(.fd): number(index)
            default: nil
            }
        }.map { FdNumber(rawValue: UInt32(truncatingIfNeeded: $0)) }
    }

    /// The descriptions that it looked up.
    package var touched: [ObjectID] { objects.filter { $0 != .none } }

    /// Names of files that it was given.
    package var paths: [[UInt8]] {
        spec.arguments.indices.compactMap { index in
            guard case .path(let direction, _, _) = spec.arguments[index].kind, direction.isRead else { return nil }
            return chunks.last(index)?.bytes.array
        }
    }

    /// Nanoseconds that it may wait, `.max` for ever; nil for a call without such an argument.
    package var timeout: UInt64? {
        guard let index = spec.arguments.firstIndex(where: { $0.kind == .nanoseconds }), let value = value(index)
        else { return nil }
        return value >> 63 != 0 ? .max : value
    }

    // MARK: results

    package var succeeded: Bool { outcome == .finished(.success) }

    /// Nil while the call goes on.
    package var errno: Errno? {
        if case .finished(let errno) = outcome { errno } else { nil }
    }

    /// What the C function of that purpose returns.
    package var returned: UInt64? {
        guard succeeded else { return nil }
        if spec.result == .numberOrError { return inlineResult }
        return spec.returned.flatMap { number($0) }
    }

    /// Bytes that it moved; nil for a call that moves none, and for one that failed.
    package var movedBytes: UInt64? {
        guard let index = spec.returned else { return nil }
        let moves = spec.arguments.contains { argument in
            switch argument.kind {
            case .iovecs(_, _, let used), .dirents(_, let used): used == index
            case .bytes(_, _, let used): used == index
            default: false
            }
        }
        return moves || spec.id == .sockSendFile ? returned : nil
    }

    func scalarResult(_ index: Int, _ scalar: ScalarKind) -> UInt64? {
        if let kept = chunks.last(index)?.bytes.number(0, size: scalar.size(width)) { return kept }
        return index == spec.inlineResult(width)?.argument ? inlineResult : nil
    }
}

/// An event as `epoll_wait` handed it to the guest.
package struct ReportedEvent: Sendable, Equatable {
    package var events: EpollEvents
    /// The 64-bit user data.
    package var data: UInt64
    /// The number that the registration had then, where it was kept.
    package var fd: FdNumber?
    /// How many edges the registration had then (the low half), if one had not been reported before; 0 where it was only
    /// still ready, and where that was not kept.
    package var edge: UInt32 = 0
}

extension CallFields {
    /// What an `epoll_wait` reported, as far as it was kept.
    package var reportedEvents: [ReportedEvent] {
        guard spec.id == .epollWait, succeeded, let bytes = chunks.last(1)?.bytes else { return [] }
        let count = min(Int(clamping: number(4) ?? 0), bytes.count / EpollEventLayout.size)
        let items = chunks.reported
        return (0..<count).compactMap { position in
            let start = position * EpollEventLayout.size
            guard let events = bytes.u32(start + EpollEventLayout.events),
                let data = bytes.u64(start + EpollEventLayout.data2)
            else { return nil }
            let item = items.indices.contains(position) ? items[position] : nil
            return ReportedEvent(
                events: EpollEvents(rawValue: events), data: data, fd: item.map { FdNumber(rawValue: $0.fd) },
                edge: item?.edge ?? 0)
        }
    }

    /// What the call did to others, as far as it was kept: edges that it made, and threads that it woke.
    package var changes: [ReadinessChange] { chunks.changes }

    /// Where in the guest's code it was made, the innermost frame first; empty where that was not kept.
    package var stack: [GuestFrame] { chunks.stack }
}

/// A descriptor that a `poll_oneoff` asks about.
package struct PolledDescriptor: Sendable, Equatable {
    package var fd: FdNumber
    /// Asked for room to write, else for something to read.
    package var isWrite: Bool
}

extension CallFields {
    /// The descriptors that a `poll_oneoff` asks about, clocks left out; nil for another call, and where not all
    /// subscriptions were kept.
    package var polled: [PolledDescriptor]? {
        guard spec.id == .pollOneoff || spec.id == .pollOneoffUnstable, let chunk = chunks.before(0) ?? chunks.last(0)
        else { return nil }
        let size = spec.id == .pollOneoff ? SubscriptionLayout.size : SubscriptionUnstableLayout.size
        guard Int(chunk.total) * size <= chunk.bytes.count else { return nil }
        return (0..<Int(chunk.total)).compactMap { index in
            let one = chunk.bytes.slice(index * size, size)
            guard let tag = one.u8(SubscriptionLayout.tag), EventType(rawValue: tag) != .clock,
                let fd = one.u32(SubscriptionLayout.fd)
            else { return nil }
            return PolledDescriptor(fd: FdNumber(rawValue: fd), isWrite: EventType(rawValue: tag) == .fdWrite)
        }
    }

    /// The child that a `proc_join` waits for, 0 for any; nil for another call.
    package var joinedProcess: UInt32? {
        guard spec.id == .procJoin, let bytes = (chunks.before(0) ?? chunks.last(0))?.bytes,
            let tag = bytes.u8(OptionPidLayout.tag)
        else { return nil }
        return tag == 0 ? 0 : bytes.u32(OptionPidLayout.pid)
    }

    /// How many subscriptions a `poll_oneoff` has.
    package var polledCount: Int? {
        guard spec.id == .pollOneoff || spec.id == .pollOneoffUnstable else { return nil }
        return number("nsubscriptions").map { Int(clamping: $0) }
    }

    /// The registration that an `epoll_ctl` asks for: its members as the guest stored them.
    package var registration: EpollRegistration? {
        guard spec.id == .epollCtl, let bytes = chunks.last(3)?.bytes, let events = bytes.u32(EpollEventLayout.events),
            let data = bytes.u64(EpollEventLayout.data2),
            let pointer = bytes.number(EpollEventLayout.pointer, size: width.rawValue)
        else { return nil }
        let isWide = width == .bits64
        guard let fd = bytes.u32(isWide ? EpollEventLayout64.fd : EpollEventLayout.fd),
            let data1 = bytes.u32(isWide ? EpollEventLayout64.data1 : EpollEventLayout.data1)
        else { return nil }
        return EpollRegistration(
            events: EpollEvents(rawValue: events), pointer: pointer, fd: fd, data1: data1, data: data)
    }

    /// What a write added to an event counter, or a read took from one, by the eight bytes that it moved; nil for another call,
    /// one that failed, and where they do not stand together.
    package var counterValue: UInt64? {
        guard [.fdWrite, .fdRead].contains(spec.id), movedBytes == 8, let chunk = chunks.last(1),
            let kept = chunk.bytes.u32(4), kept >= 8
        else { return nil }
        return chunk.bytes.number(8, size: 8)
    }

    /// Bytes that a write was given; nil for another call, and where the lengths of its vectors were not all kept.
    package var offeredBytes: UInt64? {
        guard [.fdWrite, .sockSend, .sockSendTo].contains(spec.id), let chunk = chunks.last(1) else { return nil }
        var sum: UInt64 = 0
        var offset = 0
        for _ in 0..<chunk.total {
            guard let length = chunk.bytes.u32(offset), let kept = chunk.bytes.u32(offset + 4) else { return nil }
            sum &+= UInt64(length)
            offset += 8 + Int(kept)
        }
        return sum
    }
}

/// What an `epoll_ctl` was given.
package struct EpollRegistration: Sendable, Equatable {
    package var events: EpollEvents
    package var pointer: UInt64
    package var fd: UInt32
    package var data1: UInt32
    package var data: UInt64

    /// Whether it is filled as wasix-libc fills it (WasixABI.docc/Registrations).
    package func isLibcShaped(for target: FdNumber) -> Bool {
        let low = UInt32(truncatingIfNeeded: data)
        return (pointer == UInt64(low) || pointer == data) && data1 == low && fd == target.rawValue
    }
}
