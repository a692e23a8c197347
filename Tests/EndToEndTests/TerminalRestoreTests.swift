import Foundation
import Testing

extension EndToEnd {
    /// The terminal is as it was, on every way out.
    @Suite struct TerminalRestore {
        enum Way: String, CaseIterable, Sendable {
            case quit, quitAtOnce, interrupt, guestEnds, terminate, hangUp, crash
        }

        /// Runs the inspector between two `stty -g`; the shell goes on afterwards, which it can only in a sane terminal.
        @Test(arguments: Way.allCases)
        func settingsAreBack(way: Way) throws {
            let scratch = try Scratch()
            let script = try scratch.write(
                """
                cd "$1"
                stty -g > before
                sh -c 'echo $$ > pid; exec "$@"' sh "$2" "$3" $4
                stty -g > after.tmp; mv after.tmp after
                printf 'the shell is back\\n'
                exec sleep 600
                """, to: "script.sh")
            let rounds = way == .guestEnds ? "1 1" : "100000 50"
            let tmux = try Tmux(
                Tmux.quote(["sh", script, scratch.path, Product.program, Product.guest("lt-vs-et"), rounds]),
                columns: 80, rows: 24)
            try tmux.wait(forText: way == .guestEnds ? "EXITED 0" : "4 Trace")
            let pid = try #require(scratch.read("pid").flatMap { Int32($0.trimmingCharacters(in: .newlines)) })
            switch way {
            case .quit: try tmux.press("q"); try tmux.press("y")
            case .quitAtOnce: try tmux.press("Q")
            case .interrupt: try tmux.press("C-c")
            case .guestEnds: try tmux.press("q")
            case .terminate: kill(pid, SIGTERM)
            case .hangUp: kill(pid, SIGHUP)
            case .crash: kill(pid, SIGSEGV)
            }
            let lines = try tmux.wait(forText: "the shell is back")
            #expect(scratch.read("after") == scratch.read("before"))
            #expect(!lines.contains { $0.contains("4 Trace") }, "the inspector's screen is still there")
        }

        /// The screen has no place for the report that SIGQUIT asks for.
        @Test func aQuitLeavesAReportInAFile() throws {
            let scratch = try Scratch()
            let script = try scratch.write(
                """
                stty -g > "$1/before"
                TMPDIR="$1" sh -c 'echo $$ > "$TMPDIR/pid"; exec "$@"' sh "$2" "$3"
                stty -g > "$1/after"
                printf 'the shell is back\n'
                exec sleep 600
                """, to: "script.sh")
            let tmux = try Tmux(
                Tmux.quote(["sh", script, scratch.path, Product.program, Product.guest("hang")]), columns: 80, rows: 24)
            try tmux.wait(for: "both threads wait") { lines in lines.contains { $0.contains("fd_read(") } }
            let pid = try #require(scratch.read("pid").flatMap { Int32($0.trimmingCharacters(in: .newlines)) })
            kill(pid, SIGQUIT)
            let lines = try tmux.wait(forText: "the shell is back")
            let name = "wasix-top-\(pid).txt"
            #expect(lines.contains { $0.contains("report: written to") }, "\(lines)")
            let report = try #require(scratch.read(name))
            #expect(report.contains("T1 epoll_wait(") && report.contains("T2 fd_read("), "\(report)")
            #expect(scratch.read("after") == scratch.read("before"))
        }

        @Test func suspendingAndResuming() throws {
            let scratch = try Scratch()
            let command = try Tmux.quote([Product.program, Product.guest("lt-vs-et"), "100000", "50"])
            let script = try scratch.write("PS1='ready> '\n", to: "rc")
            let tmux = try Tmux(Tmux.quote(["bash", "--rcfile", script, "-i"]), columns: 80, rows: 24)
            try tmux.wait(forText: "ready>")
            try tmux.press("stty -g > \(scratch.path)/before; \(command)", "Enter")
            try tmux.wait(forText: "4 Trace")
            try tmux.press("C-z")
            try tmux.wait(for: "the shell") { $0.contains { $0.contains("Stopped") } }
            try tmux.press("stty -g > \(scratch.path)/while; fg", "Enter")
            try tmux.wait(forText: "4 Trace")
            try tmux.press("Q")
            try tmux.wait(for: "the shell") { !$0.contains { $0.contains("4 Trace") } }
            try tmux.press("stty -g > \(scratch.path)/after; echo written", "Enter")
            try tmux.wait(for: "the last word") { $0.contains("written") }
            #expect(scratch.read("while") == scratch.read("before"))
            #expect(scratch.read("after") == scratch.read("before"))
        }
    }
}
