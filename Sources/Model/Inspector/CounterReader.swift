import Trace
import WasixABI

/// Adds up the exact counters of all threads. Thousands of threads that sleep cost a word each: only what was counted
/// since the last time is read again. Belongs to one thread.
struct CounterReader {
    private let tracer: Tracer
    /// Of the channels that are not retired, by row of the call table.
    private var live = [CallCount](repeating: CallCount(), count: CallTable.all.count)
    /// What was added to `live` for each of these channels, so that it can be subtracted again.
    private var known: [ObjectIdentifier: Known] = [:]

    private struct Known {
        let channel: ThreadChannel
        /// The channel's total before its rows were read.
        var total: UInt64 = 0
        /// Calls in the rows that were read.
        var calls: UInt64 = 0
        var rows: [(row: Int, count: CallCount)] = []
        var round: UInt64 = 0
    }

    private var round: UInt64 = 0

    init(tracer: Tracer) { self.tracer = tracer }

    /// What all threads have counted, and the calls that they were blocked in when `snapshot` was taken.
    mutating func read(_ readers: [ChannelReader], inProgressAsOf snapshot: KernelSnapshot) -> [CallTotal] {
        round &+= 1
        var callsByThread: [ThreadID: UInt64] = [:]
        callsByThread.reserveCapacity(readers.count)
        for reader in readers {
            callsByThread[reader.channel.thread] = read(reader.channel)
        }
        if known.count > readers.count { forgetRetired() }
        var totals = [CallTotal](repeating: CallTotal(), count: live.count)
        let retired = tracer.retiredTotals
        for row in live.indices {
            totals[row].finished = live[row]
            totals[row].finished += retired[row]
        }
        for thread in snapshot.threads where thread.state == .blocked {
            // A count that has moved on since the snapshot has the call in it already.
            guard let call = thread.call, callsByThread[thread.thread] == thread.calls else { continue }
            totals[Int(call.rawValue)].inProgress &+= 1
            if thread.blockedSince > 0, snapshot.takenAt > thread.blockedSince {
                totals[Int(call.rawValue)].inProgressTime &+= snapshot.takenAt - thread.blockedSince
            }
        }
        return totals
    }

    /// - Returns: how many calls the rows say the thread has made.
    private mutating func read(_ channel: ThreadChannel) -> UInt64 {
        let id = ObjectIdentifier(channel)
        let total = channel.counters.total
        var entry = known[id] ?? Known(channel: channel)
        defer {
            entry.round = round
            known[id] = entry
        }
        guard entry.total != total else { return entry.calls }
        for (row, count) in entry.rows { live[row].subtract(count) }
        entry.rows.removeAll(keepingCapacity: true)
        entry.total = total
        entry.calls = 0
        channel.counters.forEachUsed { row, count in
            entry.rows.append((row, count))
            entry.calls &+= count.calls
        }
        for (row, count) in entry.rows { live[row] += count }
        return entry.calls
    }

    /// What retired channels have counted is in the tracer's sums now.
    private mutating func forgetRetired() {
        for (id, entry) in known where entry.round != round {
            for (row, count) in entry.rows { live[row].subtract(count) }
            known[id] = nil
        }
    }
}

extension CallCount {
    fileprivate mutating func subtract(_ part: CallCount) {
        calls &-= part.calls
        errors &-= part.errors
        ticks &-= part.ticks
        waitTicks &-= part.waitTicks
    }
}
