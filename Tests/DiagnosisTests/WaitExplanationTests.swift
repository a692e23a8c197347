import Diagnosis
import Model
import Testing
import Trace
import WasixABI

/// Why a wait returned what it did, in words.
@Suite struct WaitExplanationTests {
    static func item(
        _ fd: UInt32, _ mask: EpollEvents, _ ready: EpollEvents, _ decision: ItemDecision, edge: UInt32 = 1,
        told: UInt32 = 0, at wait: UInt32 = 0, isArmed: Bool = true
    ) -> LookedItem {
        var item = LookedItem(object: ObjectID(rawValue: fd + 10), fd: FdNumber(rawValue: fd), mask: mask)
        item.ready = ready
        item.decision = decision
        item.edge = edge
        item.toldEdge = told
        item.toldWait = wait
        item.isArmed = isArmed
        return item
    }

    private static func history(_ looks: [(WaitLook, [LookedItem])]) -> WaitHistory {
        var history = WaitHistory(instance: ObjectID(rawValue: 14))
        for (index, (look, items)) in looks.enumerated() {
            var look = look
            look.sequence = UInt64(index)
            look.firstItem = history.items.count
            look.itemCount = items.count
            look.interest = max(look.interest, UInt32(items.count))
            look.listed = UInt32(items.count { $0.decision != .notListed })
            look.firstOrder = history.orders.count
            let left =
                items.indices.filter { items[$0].decision == .notReached }
                + items.indices.filter { items[$0].decision == .requeued }
            look.orderCount = left.count
            history.orders += left.map { UInt8($0) }
            history.items += items
            history.looks.append(look)
        }
        return history
    }

    private static func look(
        _ wait: UInt64, limit: UInt32, _ outcome: WaitLook.Outcome = .returned, deadline: UInt64 = 0
    ) -> WaitLook {
        var look = WaitLook()
        look.wait = wait
        look.limit = limit
        look.outcome = outcome
        look.deadline = deadline
        look.isWhole = true
        return look
    }

    /// The wait of the picture: an array of two, and a long list.
    private static var many: [LookedItem] {
        [
            item(23, .in, .in, .requeued, edge: 9, told: 9, at: 9_133),
            item(42, [.in, .et], .in, .reported, edge: 4, told: 3, at: 9_000),
            item(99, .in, .in, .notReached), item(56, .in, .in, .notReached, edge: 7, told: 7),
            item(75, [.in, .et], .in, .notListed, edge: 5, told: 5, at: 9_120),
            item(4, [.in, .et, .oneshot], .in, .notListed, edge: 2, told: 1, at: 9_101, isArmed: false),
            item(80, [.in, .et], [], .notListed, edge: 2, told: 2, at: 8_000),
            item(94, .out, .in, .notListed, edge: 0), item(7, .in, [], .notListed, edge: 0),
        ]
    }

