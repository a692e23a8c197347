import Diagnosis
import Model
import Terminal
import Testing
import Trace
import WasixABI

@testable import UI

/// Explain: why a wait returned what it did, by keys.
@Suite struct ExplainTests {
    private static let instance = ObjectID(rawValue: 13)

    /// The last wait of the instance with many items, reached from the trace.
    private func explained(columns: Int = 80, rows: Int = 24, isUTF8: Bool = false) -> Driver {
        var driver = Driver(Fixture.many(), columns: columns, rows: rows, glyphs: isUTF8 ? .utf8 : .ascii)
        driver.press(.character("4"), .end, .character("e"))
        return driver
    }

    @Test func aWaitInTheTraceIsExplained() {
        let driver = explained()
        #expect(driver.reactions == [.control(.explain(Self.instance))])
        #expect(driver.shows("Explain wait 9,134 of epoll 3"))
        #expect(driver.shows("T1 epoll_wait(3, max 2, timeout 0) at 00:01:42.403597"))
        #expect(driver.shows("ready list on entry  >23 >42 >99 >56"))
        #expect(driver.shows("# stop: the array of 2 is full"))
        #expect(driver.shows("ready list on return >99 >56 >23"))
        #expect(driver.shows("23 is level-triggered: to the end"))
        #expect(driver.line("edge 5 was told at wait 9,120")?.contains("YES") ?? false)
        #expect(driver.line("56 IN")?.contains("not reached, 3rd wait in a row") ?? false)
        #expect(driver.shows("Rule for fd 23"))
        #expect(driver.shows("goes to the end of the ready list"))
        #expect(driver.shows("1 +1 byte on 23"))
        #expect(driver.cursorLine?.contains("23 IN") ?? false)
    }

    @Test func leftAndRightGoFromWaitToWait() {
        var driver = explained()
        #expect(driver.shows("< 9,133  now >"))
        driver.press(.down, .down, .left)
        #expect(driver.shows("Explain wait 9,133") && driver.shows("< 9,132  9,134 >"))
        #expect(driver.cursorLine?.contains("99 IN") ?? false, "the cursor stays on its item")
        driver.press(.left, .left)
        #expect(driver.shows("Explain wait 9,132"))
        #expect(driver.shows("no wait before this one is kept"))
        driver.press(.right, .right, .right)
        #expect(driver.shows("Explain the next wait of epoll 3"))
        #expect(driver.shows("It would return {99 56}."))
        #expect(driver.shows("ready list now") && driver.shows("then on the list"))
        driver.press(.right)
        #expect(driver.shows("this is the wait that comes next"))
        driver.press(.left)
        #expect(driver.shows("Explain wait 9,134"))
    }

    @Test func theRuleIsThatOfTheSelectedItem() {
        var driver = explained()
        driver.press(.down, .down, .down, .down)
        #expect(driver.shows("Rule for fd 75") && driver.shows("EAGAIN"))
        driver.press(.down)
        #expect(driver.shows("Rule for fd 4") && driver.shows("EPOLLONESHOT"))
        driver.press(.enter)
        #expect(driver.shows("Explain > calls"))
        driver.press(.escape, .escape)
        #expect(driver.reactions.last == .control(.explain(nil)), "nothing more is wanted once it is left")
    }

    @Test func whatIfAsksFirst() {
        var driver = explained()
        driver.press(.down, .down, .down, .down, .character("1"))
        #expect(driver.shows("Give fd 75 one more byte? This changes the guest. y/n"))
        driver.press(.character("n"))
        #expect(driver.shows("the guest is as it was") && driver.reactions.count == 1)
        driver.press(.character("2"), .character("y"))
        let target = WhatIf.Target(
            instance: Self.instance, object: ObjectID(rawValue: 85), fd: FdNumber(rawValue: 75))
        #expect(driver.reactions.last == .control(.act(.trigger(target, isEdge: false))))
        driver.press(.character("4"))
        #expect(driver.shows("with max 64 it would have returned {23 42 99 56}"))
        driver.press(.character("5"))
        #expect(driver.shows("T1 does not wait now"))
        driver.press(.character("3"), .enter)
        #expect(driver.shows("the guest is as it was"), "Enter is no yes")
    }

    @Test func theHeaderKeepsSayingThatTheGuestWasChanged() {
        var driver = explained()
        #expect(!driver.shows("CHANGED BY YOU"))
        driver.change { $0.interventions = 2 }
        #expect(driver.lines[0].contains("CHANGED BY YOU 2"))
        driver.press(.escape)
        #expect(driver.lines[0].contains("CHANGED BY YOU 2"))
    }

