import Diagnosis
import Model
import Terminal
import Testing
import Trace

@testable import UI

/// The `:` line.
@Suite struct CommandTests {
    private func driver(_ line: String, columns: Int = 80, rows: Int = 24) -> Driver {
        var driver = Driver(columns: columns, rows: rows)
        driver.press(.character(":"))
        driver.type(line)
        return driver
    }

    /// What stands behind the colon; nil where nothing is typed.
    private func typed(_ driver: Driver) -> String? {
        if case .command(let line)? = driver.view.prompt { line.editor.string } else { nil }
    }

    private func run(_ line: String) -> Driver {
        var driver = driver(line)
        driver.press(.enter)
        return driver
    }

    @Test func aDescriptorIsGoneTo() {
        let driver = run("goto fd 9")
        #expect(driver.view.focus == .object && driver.shows("9 tcp 10.0.0.2:41826"))
        #expect(driver.view.prompt == nil)
    }

    @Test func soAreThreadsAndCalls() {
        #expect(run("goto thread T2").shows("Stack of T2"))
        #expect(run("goto call fd_write").view.focus == .history)
    }

    @Test(arguments: [
        ("view threads", Pane.threads), ("view 9", .processes), ("v sys", .syscalls), ("view Epoll", .epoll),
    ])
    func aViewIsNamedOrNumbered(line: String, pane: Pane) { #expect(run(line).view.focus == pane) }

    @Test func filterSearchAndSortActOnThePane() {
        var driver = run("filter tcp")
        #expect(driver.view[list: .fds].filter == "tcp" && !driver.shows("eventfd"))
        driver.press(.character(":"))
        driver.type("filter")
        driver.press(.enter)
        #expect(driver.view[list: .fds].filter == "" && driver.shows("eventfd"))
        #expect(run("search eventfd").cursorLine?.contains("eventfd") == true)
        #expect(run("sort queue").view[list: .fds].sort == 2)
    }

    @Test func whatKeysDoHasCommands() {
        #expect(run("freeze").view.frozen != nil)
        #expect(run("why").view.focus == .why)
        #expect(run("q").shows("End it and quit?"))
        #expect(run("quit-now").reactions == [.quit])
    }

    @Test func aPageIsWrittenAsText() throws {
        var driver = run("why")
        driver.press(.character(":"))
        driver.type("w why.txt")
        driver.press(.enter)
        guard case .save(let text, let name)? = driver.reactions.last else { throw Problem() }
        #expect(name == "why.txt" && text.contains("et-not-drained") && text.contains("-- What to do --"))
    }

    @Test func elsewhereTheScreenIs() throws {
        let driver = run("write screen.txt")
        guard case .save(let text, let name)? = driver.reactions.last else { throw Problem() }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(name == "screen.txt" && lines.count == 25 && text.contains("eventfd"))
        #expect(!text.contains(":write") && lines.allSatisfy { !$0.hasSuffix(" ") })
    }

    private struct Problem: Error {}

    // MARK: what is wrong

    @Test(arguments: [
        ("nonsense", "no such command"), ("goto fd 99", "no descriptor 99 is open"), ("goto", "goto fd N"),
        ("goto fd", "goto fd N"), ("goto thread 77", "there is no thread 77"),
        ("goto call nothing", "there is no call"),
        ("goto somewhere 1", "goto fd, thread"), ("goto fd -1", "no descriptor -1"), ("view nowhere", "views: fds"),
        ("sort nothing", "orders: FD"), ("s", "which one: search, sort"), ("write", "the name of a file is missing"),
        ("freeze now", "freeze takes no word"), ("mute", "mute works in Findings, Why"),
    ])
    func whatIsWrongIsSaidInTheLine(line: String, said: String) {
        var driver = run(line)
        #expect(driver.lines.last?.hasPrefix(":\(line)") == true && driver.lines.last?.contains(said) == true)
        #expect(driver.reactions.isEmpty && driver.view.commands.isEmpty)
        driver.press(.left)
        #expect(driver.lines.last?.contains(said) == false)
        driver.press(.escape)
        #expect(driver.view.prompt == nil)
    }

    @Test func aLongComplaintFitsTheLine() {
        for columns in [1, 2, 5, 20, 40] {
            var driver = driver("s", columns: columns, rows: 10)
            driver.press(.enter)
            #expect(driver.lines.count == 10)
        }
    }

    @Test func anEmptyLineDoesNothing() {
        #expect(run("").view.prompt == nil && run("   ").view.prompt == nil)
        var driver = driver("")
        driver.press(.backspace)
        #expect(driver.view.prompt == nil)
    }

    // MARK: completing

    @Test(arguments: [
        ("got", ":goto "), ("goto t", ":goto thread "), ("goto process", ":goto process "),
        ("view thr", ":view threads "), ("fr", ":freeze "), ("goto call sock_acc", ":goto call sock_accept"),
        ("sort QU", ":sort QUEUE "), ("nonsense", ":nonsense"), ("filter x", ":filter x"),
    ])
    func tabGoesOnAsFarAsIsCertain(line: String, completed: String) {
        var driver = driver(line)
        driver.press(.tab)
        #expect(typed(driver).map { ":" + $0 }?.hasPrefix(completed) == true, "\(driver.lines.last ?? "")")
    }

    @Test func tabSaysWhatCouldFollow() {
        var driver = driver("goto ")
        driver.press(.tab)
        #expect(driver.lines.last?.contains("fd, thread, process, call") == true)
        driver.type("fd ")
        driver.press(.tab)
        #expect(driver.lines.last?.contains("0, 1, 3, 4, 5, 6, 7, 9") == true)
    }

    // MARK: the lines before

    @Test func linesComeBack() {
        var driver = run("filter tcp")
        for line in ["view threads", "view fds"] {
            driver.press(.character(":"))
            driver.type(line)
            driver.press(.enter)
        }
        driver.press(.character(":"))
        driver.type("dra")
        driver.press(.up)
        #expect(driver.lines.last?.hasPrefix(":view fds") == true)
        driver.press(.up, .up, .up, .up)
        #expect(driver.lines.last?.hasPrefix(":filter tcp") == true)
        driver.press(.down, .down, .down)
        #expect(typed(driver) == "dra")
    }

    @Test func everyCommandIsInTheHelp() {
        for row in CommandRow.all {
            var driver = Driver(columns: 120, rows: 40)
            driver.press(.character("?"), .character("/"))
            driver.type(row.meaning)
            #expect(driver.shows(":\(row.name)"), "\(row.name)")
        }
        #expect(Set(CommandParser.names).count == CommandParser.names.count)
    }
}
