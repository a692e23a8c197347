import Decode
import Model
import Trace
import WasixABI

/// Stacks of calls that are looked out for, because their like is suspected.
extension Habits {
    /// Calls that are looked out for; then all are forgotten.
    private static let mostOffences = 256

    /// The stack of such a call that came since it was asked for first; empty as long as there is none.
    mutating func stack(of offence: StackWish) -> [GuestFrame] {
        if let known = offences[offence] { return known }
        if offences.count >= Self.mostOffences { offences.removeAll() }
        offences[offence] = []
        return []
    }

    mutating func takeStack(_ entry: TraceEntry, _ call: CallID, _ time: TraceTime) {
        for (offence, known) in offences
        where known.isEmpty && offence.call == call && offence.thread == entry.thread
            && offence.errno.map({ $0.rawValue == entry.record.errno }) ?? true
            && (offence.leastWait == 0 || entry.waitedFor(offence.leastWait, time))
        {
            offences[offence] = entry.stack
        }
    }
}

extension TraceEntry {
    /// Where in the guest's code the call was made; empty where that was not kept.
    package var stack: [GuestFrame] {
        kind == .call ? withPayload { CallFields(record, payload: $0)?.stack ?? [] } : []
    }

    fileprivate func waitedFor(_ nanoseconds: UInt64, _ time: TraceTime) -> Bool {
        record.flags & TraceRecord.Flags.waited != 0 && time.duration(of: record) >= nanoseconds
    }
}
