import Model
import Testing
import Trace
import WasixABI

@testable import UI

/// The rows of tables are chosen in the language in which calls are: what can be asked is what the rows have.
@Suite struct TableFilterTests {
    /// First cells of the rows that are shown.
    private func rows(_ pane: Pane, _ filter: String, _ change: (inout ModelState) -> Void = { _ in }) -> [String] {
        var driver = Driver(columns: 120, rows: 40)
        driver.change(change)
        driver.type("\(pane == .processes ? 9 : pane.rawValue)z\\" + filter)
        #expect(driver.view[list: pane].filter == filter, "\(filter) is not taken")
        let context = PaneContext(driver.state, view: driver.view, glyphs: .ascii, width: 118, height: 36)
        guard case .table(let rows) = Panes[pane].content(context).rows else { return [] }
        return (0..<rows.count).compactMap { rows.line($0).text.split(separator: " ").first.map(String.init) }
    }

    @Test(arguments: [
        ("fd=7", ["7"]), ("fd in (0..2, 9)", ["0", "1", "9"]), ("fd.type=tcp", ["6", "7", "9"]),
        ("fd.type=tcp and ready=IN", ["7"]), ("not ready", ["0", "3", "5", "8"]), ("bytes>1K", ["7"]),
        ("!tcp and !tty", ["4", "5", "8"]),
        ("fd.name~eventfd or 41826", ["5", "9"]), ("thread", []), ("fd_read", []), ("TTY", ["0", "1"]),
    ])
    func descriptors(filter: String, shown: [String]) { #expect(rows(.fds, filter) == shown, "\(filter)") }

    @Test(arguments: [
        ("fd=7", ["7"]), ("passed", ["7"]), ("ready=OUT", ["9"]), ("ready", ["7", "9"]), ("LT", ["3", "5", "9"]),
        ("fd.type=eventfd", ["5"]),
    ])
    func registrations(filter: String, shown: [String]) { #expect(rows(.epoll, filter) == shown, "\(filter)") }

    @Test(arguments: [
        ("tid=2", ["2"]), ("epoll_wait", ["1*"]), ("call=futex_wait,epoll_wait", ["2", "1*"]), ("%futex", ["2"]),
        ("wait>1s", ["2"]),
        ("fd=4", ["1*"]), ("fd.type=epoll", ["1*"]), ("not (epoll_wait or futex_wait)", ["3", "5"]),
        ("timeout=INF", ["1*"]),
    ])
    func threads(filter: String, shown: [String]) { #expect(rows(.threads, filter) == shown, "\(filter)") }

    @Test(arguments: [
        ("lint=E01", ["E01"]), ("lint~drained", ["E01"]), ("fd=7 and not lint=E01", []),
    ])
    func findings(filter: String, shown: [String]) { #expect(rows(.findings, filter) == shown, "\(filter)") }

    @Test func callsAndProcesses() {
        #expect(rows(.syscalls, "call~wait and not failed") == ["epoll_wait", "futex_wait"])
        #expect(!rows(.syscalls, "failed").isEmpty && !rows(.syscalls, "failed").contains("epoll_wait"))
        let processes = [1, 2].map { number in
            ProcessSnapshot(
                process: ProcessID(rawValue: number), parent: ProcessID(rawValue: number - 1), state: .running,
                isStopped: false, isOrphan: false, program: "worker")
        }
        #expect(rows(.processes, "pid=2") { $0.processes = processes } == ["2"])
        #expect(rows(.processes, "not pid=2") { $0.processes = processes } == ["1"])
    }

    @Test func waitsAreRecordsAsThoseOfTheTraceAre() {
        var driver = Driver(columns: 120, rows: 40)
        driver.type("3z\\ready=OUT and tid=1")
        #expect(driver.shows("-> 1 {9 OUT}"))
        driver.press(.escape)
        driver.type("\\ready=HUP")
        #expect(!driver.shows("-> 1 {9 OUT}"))
    }

    /// What rows of this pane do not have is said with what they have, and the last filter stays.
    @Test(arguments: [
        (Pane.fds, "err=EAGAIN", "nothing here has 'err'"),
        (.threads, "lint=E01", "nothing here has 'lint'"),
        (.fds, "fd=tcp", "'tcp' is no number"), (.epoll, "ready=INN", "unknown event 'INN'; did you mean 'IN'?"),
        (.stdio, "fd=1", "nothing here has 'fd'"),
        (.fds, "tpye=tcp", "unknown field 'tpye'; did you mean 'type'?"),
    ])
    func aMistakeIsMarked(pane: Pane, filter: String, problem: String) {
        var driver = Driver(columns: 120, rows: 40)
        driver.type("\(pane.rawValue)\\" + filter)
        #expect(driver.lines.contains { $0.contains("^") && $0.contains(problem) }, "\(driver.lines.suffix(2))")
        driver.press(.enter)
        #expect(driver.view.prompt != nil)
    }

    @Test func tabCompletesWhatTheRowsHave() {
        var driver = Driver(columns: 120, rows: 40)
        driver.type("1\\rea")
        driver.press(.tab)
        driver.type("=HU")
        driver.press(.tab)
        #expect(driver.lines.last?.hasPrefix("filter: ready=HUP") == true)
        driver.press(.escape)
        driver.type(":filter fd.na")
        driver.press(.tab)
        #expect(driver.lines.last?.hasPrefix(":filter fd.name") == true)
    }
}
