import Glibc
import Testing

@testable import Terminal

@Suite struct TerminalInputTests {
    /// A pipe stands for the terminal.
    private func withInput(_ body: (inout TerminalInput, WakeBell, Int32) -> Void) {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let bell = WakeBell()
        var input = TerminalInput(descriptor: ends[0], bell: bell, sequences: KeySequences())
        body(&input, bell, ends[1])
        close(ends[0])
        close(ends[1])
    }

    @Test func keysComeBeforeTheBell() {
        withInput { input, bell, keyboard in
            bell.ring()
            bell.ring()
            _ = write(keyboard, "ab", 2)
            #expect(input.next(deadline: nil) == .key(.character("a")))
            #expect(input.next(deadline: nil) == .key(.character("b")))
            #expect(input.next(deadline: nil) == .rung)
            #expect(input.next(deadline: TerminalInput.now()) == .deadline)
        }
    }

    @Test func loneEscapeEndsTheWaitByItself() {
        withInput { input, _, keyboard in
            _ = write(keyboard, "\u{1b}", 1)
            #expect(input.next(deadline: nil) == .key(.escape))
        }
    }

    @Test func endOfInputIsAHangup() {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        close(ends[1])
        var input = TerminalInput(descriptor: ends[0], bell: WakeBell(), sequences: KeySequences())
        #expect(input.next(deadline: nil) == .hangup)
        close(ends[0])
    }

    @Test func paddingMarksAreNotSentToTheTerminal() {
        let described = Array("\u{1b}[?5l$<100/>\u{1b}[0m$<2>".utf8)
        #expect(TerminalGuard.withoutPadding(described) == Array("\u{1b}[?5l\u{1b}[0m".utf8))
        #expect(TerminalGuard.withoutPadding(Array("a$b$<".utf8)) == Array("a$b$<".utf8))
    }
}