    @Test func everyDecisionHasItsWords() {
        let missed = [Self.item(56, .in, .in, .notReached)]
        let history = Self.history([
            (Self.look(9_132, limit: 2), missed), (Self.look(9_133, limit: 2), missed),
            (Self.look(9_134, limit: 2), Self.many),
        ])
        let explanation = WaitExplanation(history.looks[2], in: history)
        #expect(
            explanation.rows.map { "\($0.item.fd.rawValue) \($0.decision)" } == [
                "23 returned: still ready", "42 returned: edge 4 is new", "99 not reached: max is 2",
                "56 not reached, 3rd wait in a row", "75 edge 5 was told at wait 9,120",
                "4 one-shot spent at wait 9,101", "80 drained: nothing to tell", "94 the mask does not ask for IN",
                "7 not ready",
            ])
        #expect(explanation.rows.map(\.underLevel).filter { $0 == .returned }.count == 2)
        #expect(explanation.rows[4].underLevel == .returned && explanation.rows[5].underLevel == .returned)
        #expect(explanation.left.map(\.rawValue) == [99, 56, 23])
        #expect(explanation.rows.filter(\.isIdle).map(\.item.fd.rawValue) == [7])
        #expect(explanation.answer == "The array was full: 2 of the ready list have to wait.")
        #expect(explanation.returned(withRoomFor: 64).map(\.rawValue) == [23, 42, 99, 56])
        #expect(explanation.returned(withRoomFor: 3).map(\.rawValue) == [23, 42, 99])
    }

    @Test func oneSentenceSaysWhyNothingCame() {
        let silent = Self.item(7, [.in, .et], .in, .notListed, edge: 18, told: 18, at: 12)
        let idle = Self.item(3, .in, [], .notListed, edge: 0)
        func answer(_ items: [LookedItem], _ outcome: WaitLook.Outcome, deadline: UInt64 = .max) -> String {
            let history = Self.history([(Self.look(13, limit: 64, outcome, deadline: deadline), items)])
            return WaitExplanation(history.looks[0], in: history).answer
        }
        #expect(
            answer([idle, silent], .timedOut)
                == "Nothing until its time was up: fd 7 has IN, but edge 18 was told at wait 12.")
        #expect(
            answer([idle, silent], .timedOut, deadline: 0)
                == "Nothing, and it was not to wait: fd 7 has IN, but edge 18 was told at wait 12.")
        #expect(
            answer([idle], .interrupted) == "EINTR, a signal, and nothing to return: none of 1 has what it asks for.")
        #expect(
            answer([Self.item(3, .in, [], .dropped)], .asleep)
                == "It went to sleep: fd 3 was on the ready list and had nothing any more.")
        #expect(
            answer([Self.item(3, .in, .pri, .notListed)], .timedOut)
                == "Nothing until its time was up: fd 3 has PRI, which its mask does not ask for.")
        #expect(answer([], .timedOut) == "Nothing until its time was up: nothing is on the ready list.")
    }

    @Test func whatIsUnderWayIsExplainedFromThePresent() {
        func snapshot(_ items: [ItemSnapshot], order: [UInt32]) -> EpollSnapshot {
            EpollSnapshot(
                object: ObjectID(rawValue: 14), fd: FdNumber(rawValue: 4), items: items,
                readyOrder: order.map { FdNumber(rawValue: $0) }, waiters: [], waits: 3, eventsDelivered: 2,
                timeouts: 0,
                interruptions: 0)
        }
        func item(_ fd: UInt32, _ mask: EpollEvents, edges: UInt64, told: UInt64, isListed: Bool) -> ItemSnapshot {
            var item = ItemSnapshot(
                fd: FdNumber(rawValue: fd), object: ObjectID(rawValue: fd + 10), kind: .socketPair, mask: mask,
                data: 0, ready: .in, lastReported: .in, reports: told, lastReportedAt: 0, edges: edges,
                reportedEdge: told, isOnReadyList: isListed, isGhost: false, reason: .edgeSpent,
                levelWouldReport: true)
            item.reportedWait = 2
            return item
        }
        let spent = item(3, [.in, .et], edges: 5, told: 5, isListed: false)
        let asleep = WaitExplanation(next: snapshot([spent], order: []), limit: 1, isAsleep: true)
        #expect(asleep.answer == "It sleeps on: fd 3 has IN, but edge 5 was told at wait 2.")
        #expect(asleep.rows[0].decision == "edge 5 was told at wait 2" && asleep.left.isEmpty)
        let listed = [item(8, .in, edges: 1, told: 0, isListed: true), item(9, .in, edges: 2, told: 2, isListed: true)]
        let next = WaitExplanation(next: snapshot([spent] + listed, order: [9, 8]), limit: 1, isAsleep: false)
        #expect(next.rows.map(\.item.fd.rawValue) == [9, 8, 3])
        #expect(next.rows.map(\.mark) == [.returned, .stopped, .passed])
        #expect(next.answer == "It would return {9}." && next.left.map(\.rawValue) == [8, 9])
    }

    @Test func everyRuleIsShortAndSaysWhereItIsWritten() {
        for id in Rule.ID.allCases {
            let rule = Rule[id]
            #expect(rule.text.count + rule.reference.count < 3 * 74, "\(id)")
            #expect(rule.text.hasSuffix(".") && !rule.reference.isEmpty)
        }
        #expect(Rule.deciding(Self.many[4]).id == .edgeTold && Rule.deciding(Self.many[0]).id == .requeued)
        var ghost = Self.many[0]
        ghost.isGhost = true
        #expect(Rule.deciding(ghost).id == .ghost)
        #expect(Rule.deciding(Self.item(5, [.in, .et], [.in, .hup], .notListed, told: 1)).id == .peerClosed)
    }

    @Test func whatCannotBeTriedSaysWhy() throws {
        let history = Self.history([(Self.look(9_134, limit: 2), Self.many)])
        let explanation = WaitExplanation(history.looks[0], in: history)
        let main = ThreadID(rawValue: 1)
        let offers = WhatIfOffer.all(
            explanation, explanation.rows[4], kind: .socketPair, thread: (id: main, waits: true))
        #expect(offers.map(\.number) == [1, 2, 3, 4, 5, 6] && offers.allSatisfy { $0.isPossible })
        #expect(
            offers.map(\.label) == [
                "+1 byte on 75", "make 75 LT", "MOD 75", "max = 64", "EINTR T1", "short read",
            ])
        let target = WhatIf.Target(
            instance: ObjectID(rawValue: 14), object: ObjectID(rawValue: 85), fd: FdNumber(rawValue: 75))
        #expect(
            offers[1].effect
                == .change(.trigger(target, isEdge: false), question: "Make fd 75 level-triggered by EPOLL_CTL_MOD"))
        #expect(
            offers[3].effect
                == .said("with max 64 it would have returned {23 42 99 56}; the array is the guest's memory"))
        let host = WhatIfOffer.all(explanation, explanation.rows[4], kind: .tcp, thread: (id: main, waits: false))
        #expect(host[0].effect == .impossible("what comes there comes from outside the guest"))
        #expect(host.first { $0.number == 5 }?.effect == .impossible("T1 does not wait now"))
        let closed = WhatIfOffer.all(explanation, explanation.rows[0], kind: nil, thread: nil)
        #expect(closed.filter { $0.number != 4 }.allSatisfy { !$0.isPossible })
    }
}
