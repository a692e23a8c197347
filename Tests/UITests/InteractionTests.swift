import Model
import Terminal
import Testing
import Trace

@testable import UI

@Suite struct InteractionTests {
    @Test func cursorStaysOnItsObjectWhenRowsMove() {
        var driver = Driver()
        driver.press(.down, .down)
        let before = driver.view[list: .fds].cursor
        driver.press(.character(">"), .character(">"))
        #expect(driver.view[list: .fds].cursor == before)
        #expect(driver.shows("by QUEUE"))
        driver.change { $0.descriptors.removeFirst() }
        #expect(driver.view[list: .fds].cursor == before)
        driver.change { $0.descriptors.removeAll { $0.descriptor.fd.rawValue == 3 } }
        #expect(driver.view[list: .fds].cursor != before)
        #expect(driver.view[list: .fds].cursor != nil)
    }

    /// Where there is room, and always in the whole line.
    @Test func aRefusedCallNamesItsRuleInTheTrace() {
        let rule = Array("tcp:deny=*:80".utf8)
        let note = [3] + [UInt8](repeating: 0, count: CallNoteLayout.rule - 1) + rule
        var driver = Driver(columns: 140)
        driver.change { state in
            Fixture.append(
                to: &state.trace, .sockListen, at: Fixture.now, took: 900, words: [4, 8], errno: .acces,
                payload: [PayloadChunk.note, 0, UInt8(note.count), 0, UInt8(note.count), 0, 0, 0] + note)
        }
        driver.press(.character("4"), .character("z"))
        #expect(driver.line("sock_listen(")?.contains("<denied by tcp:deny=*:80>") == true)
        #expect(driver.line("sock_listen(")?.contains("= EACCES") == true)
    }

    @Test func movementStopsAtTheEnds() {
        var driver = Driver()
        driver.press(.up, .pageUp, .home)
        #expect(driver.cursorLine?.contains("0 tty") == true)
        driver.press(.end, .pageDown, .down)
        #expect(driver.cursorLine?.contains("9 tcp") == true)
        driver.press(.character("g"))
        #expect(driver.cursorLine?.contains("0 tty") == true)
    }

    @Test func filterActsWhileItIsTypedAndEscapeClearsIt() {
        var driver = Driver()
        driver.press(.function(4))
        driver.type("tcp")
        #expect(!driver.shows("eventfd"))
        #expect(driver.shows("4 by FD ^  filter: tcp"))
        driver.press(.enter)
        #expect(!driver.shows("eventfd"))
        driver.press(.escape)
        #expect(driver.shows("eventfd"))
        driver.press(.character("\\"))
        driver.type("!tcp")
        #expect(driver.shows("eventfd"))
        driver.press(.escape)
        #expect(driver.view[list: .fds].filter == "")
    }

    @Test func searchGoesToTheNextMatchAndWraps() {
        var driver = Driver()
        driver.press(.character("/"))
        driver.type("tcp")
        #expect(driver.cursorLine?.contains("3 tcp-ls") == true)
        driver.press(.enter, .character("n"))
        #expect(driver.cursorLine?.contains("6 tcp") == true)
        driver.press(.character("n"), .character("n"), .character("n"))
        #expect(driver.cursorLine?.contains("3 tcp-ls") == true)
        #expect(driver.shows("other end"))
        driver.press(.character("N"))
        #expect(driver.cursorLine?.contains("9 tcp") == true)
        driver.press(.function(3))
        driver.type("nothing like it")
        #expect(driver.shows("search: nothing like it"))
        driver.press(.escape)
        #expect(driver.cursorLine?.contains("9 tcp") == true)
    }

    @Test func enterOpensTheHistoryAndEscapeComesBackToTheSameRow() {
        var driver = Driver()
        driver.press(.end, .enter)
        #expect(driver.shows("Fds > 9 tcp 10.0.0.2:41826"))
        #expect(driver.shows("fd_write(9<tcp"))
        #expect(!driver.shows("epoll_wait(4<"))
        #expect(driver.shows("in epoll 4"))
        driver.press(.escape)
        #expect(driver.cursorLine?.contains("9 tcp") == true)
    }

