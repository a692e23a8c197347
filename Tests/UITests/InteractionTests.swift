import Foundation
import Model
import Terminal
import Testing
import Trace

@testable import UI

@Suite struct InteractionTests {
    @Test func cursorStaysOnItsObjectWhenRowsMove() {
        var driver = Driver()
        driver.press(.home, .down, .down)
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
                payload: [PayloadChunk.note, UInt8(note.count), 0, 0, UInt8(note.count), 0, 0, 0] + note)
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
        #expect(driver.line("1 Fds")?.contains("filter: tcp") == true)
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
        driver.press(.home, .character("/"))
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

    @Test func enterOpensThePageThenTheHistoryAndEscapeComesBackToTheSameRow() {
        var driver = Driver()
        driver.press(.end, .enter)
        #expect(driver.shows("Fds > 9 tcp 10.0.0.2:41826"))
        #expect(driver.shows("epoll 4  IN+OUT LT"))
        driver.press(.end, .enter)
        #expect(driver.shows("Fds > 9 tcp 10.0.0.2:41826 > calls"))
        #expect(driver.shows("fd_write(9<tcp"))
        #expect(!driver.shows("epoll_wait(4<"))
        driver.press(.escape, .escape)
        #expect(driver.cursorLine?.contains("9 tcp") == true)
    }

