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

extension CallFields {
    /// What the call did to others, as far as it was kept: edges that it made, and threads that it woke.
    package var changes: [ReadinessChange] { chunks.changes }

    /// Where in the guest's code it was made, the innermost frame first; empty where that was not kept.
    package var stack: [GuestFrame] { chunks.stack }

    /// The child that a `proc_join` waits for, 0 for any; nil for another call.
    package var joinedProcess: UInt32? {
        guard spec.id == .procJoin, let bytes = (chunks.before(0) ?? chunks.last(0))?.bytes,
            let tag = bytes.u8(OptionPidLayout.tag)
        else { return nil }
        return tag == 0 ? 0 : bytes.u32(OptionPidLayout.pid)
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