    @Test func enterOnAnEpollOpensItsList() {
        var driver = Driver()
        driver.press(.down, .down, .down, .enter)
        #expect(driver.view.focus == .epoll)
        driver.press(.down, .enter)
        #expect(driver.view.focus == .history)
        driver.press(.character("q"))
        #expect(driver.view.focus == .epoll)
    }

    @Test func paneTwoAskedForAgainShowsTheNextInstance() {
        var driver = Driver()
        driver.change { state in
            var other = state.epolls[0]
            other.epoll.object = ObjectID(rawValue: 99)
            other.epoll.fd = FdNumber(rawValue: 33)
            state.epolls.append(other)
        }
        driver.press(.character("2"))
        #expect(driver.shows("Epoll fd 4 (1/2)"))
        driver.press(.character("2"))
        #expect(driver.shows("Epoll fd 33 (2/2)"))
        driver.press(.character("2"))
        #expect(driver.shows("Epoll fd 4 (1/2)"))
    }

    @Test func silenceIsNamedOnlyWhenItLasts() {
        var driver = Driver()
        #expect(driver.shows("fd 7 IN ready, not reported: edge 18 spent"))
        #expect(driver.shows("SPENT"))
        #expect(driver.shows("does not report: 7 IN"))
        driver.change { $0.epolls[0].items[3].unchangedSince = Fixture.now - 100 * Fixture.millisecond }
        #expect(!driver.shows("fd 7 IN ready, not reported"))
        #expect(!driver.shows("SPENT"))
        #expect(!driver.shows("1 silent"))
        #expect(!driver.shows("does not report"))
    }

    @Test func tableOrderIsCalmWhileValuesChange() {
        var driver = Driver(columns: 120, rows: 40)
        driver.press(.character("6"))
        #expect(driver.lines[5].contains("epoll_wait"))
        driver.change {
            $0.calls[0].wall = 500_000 * Fixture.millisecond
            $0.now += 100 * Fixture.millisecond
        }
        #expect(driver.lines[5].contains("epoll_wait"))
        driver.change { $0.now += 1000 * Fixture.millisecond }
        #expect(driver.lines[5].contains("fd_write"))
    }

    @Test func guestStringsCannotReachTheTerminalRaw() {
        var driver = Driver(columns: 120, rows: 40)
        driver.change { state in
            let evil = "\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\n"
            state.descriptors[0].descriptor.detail = .path(evil)
            state.output.append(OutputChunk(stream: .output, bytes: Array(evil.utf8) + [0xff, 0x0a]))
            state.guest = .trapped(message: evil, stack: [evil])
            state.names = ObjectNames([ObjectID(rawValue: 19): evil, ObjectID(rawValue: 14): evil])
        }
        for key in [Key.character("1"), .enter, .character("4"), .character("5"), .character("8")] {
            driver.press(key)
            let scalars = driver.canvas.cells.map(\.scalar)
            #expect(scalars.allSatisfy { $0 == 0 || ($0 >= 0x20 && !(0x7f..<0xa0).contains($0) && $0 != 0x202e) })
        }
        #expect(driver.shows("\\e]0;owned\\x07"))
    }

    @Test func frozenDisplayKeepsItsInstant() {
        var driver = Driver()
        driver.press(.character(" "))
        driver.change {
            $0.now += 3200 * Fixture.millisecond
            $0.descriptors = []
        }
        #expect(driver.shows("FROZEN +3.2s"))
        #expect(driver.shows("eventfd"))
        driver.press(.character("Z"))
        #expect(!driver.shows("FROZEN"))
        #expect(driver.shows("No open descriptors."))
    }

    @Test func traceIsHeldWhileTheUserLooksBackAndFollowsAgain() {
        var driver = Driver()
        driver.press(.character("4"), .up, .up)
        #expect(driver.shows("held"))
        let shown = driver.cursorLine
        driver.change {
            Fixture.append(to: &$0.trace, .fdClose, at: 102_424_000_000, took: 1000, words: [6], object: 16)
        }
        #expect(driver.cursorLine == shown)
        #expect(!driver.shows("fd_close"))
        driver.press(.character("F"))
        #expect(driver.shows("fd_close"))
        #expect(driver.shows("follow"))
    }

