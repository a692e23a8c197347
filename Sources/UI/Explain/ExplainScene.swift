import Decode
import Diagnosis
import Model
import Trace
import WasixABI

/// What Explain shows of a wait: the explanation, the call it is of, and what can be tried.
struct ExplainScene {
    let wait: ExplainedWait
    /// The instance; nil when it was closed a while ago.
    let instance: EpollRow?
    let history: WaitHistory?
    /// Nil for the wait that comes next, and for one that is not kept.
    let look: WaitLook?
    /// Nil when there is nothing to go by.
    let explanation: WaitExplanation?
    /// A thread that waits on the instance now.
    let waiter: ThreadRow?

    private let model: ModelState
    /// The most events of a wait that nobody has made yet.
    private static let usualLimit: UInt32 = 64

    init(_ wait: ExplainedWait, _ model: ModelState) {
        self.wait = wait
        self.model = model
        let row = model.epolls.first { $0.id == wait.instance }
        instance = row
        let history = model.histories[wait.instance]
        self.history = history
        let look = wait.look(in: history)
        self.look = look
        let waiter = model.threads.first { $0.thread.call == .epollWait && $0.thread.objects.0 == wait.instance }
        self.waiter = waiter
        if let look, let history {
            explanation = WaitExplanation(look, in: history)
        } else if wait.place == .next, let row, !row.mark.isClosed {
            let limit = waiter.flatMap { Self.limit($0.thread) } ?? history?.looks.last?.limit ?? Self.usualLimit
            explanation = WaitExplanation(
                next: row.epoll, limit: limit, isAsleep: waiter?.thread.state == .blocked)
        } else {
            explanation = nil
        }
    }

    private static func limit(_ thread: ThreadSnapshot) -> UInt32? {
        thread.payload.withUnsafeBytes { payload in
            guard let call = thread.call else { return nil }
            let fields = CallFields(
                inProgress: call, words: thread.words, isWide: thread.isWide, objects: thread.objects,
                payload: payload)
            return fields.number("maxevents").map { UInt32(truncatingIfNeeded: $0) }
        }
    }

    /// The number of the wait; of the one that comes next, the one under way or the one after the last.
    var number: UInt64 {
        if let look { return look.wait }
        let begun = instance?.epoll.waits ?? 0
        return waiter?.thread.state == .blocked ? begun : begun + 1
    }

    /// The record of the call, while it is among those that are kept.
    var entry: TraceEntry? {
        guard let look else { return nil }
        for number in model.waits.range.reversed() {
            guard let entry = model.waits[number] else { continue }
            let ticks = entry.record.start...max(entry.record.end, entry.record.start)
            if entry.thread == look.thread, ticks.contains(look.at) { return entry }
        }
        return nil
    }

    /// The row that the cursor is on, else the first.
    func row(_ cursor: RowID?) -> WaitExplanation.Row? {
        explanation?.rows.first { cursor == .item($0.id) } ?? explanation?.rows.first
    }

    /// What can be tried with the row that the cursor is on.
    func offers(_ cursor: RowID?) -> [WhatIfOffer] {
        guard let explanation else { return [] }
        let row = row(cursor)
        let kind = row.flatMap { row in
            model.descriptors.first { $0.descriptor.object == row.id.object && !$0.mark.isClosed }?.descriptor.kind
        }
        let thread = waiter?.id ?? look?.thread
        let waits = waiter?.thread.state == .blocked
        return WhatIfOffer.all(explanation, row, kind: kind, thread: thread.map { (id: $0, waits: waits) })
    }
}
