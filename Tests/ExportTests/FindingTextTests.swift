import Diagnosis
import Testing
import Trace
import WasixABI

@testable import Export

/// Findings and stacks as lines of text.
@Suite struct FindingTextTests {
    private let now: UInt64 = 100_000_000_000

    private func lines(_ finding: Finding) -> [String] { FindingText(at: now).lines(finding) }

    @Test func whatIsWrongComesFirstThenFactsPlacesAndAdvice() {
        var finding = Finding(.ghostItem, .process, since: now, "fd 7 was closed.")
        finding.evidence = [
            Evidence("T1 closed it", at: now - 2_500_000_000), Evidence("a duplicate is fd 9"),
            Evidence("it began", at: 0),
        ]
        finding.places = [
            Finding.Place(
                thread: ThreadID(rawValue: 1), call: .fdClose,
                frames: [GuestFrame(function: "drop", file: "src/a.c", line: 12), GuestFrame(function: "main")]),
            Finding.Place(thread: ThreadID(rawValue: 2), call: nil, frames: [GuestFrame(function: "work")]),
        ]
        #expect(
            lines(finding) == [
                "W24 ghost-item: fd 7 was closed.",
                "    T1 closed it, 2.5s ago",
                "    a duplicate is fd 9",
                "    it began",
                "    in T1 drop a.c:12 < main",
                "    in T2 work",
                "    " + LintID.ghostItem.lint.advice,
            ])
    }

    @Test func doubtIsSaid() {
        var finding = Finding(.waitCycle, .process, since: now, "T1 waits.")
        finding.isCertain = false
        #expect(lines(finding)[0] == "E07 wait-cycle (in part likely): T1 waits.")
    }

    /// What is wrong itself has a line of its own.
    @Test func factsSayWhereTheirCallWas() {
        var finding = Finding(.etNotDrained, .process, since: now, "fd 7 has 16 unread bytes.")
        var made = Evidence("T2 made edge 5", at: now - 1_000_000_000)
        made.frames = [GuestFrame(function: "fd_write"), GuestFrame(function: "ask", file: "a.c", line: 9)]
        var deed = Evidence("T1 read", isDeed: true)
        deed.frames = [GuestFrame(function: "serve")]
        finding.evidence = [made, deed]
        finding.stack = deed.frames
        #expect(
            lines(finding).dropFirst().dropLast() == [
                "    T2 made edge 5 in ask a.c:9, 1s ago", "    T1 read", "    in serve",
            ])
    }

    @Test func theStackThatDidItComesBeforeThoseOfTheThreads() {
        var finding = Finding(.etNotDrained, .process, since: now, "fd 7 has 16 unread bytes.")
        finding.places = [
            Finding.Place(thread: ThreadID(rawValue: 1), call: nil, frames: [GuestFrame(function: "epoll_wait")])
        ]
        finding.stack = [GuestFrame(function: "serve", file: "stall.c", line: 52)]
        #expect(FindingText(at: now).places(of: finding) == ["serve stall.c:52"])
    }

    /// Names of objects have paths of the guest in them.
    @Test func textOfTheGuestDoesNotReachATerminalAsItIs() {
        var finding = Finding(.shortWriteLost, .process, since: now, "fd 7 (/tmp/\u{1b}]0;owned\u{7}) took 6 of 9.")
        finding.evidence = [Evidence("T1 wrote /tmp/\u{1b}[2J\nerror: nothing")]
        finding.places = [
            Finding.Place(
                thread: ThreadID(rawValue: 1), call: nil,
                frames: [GuestFrame(function: "\u{1b}[31m\"evil\"\n", file: "/src/\u{9b}2J.c", line: 1)])
        ]
        let lines = lines(finding)
        #expect(lines.count == 4)
        for line in lines { #expect(line.unicodeScalars.allSatisfy { (0x20..<0x7f).contains($0.value) }) }
        #expect(lines[0] == #"W23 short-write-lost: fd 7 (/tmp/\x1b]0;owned\x07) took 6 of 9."#)
        #expect(lines[1] == #"    T1 wrote /tmp/\x1b[2J\nerror: nothing"#)
    }

    // MARK: stacks

    private let stacks = StackText()

    @Test func aFileIsNamedByItsLastPartAndAPlaceByItsLine() {
        let frame = GuestFrame(
            function: "serve_once", functionOffset: 0x3e, file: "/home/ada/project/src/stall.c", line: 52)
        #expect(stacks.text(frame) == "serve_once stall.c:52")
        #expect(stacks.text(GuestFrame(function: "f", file: "stall.c", line: 7)) == "f stall.c:7")
        #expect(stacks.text(GuestFrame(function: "f", file: "/", line: 7)) == "f /:7")
    }

    @Test func anOffsetStandsForALineThatIsNotKnown() {
        #expect(stacks.text(GuestFrame(function: "serve_once", functionOffset: 0x3e)) == "serve_once +0x3e")
        #expect(stacks.text(GuestFrame(function: "f", functionOffset: 1, file: "a.c")) == "f +0x1")
        #expect(stacks.text(GuestFrame(function: "function 12")) == "function 12")
    }

    @Test func aLongStackIsCut() {
        let frames = (1...7).map { GuestFrame(function: "f\($0)") }
        #expect(stacks.line(frames) == "f1 < f2 < f3 < f4 < f5 < f6 < ...")
        #expect(stacks.line(Array(frames.prefix(6))) == "f1 < f2 < f3 < f4 < f5 < f6")
        #expect(stacks.line([]) == "")
    }
}