    @Test func traceFilterKeepsMatchingLinesOnly() {
        var driver = Driver()
        driver.press(.character("4"), .character("\\"))
        driver.type("EAGAIN")
        #expect(driver.shows("sock_recv"))
        #expect(!driver.shows("fd_write"))
        driver.press(.enter, .home)
        #expect(driver.cursorLine?.contains("42.401") == true)
    }

    @Test func clearHidesOldTraceLines() {
        var driver = Driver()
        driver.press(.character("4"), .character("C"))
        #expect(driver.shows("No system call yet") || !driver.shows("fd_write"))
        driver.change {
            Fixture.append(to: &$0.trace, .fdClose, at: 102_424_000_000, took: 1000, words: [6], object: 16)
        }
        #expect(driver.shows("fd_close"))
    }

    @Test func quitAsksWhileTheGuestRuns() {
        var driver = Driver()
        driver.press(.character("q"))
        #expect(driver.shows("still running"))
        driver.press(.character("n"))
        #expect(driver.reactions == [])
        driver.press(.character("q"), .character("y"))
        #expect(driver.reactions == [.quit])

        driver = Driver()
        driver.change { $0.guest = .exited(code: 3) }
        #expect(driver.shows("EXITED 3"))
        #expect(driver.shows("status 3"))
        driver.press(.character("q"))
        #expect(driver.reactions == [.quit])

        driver = Driver()
        driver.press(.control("c"))
        #expect(driver.reactions == [.quit])
    }

    @Test func inputGoesToTheGuestLineByLine() {
        var driver = Driver()
        driver.press(.character("8"), .character("i"))
        driver.type("hi q")
        #expect(driver.shows("INPUT"))
        driver.press(.enter)
        #expect(driver.reactions == [.input(Array("hi q\n".utf8))])
        driver.press(.control("d"))
        #expect(driver.reactions.last == .endInput)
        driver.press(.character("i"))
        driver.type("part")
        driver.press(.control("d"), .escape)
        #expect(driver.reactions.last == .input(Array("part".utf8)))
        #expect(!driver.shows("INPUT"))
    }

    @Test func typingNeedsAGuest() {
        var driver = Driver(canType: false)
        driver.press(.character("8"))
        #expect(!driver.shows("iInput"))
        driver.press(.character("i"))
        #expect(driver.shows("no guest to type to"))
    }

    @Test func escapeThenDigitIsAFunctionKeyWhereOneIsBound() {
        var driver = Driver()
        driver.press(.escape, .character("1"))
        #expect(driver.shows("Keys in Fds"))
        driver.press(.escape, .escape, .character("5"))
        #expect(driver.view.focus == .threads)
    }

    @Test func helpListsWhatWorksHereFiltersAndRuns() {
        var driver = Driver()
        driver.press(.character("?"))
        #expect(driver.shows("next sort order"))
        driver.press(.character("/"))
        driver.type("threads")
        driver.press(.enter)
        #expect(driver.view.focus == .threads)
        driver.press(.character("8"), .character("?"))
        #expect(!driver.shows("next sort order"))
        driver.press(.character("q"))
        #expect(!driver.shows("Keys in"))
    }

    @Test func zoomShowsOnePaneAndComesBack() {
        var driver = Driver()
        driver.press(.tab, .character("z"))
        #expect(driver.shows("2 Epoll"))
        #expect(!driver.shows("1 Fds"))
        driver.press(.character("z"))
        #expect(driver.shows("1 Fds"))
        driver.press(.backTab, .backTab)
        #expect(driver.view.focus == .trace)
    }

    @Test func unknownKeysDoNothing() {
        var driver = Driver()
        let before = driver.canvas.text
        driver.press(.function(12), .character("ß"), .insert, .control("x"), .character("0"), .character("7"))
        #expect(driver.canvas.text == before)
        #expect(driver.reactions.isEmpty)
    }
}
