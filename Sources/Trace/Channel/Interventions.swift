import Synchronization

/// The records of what whoever inspects the guest does to it: a channel of its own, beside those of the guest's threads.
/// Any thread; one action at a time.
public final class Interventions: Sendable {
    private struct State {
        var channel: ThreadChannel?
        var count: UInt64 = 0
    }

    private let state = Mutex(State())

    init() {}

    /// Actions that have changed the guest.
    public var count: UInt64 { state.withLock { $0.count } }

    /// Runs an action and records it, with what it led to, unless it was refused.
    /// - Parameter body: must not act in turn.
    func perform(_ action: WhatIf, in tracer: Tracer, _ body: () -> WhatIfOutcome) -> WhatIfOutcome {
        state.withLock { state in
            let channel = state.channel ?? tracer.makeInspectorChannel()
            state.channel = channel
            let start = TickClock.now()
            channel.ring.announce(start)
            defer { channel.ring.announceNothing() }
            channel.changes.begin()
            let outcome = body()
            channel.changes.end()
            guard outcome == .done else { return outcome }
            state.count += 1
            var record = action.record
            record.start = start
            record.duration = TickClock.now() &- start
            channel.push(record, with: channel.changes)
            return outcome
        }
    }
}

extension ThreadChannel {
    /// Appends a record that is no call, with what it led to. Lost, and counted, when there is no room.
    fileprivate func push(_ record: TraceRecord, with changes: ChangeLog) {
        guard let slot = ring.begin(at: record.start) else { return }
        slot.pointee = record
        defer { ring.publish() }
        let kept = UnsafeRawBufferPointer(changes.kept)
        guard !kept.isEmpty, let room = ring.reservePayload(PayloadChunk.headerSize + kept.count) else { return }
        var writer = PayloadWriter(start: room.bytes, capacity: PayloadChunk.headerSize + kept.count)
        writer.chunk(argument: PayloadChunk.changes, total: changes.total) { $0.append(kept) }
        slot.pointee.payloadPosition = room.position
        slot.pointee.payloadLength = writer.used
        slot.pointee.flags |= TraceRecord.Flags.hasChanges
    }
}