    @Test func aSleepingWaitIsExplainedFromThePresent() {
        var driver = Driver()
        driver.press(.character("2"), .character("e"))
        #expect(driver.shows("Explain wait 9,134 of epoll 4, under way"))
        #expect(driver.shows("T1 epoll_wait(4, max 64, INF) asleep"))
        #expect(driver.shows("ready list now"))
        driver.press(.escape, .character("5"), .character("e"))
        #expect(driver.shows("Explain wait 9,134 of epoll 4, under way") || driver.shows("e explains waits"))
    }

    @Test func whatHasNoWaitSaysSo() {
        var driver = Driver()
        driver.press(.character("8"), .character("e"))
        #expect(driver.shows("e explains waits for events: use it on a wait, an item or a thread that waits"))
        var model = Fixture.many()
        model.histories = [:]
        driver = Driver(model)
        driver.press(.character("4"), .end, .character("e"))
        #expect(driver.shows("Asking the guest what its waits did"))
        driver.change { $0.histories[Self.instance] = WaitHistory(instance: Self.instance) }
        #expect(driver.shows("is not kept any more"))
        driver.press(.character("e"))
        #expect(driver.shows("Explain the next wait"))
        driver.change { $0.epolls = [] }
        #expect(driver.shows("has been closed"))
    }

    /// What the guest's waits did comes a moment after it was asked for; keys that were pressed before are not lost.
    @Test func stepsThatWereAskedForBeforeTheWaitsHadComeAreMade() {
        var model = Fixture.many()
        let histories = model.histories
        model.histories = [:]
        var driver = Driver(model)
        driver.type("2e")
        driver.press(.left, .left, .right)
        #expect(driver.view.explained?.place == .next)
        driver.change { $0.histories = histories }
        #expect(driver.view.explained?.look(in: histories[Self.instance]) == histories[Self.instance]?.looks.last)
        driver.press(.right)
        #expect(driver.view.explained?.place == .next)
    }

    /// A display that was frozen before anybody asked gets what was kept until then.
    @Test func aFrozenDisplayIsExplained() {
        var model = Fixture.many()
        let histories = model.histories
        model.histories = [:]
        var driver = Driver(model)
        driver.press(.character(" "), .character("4"), .end, .character("e"))
        driver.change { model in
            model.histories = histories
            model.histories[Self.instance]?.looks[2].wait = 9_135
        }
        driver.press(.character("e"), .left)
        #expect(driver.shows("Explain wait 9,133"), "what came later is left out")
    }

    @Test func allItemsAreShownWithZ() {
        var model = Fixture.many()
        var history = model.histories[Self.instance]!
        let idle = (0..<12).map { Fixture.looked(200 + UInt32($0), .in, [], .notListed, 0, 0) }
        history.looks[2].itemCount += 12
        history.items += idle
        model.histories[Self.instance] = history
        var driver = Driver(model, columns: 120, rows: 40)
        driver.press(.character("4"), .end, .character("e"))
        #expect(driver.shows("12 more, not ready") && driver.shows("80 more, not ready") && !driver.shows("211 IN"))
        driver.press(.character("z"))
        #expect(driver.shows("211 IN") && !driver.shows("12 more, not ready"))
    }

    @Test func itIsCopiedAsText() throws {
        var driver = explained()
        driver.press(.character("y"))
        guard case .copy(let text) = driver.reactions.last else {
            Issue.record("nothing was copied")
            return
        }
        for part in ["ready list on entry", "edge 5 was told at wait 9,120", "Rule for fd 23", "What if"] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func whatWasTriedStandsInTheTrace() {
        var driver = Driver(Fixture.many())
        driver.change { model in
            var record = TraceRecord()
            record.kind = RecordKind.whatIf.rawValue
            record.start = 102_404_000_000
            record.result = 1
            record.objects = (85, 13)
            record.words.0 = 75
            model.trace.append(
                record, payload: UnsafeRawBufferPointer(start: nil, count: 0), process: .initial, thread: .inspector)
        }
        driver.press(.character("4"))
        #expect(driver.shows("by you: one more to read on fd 75"))
    }

    @Test(arguments: [(80, 24), (120, 40), (60, 20), (40, 10), (80, 12), (20, 5)]) func everySizeIsDrawn(
        columns: Int, rows: Int
    ) {
        for isUTF8 in [false, true] {
            var driver = explained(columns: columns, rows: rows, isUTF8: isUTF8)
            for _ in 0..<9 { driver.press(.down) }
            #expect(driver.lines.count == rows)
            if !isUTF8 { #expect(driver.canvas.text.utf8.allSatisfy { $0 < 0x7f }) }
        }
    }
}
