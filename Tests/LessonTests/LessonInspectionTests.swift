import Diagnosis
import Foundation
import Terminal
import Testing

@testable import UI

/// A lesson beside the other views of the inspector.
@Suite(.serialized) struct LessonInspectionTests {
    @Test func theOtherViewsAreThereAndLComesBack() throws {
        let player = try LessonPlayer("et-partial-read")
        try player.arrive()
        try player.press(.escape)
        #expect(player.shows("1 Fds") && player.shows("4 Trace"))
        #expect(player.shows("L lesson"))
        try player.press(.character("5"))
        #expect(player.shows("5 Threads"))
        // The guest is the lesson's.
        for key in ["p", "s", "S"] {
            let before = player.reactions.count
            try player.press(.character(Unicode.Scalar(key)!))
            #expect(player.shows("in a lesson the guest moves with the lesson"))
            #expect(player.reactions.count == before)
        }
        try player.press(.character("L"))
        #expect(player.shows("checkpoint 1/8"))
        #expect(player.run.phase == .asking(wrong: nil))
    }

    /// With right answers to a checkpoint, by its index.
    private func go(_ player: LessonPlayer, to index: Int) throws {
        while player.run.index < index {
            try player.arrive()
            if case .asking = player.run.phase {
                let right = player.run.checkpoint.question?.answers.firstIndex(where: \.isRight) ?? 0
                try player.press(right + 1)
            }
            try player.press(.character("s"))
        }
        try player.arrive()
    }

    @Test func twinsHaveOneAxis() throws {
        let player = try LessonPlayer("lt-vs-et")
        try go(player, to: 4)
        func life(_ title: String) -> String {
            let line = player.lines.first { $0.contains(title) } ?? ""
            let cells = line[(line.range(of: title)?.upperBound ?? line.endIndex)...].dropFirst()
            // The second registration was made after the first: its line begins with a blank.
            return String(cells.prefix { $0 != "│" }.reversed().drop { $0 == " " }.reversed())
        }
        let level = life("LT in epoll 5")
        let edge = life("ET in epoll 6")
        #expect(level.count > 4 && level.count == edge.count, "\(level) \(edge)")
        let told = Character(Glyphs.utf8.told)
        #expect(edge.contains(told) && level.count { $0 == told } > edge.count { $0 == told }, "\(level) \(edge)")
    }

    /// The end of a line tells as much as its beginning: it is broken, not cut.
    @Test func whatTheGuestPrintsIsShownWhole() throws {
        let player = try LessonPlayer("lt-vs-et")
        try go(player, to: 6)
        #expect(player.lines.contains { $0.contains("all read") } && player.lines.contains { $0.contains("edge: -") })
    }

    @Test(arguments: LessonFiles.names)
    func qLeavesInTheMiddle(_ name: String) throws {
        let player = try LessonPlayer(name)
        try player.arrive()
        try player.press(.character("s"))
        try player.press(.character("q"))
        #expect(player.reactions.last == .quit)
    }

    @Test func theCursorChoosesAsDigitsDo() throws {
        let player = try LessonPlayer("et-partial-read")
        try player.arrive()
        try player.press(.character("s"))
        #expect(player.shows("choose an answer first"))
        try player.press(.down, .enter)
        #expect(player.run.phase == .answered(1))
        try player.press(9)
        #expect(player.shows("there is nothing to choose here"))
    }

    @Test func helpListsTheKeysOfALesson() throws {
        let player = try LessonPlayer("first-wait")
        try player.arrive()
        try player.press(.character("?"))
        #expect(player.shows("Keys in Lesson"))
        #expect(player.shows("choose the answer under the cursor"))
        try player.press(.escape)
        #expect(player.shows("checkpoint 1/"))
    }

    @Test func theLineThatIsAboutToRunIsMarked() throws {
        let player = try LessonPlayer("et-partial-read")
        try player.arrive()
        try player.wait("the stack") { player.lines.contains { $0.contains(" T1▶") } }
        #expect(player.lines.contains { $0.contains(" T1▶") && $0.contains("epoll_ctl(") })
        #expect(player.shows("not watched"))
    }

    /// Before the guest has made it there is nothing more to say of a descriptor.
    @Test func whatIsNotThereYetIsOneLine() throws {
        let player = try LessonPlayer("lt-vs-et")
        try player.arrive()
        #expect(player.lines.contains { $0.contains("fd 3 is not open") && !$0.contains("open  -") })
        #expect(!player.shows("not watched") && player.shows("epoll 5 is not there"))
    }

    @Test func theStallIsSeenAndExplained() throws {
        let player = try LessonPlayer("et-partial-read")
        try go(player, to: 5)
        #expect(player.shows("16 unread edges 5 told 5"))
        try player.wait("the finding") { player.shows("E01 et-not-drained") }
        #expect(player.shows("T1 asleep in epoll_wait(5)"))
        #expect(player.shows("T2 asleep in fd_read(4)"))
    }

    /// Which cures hold when requests get longer.
    @Test(arguments: [(1, true), (2, true), (3, true), (4, false)])
    func curesDoWhatTheLessonSays(_ cure: Int, _ holds: Bool) throws {
        let player = try LessonPlayer("et-partial-read")
        while player.run.checkpoint.cures.isEmpty || player.run.isMoving {
            try player.arrive()
            if case .asking = player.run.phase, player.run.checkpoint.question != nil { try player.press(1) }
            if player.run.checkpoint.cures.isEmpty { try player.press(.character("s")) }
        }
        try player.press(cure)
        #expect(player.run.phase == .curing(cure - 1))
        if holds {
            try player.wait("a request of 240 bytes") { player.output.contains("240 bytes\nserver") }
        } else {
            try player.wait("the next stall") {
                player.output.contains("request 6, 72 bytes") && player.shows("T1 asleep in epoll_wait(5)")
                    && player.state.examination.findings.contains { $0.lint.code == "E01" }
            }
        }
        // Another one may follow.
        try player.press(cure % 4 + 1)
        #expect(player.run.phase == .curing(cure % 4))
        try player.press(.character("s"))
        #expect(player.run.phase == .ended)
    }
}
