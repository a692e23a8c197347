import Model
import Trace
import WasixABI

/// Why a wait for events returned what it returned: the ready list on entry and on return, what was done with each item and
/// by which rule, and what level-triggering would have done. A pure function of a look that was kept, or of a picture of the
/// instance.
package struct WaitExplanation: Sendable {
    package enum UnderLevel: Sendable, Equatable {
        case same
        /// A level-triggered registration would have been returned.
        case returned
        /// The host was not asked whether it is still there.
        case perhaps
    }

    package struct Row: Sendable {
        package let id: ItemRow.ID
        package let item: LookedItem
        package let mark: DecisionText.Mark
        package let decision: String
        package let underLevel: UnderLevel
        package let rule: Rule

        /// It was on the ready list.
        package var isListed: Bool { item.decision != .notListed }
        /// Nothing is to be said of it but that it had nothing.
        package var isIdle: Bool { rule.id == .notReady && !item.isGhost }
    }

    /// Those of the ready list in its order; then those that a level-triggered list would have told of, those that say why
    /// they were not, and those that had nothing.
    package let rows: [Row]
    /// The ready list when the look was over.
    package let left: [FdNumber]
    /// Registrations on the ready list when it looked, of which `rows` may lack some.
    package let listed: Int
    /// Registrations that `rows` does not have.
    package let unseen: Int
    /// Why those are missing, and what can be said of them.
    package let unseenText: String
    /// The most events that it returns.
    package let limit: UInt32
    /// In one sentence.
    package let answer: String

    /// Of a look that was kept.
    package init(_ look: WaitLook, in history: WaitHistory) {
        let items = Array(history.items(of: look))
        let turns = Self.turnsMissed(before: look, items, history)
        limit = look.limit
        listed = Int(look.listed)
        left = look.outcome == .asleep ? [] : history.listAfter(look).map(\.fd)
        rows = Self.ordered(
            zip(items, turns).map { item, turns in
                Self.row(item, history.instance, DecisionText(limit: look.limit, turnsMissed: turns))
            })
        unseen = max(Int(look.interest) - items.count, 0)
        unseenText =
            look.outcome == .asleep
            ? "not on the ready list: the thread went to sleep without looking at them"
            : look.isWhole
                ? "not ready" : "not looked through: lists of over \(WaitLook.mostItems) are while the guest is paused"
        answer = WaitAnswer(rows: rows, look: look).text
    }

    /// Of the wait that comes next, or is under way, if nothing happens.
    /// - Parameter isAsleep: a thread waits.
    package init(next epoll: EpollSnapshot, limit: UInt32, isAsleep: Bool) {
        let forecast = WaitForecast(epoll, limit: Int(clamping: limit))
        let words = DecisionText(limit: limit, isForecast: true)
        self.limit = limit
        listed = forecast.listed
        left = forecast.left.map(\.fd)
        rows = Self.ordered(forecast.items.map { Self.row($0, epoll.object, words) })
        unseen = 0
        unseenText = ""
        answer = WaitAnswer(rows: rows, isAsleep: isAsleep).text
    }

    private static func row(_ item: LookedItem, _ instance: ObjectID, _ words: DecisionText) -> Row {
        let isPassed = item.decision == .notListed && !item.asked.isEmpty
        return Row(
            id: ItemRow.ID(epoll: instance, fd: item.fd, object: item.object), item: item,
            mark: DecisionText.mark(item.decision), decision: words.text(item),
            underLevel: !isPassed ? .same : item.isUncertain ? .perhaps : .returned, rule: Rule.deciding(item))
    }

    private static func ordered(_ rows: [Row]) -> [Row] {
        func rank(_ row: Row) -> Int {
            if row.isListed { return 0 }
            switch row.underLevel {
            case .returned: return 1
            case .perhaps: return 2
            case .same: return row.isIdle ? 4 : 3
            }
        }
        let ranked = rows.enumerated().map { (rank($0.element), $0.offset, $0.element) }
        return ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    /// For each item how many waits in a row, this one included, have not reached it.
    private static func turnsMissed(
        before look: WaitLook, _ items: [LookedItem], _ history: WaitHistory
    ) -> [Int] {
        var counts = items.map { $0.decision == .notReached ? 1 : 0 }
        var open = Set(items.indices.filter { counts[$0] > 0 })
        guard let place = history.place(of: look.sequence) else { return counts }
        for earlier in history.looks[..<place].reversed() where earlier.outcome != .asleep {
            guard !open.isEmpty else { break }
            let missed = Set(
                history.items(of: earlier).filter { $0.decision == .notReached }.map {
                    [$0.object.rawValue, $0.fd.rawValue]
                })
            for index in open {
                if missed.contains([items[index].object.rawValue, items[index].fd.rawValue]) {
                    counts[index] += 1
                } else {
                    open.remove(index)
                }
            }
        }
        return counts
    }
}

extension WaitExplanation {
    /// What the wait had returned with room for so many events, of a look that was kept: what it did not reach comes behind
    /// what it did.
    package func returned(withRoomFor room: Int) -> [FdNumber] {
        rows.filter { $0.isListed && ($0.item.decision.isReported || ($0.mark == .stopped && !$0.item.asked.isEmpty)) }
            .prefix(room).map(\.item.fd)
    }
}