    @Test func enterOnAnEpollOpensItsList() {
        var driver = Driver()
        driver.press(.home, .down, .down, .down, .enter)
        #expect(driver.view.focus == .epoll)
        driver.press(.down, .enter)
        #expect(driver.view.focus == .object)
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
        #expect(driver.shows("E01  fd 7"))
        #expect(driver.shows("SPENT"))
        #expect(driver.shows("does not report: 7 IN"))
        driver.change { $0.epolls[0].items[3].unchangedSince = Fixture.now - 100 * Fixture.millisecond }
        #expect(!driver.shows("E01"))
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

    @Test func clearHidesOldTraceLinesAndEscapeBringsThemBack() {
        var driver = Driver()
        driver.press(.character("4"), .character("C"))
        #expect(!driver.shows("fd_write"))
        #expect(driver.shows("Esc brings the lines back"))
        driver.change {
            Fixture.append(to: &$0.trace, .fdClose, at: 102_424_000_000, took: 1000, words: [6], object: 16)
        }
        #expect(driver.shows("fd_close"))
        driver.press(.escape)
        #expect(driver.shows("fd_write"))
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

    @Test func escapeIsForgottenAfterAMoment() {
        var driver = Driver()
        driver.press(.escape)
        driver.time += 2_000_000_000
        driver.press(.character("3"))
        #expect(driver.view.focus == .ready)
        #expect(!driver.shows("search:"))
    }

    @Test func helpReachesTheEndOfItsLegend() {
        for pane in Pane.allCases where (1...8).contains(pane.rawValue) {
            var driver = Driver()
            driver.press(.character(Unicode.Scalar(UInt8(0x30 + pane.rawValue))), .character("?"), .end)
            let last = Glossary.terms(pane).last?.word ?? Panes[pane].traits?.legend.last?.title ?? ""
            #expect(driver.cursorLine?.contains(last) == true, "\(pane)")
            driver.press(.enter)
            #expect(driver.shows("Keys in"), "a word is nothing that runs")
        }
    }

    @Test(arguments: ["SPENT", "OFF", "ghost", "LT", "ET1"]) func helpExplainsItsWords(word: String) {
        var driver = Driver()
        driver.press(.character("2"), .character("?"), .character("/"))
        driver.type(word)
        #expect(driver.lines.dropFirst(4).contains { $0.contains(word) && !$0.contains("/\(word)") })
    }

    @Test func nothingInTheHelpIsCut() {
        var driver = Driver()
        driver.press(.character("2"), .character("?"), .end)
        var lines = driver.lines
        driver.press(.pageUp)
        lines = driver.lines + lines
        let text = lines.joined(separator: " ").split { " |".contains($0) }.joined(separator: " ")
        for words in ["only a new edge or MOD reports it", "and this registration alive"] {
            #expect(text.contains(words))
        }
    }

    @Test func helpFindsKeysByTheLabelsOfTheLowerLine() {
        var driver = Driver()
        driver.press(.character("?"), .character("/"))
        driver.type("Freeze")
        driver.press(.enter)
        #expect(driver.shows("FROZEN"))
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

    @Test func keysThatDoNothingSaySo() {
        var driver = Driver()
        driver.press(.home)
        let before = driver.canvas.text
        for key in [Key.function(12), .character("ß"), .insert, .control("x"), .character("0")] {
            driver.press(key)
            #expect(driver.shows("\(key.name) is no key of ours; ? lists those that are"))
        }
        driver.press(.character("W"))
        #expect(driver.shows("W does nothing in Fds; it works in History, Ready, Trace, Stdio"))
        #expect(driver.reactions.isEmpty)
        driver.press(.up)
        #expect(driver.canvas.text == before)
    }

    /// Enter acts on what is under the cursor, so there is one to see.
    @Test func theNewestLineIsUnderTheCursorWhileTheTraceFollows() {
        var driver = Driver(columns: 120, rows: 40)
        driver.press(.character("4"))
        #expect(driver.shows("follow"))
        #expect(driver.cursorLine?.contains("fd_read(7<tcp") == true)
        driver.press(.enter)
        #expect(driver.shows("Trace > fd_read"))
        driver = Driver()
        #expect(driver.cursorLine?.contains("7 tcp") == true, "only where the keys go")
    }

    @Test(arguments: [(80, 24), (60, 20), (40, 10), (120, 40)]) func aFilterIsNeverOnUnseen(columns: Int, rows: Int) {
        for pane in ["1", "2", "3", "4", "5", "6", "8"] {
            var driver = Driver(columns: columns, rows: rows)
            driver.type(pane)
            driver.press(.character("\\"))
            driver.type("'a filter that is longer than many a title has room for'")
            driver.press(.enter)
            #expect(driver.shows("filter: 'a"), "pane \(pane)")
        }
    }

    @Test func sidewaysScrollingKeepsTheFirstColumn() {
        var driver = Driver()
        driver.press(.right)
        #expect(driver.line("fd 4")?.isEmpty == false)
        let line = driver.lines.first { $0.hasPrefix("|   3 ") }
        #expect(line?.contains("tcp-ls") == false)
        #expect(line?.contains("0/8") == true)
        driver.press(.left)
        #expect(driver.lines.contains { $0.hasPrefix("|   3 tcp-ls") })
    }

    @Test func wrappedLinesKeepTheirResultsWhole() {
        var driver = Driver(columns: 60, rows: 30)
        driver.press(.character("4"), .character("z"), .character("W"))
        for width in 40...79 {
            driver.interaction.size.columns = width
            driver.interaction.settle(driver.state)
            #expect(!driver.lines.contains { $0.hasSuffix("= |") || $0.hasSuffix("=|") })
        }
    }

    @Test func theCursorStartsOnWhatIsWaitedForInACircle() {
        #expect(Driver(Fixture.deadlock()).cursorLine?.contains("4 pipe w") == true)
    }

    @Test func theCursorLeavesTheColourOfAnAlarm() throws {
        var driver = Driver()
        driver.press(.character("2"))
        #expect(driver.cursorLine?.contains("SPENT") == true)
        #expect(driver.canvas.roles.contains("AAAAA"))
    }

    @Test(arguments: [
        (80, 24), (80, 23), (80, 18), (60, 20), (40, 10), (120, 40), (200, 60), (40, 5), (40, 3),
    ])
    func theFindingIsVisibleAtEverySize(columns: Int, rows: Int) {
        var driver = Driver(columns: columns, rows: rows)
        #expect(driver.lines.prefix(2).contains { $0.contains("E01") && $0.contains("fd 7") })
        #expect(driver.canvas.roles.split(separator: "\n").prefix(2).contains { $0.contains("XXXX") })
        // A long name gives way.
        driver.interaction.view = ViewState(program: "a-program-with-quite-a-long-name-for-a-module.wasm")
        driver.interaction.settle(driver.state)
        #expect(driver.lines.prefix(2).contains { $0.contains("E01") && $0.contains("fd 7") })
    }

    @Test func flagsOfDescriptorsAreShown() {
        var driver = Driver()
        driver.change {
            $0.descriptors[2].descriptor.flags = []
            $0.descriptors[3].descriptor.isCloseOnExec = true
            $0.descriptors[4].descriptor.flags = [.append, .nonblock, .sync]
        }
        #expect(driver.line(" 3 tcp-ls")?.contains("---") == true)
        #expect(driver.line(" 4 epoll")?.contains("NC-") == true)
        #expect(driver.line(" 5 eventfd")?.contains("N-A") == true)
        driver.press(.home, .down, .down, .enter)
        #expect(driver.shows("blocking"))
        driver.press(.escape, .down, .down, .enter)
        #expect(driver.shows("NONBLOCK APPEND SYNC"))
    }

    @Test(arguments: [(80, "tcp :41822"), (100, "tcp :41822"), (120, "tcp 10.0.0.2:41822")])
    func namesOfDescriptorsAreShownAtEveryWidth(columns: Int, name: String) {
        let driver = Driver(columns: columns, rows: 40)
        #expect(driver.shows(name))
    }

    @Test func endsOfChannelsAreNamedByTheirDescriptors() {
        var driver = Driver(columns: 80, rows: 40)
        driver.change { state in
            state.descriptors[5] = Fixture.descriptor(
                6, .socketPair, .channel(number: 1, peer: ObjectID(rawValue: 17)))
            state.descriptors[6] = Fixture.descriptor(7, .pipeRead, .channel(number: 2, peer: ObjectID(rawValue: 16)))
            state.descriptors[8] = Fixture.descriptor(9, .pipeWrite, .channel(number: 3, peer: ObjectID(rawValue: 99)))
        }
        #expect(driver.shows("6 pair <> 7"))
        #expect(driver.shows("7 pipe r <- 6"))
        #expect(driver.shows("9 pipe w #3"))
    }

    @Test func whatIsClosedIsNotCounted() {
        var driver = Driver(columns: 120, rows: 40)
        #expect(driver.line("1 Fds")?.contains(" 8  by FD") == true)
        #expect(driver.line("2 Epoll")?.contains("5 items") == true)
        driver.press(.character("5"))
        #expect(driver.line("5 Threads")?.contains(" 3  by FOR") == true)
        driver.change { $0.epolls[0].items.removeLast(4) }
        driver.press(.character("2"))
        #expect(driver.line("2 Epoll")?.contains("1 item ") == true)
    }

    @Test func aHangUpIsAnAlarmThoughItIsReadable() {
        var driver = Driver()
        driver.change { $0.descriptors[5].descriptor.ready = [.in, .out, .hup] }
        driver.press(.character("3"))
        #expect(driver.line(" 6 tcp")?.contains("rw!") == true)
        #expect(driver.canvas.roles.contains("aaa  "))
    }

    @Test func theEpollPaneOpensOnTheBusiestInstance() {
        var driver = Driver(Fixture.quiet())
        driver.change { state in
            var other = state.epolls[0]
            other.epoll.object = ObjectID(rawValue: 99)
            other.epoll.fd = FdNumber(rawValue: 33)
            other.epoll.waits = state.epolls[0].epoll.waits + 1000
            state.epolls.append(other)
        }
        #expect(driver.shows("Epoll fd 4 (1/2)"), "what is shown stays while the other is not much busier")
        driver.change { $0.epolls[1].epoll.waits *= 2 }
        #expect(driver.shows("Epoll fd 33 (2/2)"))
        driver.press(.character("2"), .character("2"))
        #expect(driver.shows("Epoll fd 4 (1/2)"))
        driver.change { $0.epolls[1].epoll.waits *= 100 }
        #expect(driver.shows("Epoll fd 4 (1/2)"), "chosen")
    }

    @Test func callsThatSayLittleFold() {
        var driver = Driver(columns: 120, rows: 40)
        driver.change { state in
            for step in 0..<41 {
                Fixture.append(
                    to: &state.trace, .clockTimeGet, at: Fixture.now + UInt64(step), took: 100, words: [1, 1, 0, 0x100])
            }
        }
        driver.press(.character("4"), .character("z"))
        #expect(driver.lines.count { $0.contains("clock_time_get(") } > 20)
        driver.press(.character("u"))
        #expect(driver.lines.count { $0.contains("clock_time_get(") } == 1)
        #expect(driver.line("clock_time_get(")?.contains("x41") == true)
        #expect(driver.shows("fd_write("))
        #expect(driver.line("4 Trace")?.contains("folded") == true)
        driver.press(.function(5))
        #expect(driver.lines.count { $0.contains("clock_time_get(") } > 20)
    }

    // MARK: the page of a call

    @Test(arguments: [(80, 24), (120, 40)]) func aCallSaysWhatItLedToAndWhatLedToIt(columns: Int, rows: Int) {
        var driver = Driver(columns: columns, rows: rows)
        driver.press(.character("4"), .up, .up, .enter)
        #expect(driver.view.focus == .event)
        #expect(driver.shows("Trace > fd_write") && driver.shows("What it led to"))
        #expect(driver.shows("fd 5 has something new (IN): edge 977 for epoll 4"))
        #expect(driver.cursorLine?.contains("epoll_wait") == true)
        #expect(driver.shows("Stack of the call") && driver.line("notify")?.contains("wake.c:41") == true)
        driver.press(.enter)
        #expect(driver.shows("Trace > fd_write > epoll_wait") && driver.shows("What led to it"))
        #expect(driver.cursorLine?.contains("fd_write(5)") == true)
        #expect(driver.shows("Not reported, though it was there"))
        #expect(driver.shows("fd 7 IN: edge 18 was reported before"))
        driver.press(.escape, .escape)
        #expect(driver.view.focus == .trace && driver.cursorLine?.contains("fd_write(5") == true)
    }

    @Test func aCallShowsItsNeighboursOnTheSameDescriptor() {
        var driver = Driver(columns: 120, rows: 40)
        driver.press(.character("4"), .up, .enter)
        #expect(driver.shows("Trace > epoll_wait") && driver.shows("before"))
        driver.press(.character("]"))
        #expect(driver.shows("no call on it after this one is kept"))
        driver.press(.character("["))
        #expect(driver.shows("Trace > epoll_wait") && driver.shows("after"))
        driver.press(.character("]"), .escape)
        #expect(driver.view.focus == .trace)
    }

    @Test func aCallIsCopiedAsText() {
        var driver = Driver(columns: 80, rows: 24)
        driver.press(.character("4"), .up, .up, .enter, .character("y"))
        guard case .copy(let text) = driver.reactions.last else {
            Issue.record("nothing was copied")
            return
        }
        #expect(text.contains("fd_write(5") && text.contains("-- Arguments --") && text.contains("0x3000"))
    }

    @Test func aTextIsWrittenToAFileOfTheNameThatWasTyped() {
        var driver = Driver(columns: 80, rows: 24)
        driver.press(.character("!"), .character("w"))
        #expect(driver.shows("write to: why.txt"))
        driver.press(.escape)
        #expect(driver.reactions.isEmpty)
        driver.press(.character("w"), .control("u"))
        driver.type("stall of monday")
        driver.press(.enter)
        guard case .save(let text, let name) = driver.reactions.last else {
            Issue.record("nothing is to be written")
            return
        }
        #expect(name == "stall of monday" && text.contains("-- What to do --"))
        #expect(!driver.shows("write to:"))
    }

    @Test func aFileThatIsThereIsLeftAlone() throws {
        var template = Array("/tmp/wasix-top-text-XXXXXX".utf8CString)
        let folder = String(cString: try #require(mkdtemp(&template)))
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(TextFile.write("one\n", to: folder + "/a") == "written to \(folder)/a")
        #expect(TextFile.write("two\n", to: folder + "/a").hasSuffix("is there already; nothing was written"))
        #expect(try String(contentsOfFile: folder + "/a", encoding: .utf8) == "one\n")
        #expect(TextFile.write("x", to: folder + "/no/such").hasPrefix("not written: "))
    }

    @Test func aLineThatIsNoCallHasNoPage() {
        var driver = Driver(columns: 120, rows: 40)
        driver.press(.character("4"), .up, .up, .up, .enter)
        #expect(driver.view.focus == .trace && driver.shows("this line is no call"))
    }
}
