import Foundation
import Testing

extension EndToEnd {
    /// The inspector in a real terminal emulator, at the two sizes it is designed for.
    @Suite struct Inspector {
        static let sizes = [(80, 24), (120, 40)]

        private func start(
            _ guest: String, _ arguments: [String] = [], options: [String] = [], columns: Int, rows: Int
        ) throws -> Tmux {
            try Tmux(
                Tmux.quote([Product.program] + options + [Product.guest(guest)] + arguments), columns: columns,
                rows: rows)
        }

        /// The lines of the pane whose title holds `title`, side by side panes included.
        private func line(_ lines: [String], holding words: String...) -> Bool {
            lines.contains { line in words.allSatisfy(line.contains) }
        }

        @Test(arguments: sizes)
        func showsTheEchoServer(columns: Int, rows: Int) throws {
            let tmux = try start("echo", options: ["--net"], columns: columns, rows: rows)
            // 0, 1, 2, the listener, the instance, four clients and their four connections.
            let lines = try tmux.wait(for: "four connections under epoll") { lines in
                line(lines, holding: "echo.wasm", "RUN") && line(lines, holding: "thr 5", "fd 13", "ep 1")
                    && line(lines, holding: "5 items")
                    && lines.contains { $0.contains("epoll_wait(") && $0.contains("IN") }
            }
            for title in ["1 Fds", "2 Epoll", "3 Ready", "4 Trace"] { #expect(line(lines, holding: title)) }
            #expect(lines.allSatisfy { $0.count <= columns })
            try tmux.press("Q")
        }

        @Test(arguments: sizes)
        func showsLevelAgainstEdge(columns: Int, rows: Int) throws {
            let tmux = try start("lt-vs-et", ["1000", "1500"], columns: columns, rows: rows)
            // Three of six bytes are read: spent by edge, which the header says, and ready by level, in the other instance.
            let lines = try tmux.wait(for: "an item that is ready and not reported") { lines in
                line(lines, holding: "E01", "nobody will") && line(lines, holding: "ET", "SPENT")
                    && line(lines, holding: "does not report: 3 IN")
            }
            try tmux.wait(for: "the instance that reports it") { lines in
                if line(lines, holding: "LT", "ready") { return true }
                try? tmux.press("2")
                return false
            }
            #expect(line(lines, holding: "3 pipe r ← 4"))
            #expect(line(lines, holding: "ep 2"))
            #expect(line(lines, holding: "fd 7"))
            try tmux.press("Q")
        }

        @Test(arguments: sizes)
        func showsTheStall(columns: Int, rows: Int) throws {
            let tmux = try start("stall", columns: columns, rows: rows)
            let lines = try tmux.wait(for: "the spent edge of the stalled server") { lines in
                line(lines, holding: "ET") && line(lines, holding: "E01", "16 unread bytes")
            }
            #expect(line(lines, holding: "fd_read("))
            try tmux.press("!")
            try tmux.wait(for: "why, and what to do") { lines in
                line(lines, holding: "E01 et-not-drained") && line(lines, holding: "T1 read, and left the rest")
                    && line(lines, holding: "What to do")
            }
            try tmux.press("5")
            try tmux.wait(for: "both threads blocked") { lines in
                line(lines, holding: "epoll_wait") && line(lines, holding: "fd_read")
            }
            try tmux.press("Q")
        }

        @Test(arguments: sizes + [(80, 23), (60, 20), (40, 10)])
        func showsTheDeadlock(columns: Int, rows: Int) throws {
            let tmux = try start("deadlock", columns: columns, rows: rows)
            try tmux.wait(for: "the verdict") { lines in lines.prefix(1).contains { $0.contains("STALLED") } }
            try tmux.press("5")
            try tmux.wait(for: "who waits in which call") { lines in
                line(lines, holding: "fd_write(") && line(lines, holding: "futex_wait")
            }
            try tmux.press("Q")
        }

        /// The light theme is chosen by the environment, and by the name that is given.
        @Test(arguments: [
            ("COLORFGBG='0;15'", "", true), ("COLORFGBG='15;0'", "", false),
            ("COLORFGBG='0;15'", "--theme dark", false),
            ("COLORFGBG='15;0'", "--theme light", true),
        ])
        func theThemeFollowsTheTerminal(environment: String, option: String, isLight: Bool) throws {
            let command = Tmux.quote([Product.program])
            let guest = try Tmux.quote([Product.guest("stall")])
            let tmux = try Tmux(
                // Whoever runs the tests may want no colours.
                "env -u NO_COLOR TERM=xterm-256color \(environment) \(command) \(option) \(guest)", columns: 80,
                rows: 24)
            try tmux.wait(forText: "4 Trace")
            // The header's ground: colour 24, or 73.
            let header = try tmux.coloured().first ?? ""
            #expect(header.contains("48;5;24") == isLight && header.contains("48;5;73") != isLight, "\(header)")
            try tmux.press("Q")
        }

        @Test(arguments: ["NO_COLOR=1", "TERM=vt100"]) func withoutColours(environment: String) throws {
            let command = try Tmux.quote([Product.program, Product.guest("stall")])
            let tmux = try Tmux("\(environment) COLORFGBG='15;0' \(command)", columns: 80, rows: 24)
            try tmux.wait(forText: "nobody will hear of it")
            let screen = try tmux.coloured().joined()
            for colour in Array(30...38) + Array(40...48) {
                for sequence in ["[\(colour)m", ";\(colour)m", "[\(colour);"] {
                    #expect(!screen.contains(sequence), "\(sequence)")
                }
            }
            try tmux.press("Q")
        }

        /// The question to the terminal leaves nothing in the input, whether it is answered or not.
        @Test func nothingIsLeftOfTheTerminalsAnswer() throws {
            let command = try Tmux.quote([Product.program, Product.guest("stall")])
            let tmux = try Tmux(
                "unset COLORFGBG; TERM=xterm-256color \(command); echo back; exec cat -v", columns: 80, rows: 24)
            try tmux.wait(forText: "4 Trace")
            try tmux.press("Q")
            try tmux.wait(forText: "back")
            try tmux.press("typed", "Enter")
            let lines = try tmux.wait(for: "the line") { $0.contains("typed") }
            #expect(!lines.contains { $0.contains("11;") || $0.contains("^[") || $0.contains("rgb") })
        }

        @Test func showsWhatTheGuestPrinted() throws {
            let tmux = try start("lt-vs-et", ["1", "1"], columns: 100, rows: 30)
            try tmux.wait(forText: "EXITED 0")
            try tmux.press("8")
            try tmux.wait(forText: "one more byte written")
            try tmux.press("6")
            try tmux.wait(for: "the counts of the calls") { line($0, holding: "epoll_wait", "12") }
            try tmux.press("?")
            try tmux.wait(for: "help") { line($0, holding: "quit") || line($0, holding: "Quit") }
        }

        @Test func survivesEverySize() throws {
            let tmux = try start("lt-vs-et", ["100000", "20"], columns: 80, rows: 24)
            try tmux.wait(forText: "4 Trace")
            for (columns, rows) in [(1, 1), (10, 3), (40, 10), (79, 23), (200, 60), (20, 50), (120, 2), (80, 24)] {
                try tmux.resize(columns: columns, rows: rows)
                usleep(150_000)
            }
            let lines = try tmux.wait(forText: "4 Trace")
            #expect(line(lines, holding: "RUN"))
            try tmux.press("Q")
        }

        @Test func guestsTrapIsShownAndStays() throws {
            let tmux = try start("exits", ["unreachable"], columns: 80, rows: 24)
            try tmux.wait(for: "the trap") { line($0, holding: "unreachable") || line($0, holding: "TRAP") }
        }

        /// What stands at standard input is the guest's, from where it stands.
        @Test func inputOfEveryKindReachesTheGuest() throws {
            let scratch = try Scratch()
            let file = try scratch.write("skip: from the middle\n", to: "input")
            let program = Tmux.quote([Product.program, try Product.guest("upper")])
            let fromFile = try Tmux(
                "bash -c 'exec 0<\(file); head -c 6 >/dev/null; \(program.replacing("'", with: ""))'", columns: 80,
                rows: 24)
            try fromFile.wait(forText: "EXITED 0")
            try fromFile.press("8")
            let lines = try fromFile.wait(forText: "FROM THE MIDDLE")
            #expect(!lines.contains { $0.contains("SKIP") })

            let listener = try HostSocket.listener()
            let fromSocket = try Tmux(
                "bash -c 'exec 0<>/dev/tcp/127.0.0.1/\(listener.port); \(program.replacing("'", with: ""))'",
                columns: 80, rows: 24)
            let peer = try listener.accepted()
            try peer.send("through a socket\n")
            try fromSocket.wait(forText: "RUN")
            try fromSocket.press("8")
            try fromSocket.wait(forText: "THROUGH A SOCKET")
            try fromSocket.press("Q")
        }

        /// Afterwards the guest's last lines stand there as a terminal shows them.
        @Test func itsLastWordsStandAsATerminalShowsThem() throws {
            let scratch = try Scratch()
            let module = try scratch.write(
                #"""
                (module (import "wasi_snapshot_preview1" "fd_write"
                    (func $write (param i32 i32 i32 i32) (result i32)))
                  (memory (export "memory") 1)
                  (data (i32.const 0) "\10\00\00\00\1e\00\00\00")
                  (data (i32.const 16) "a\tb\r\n10%\r100%\nred \1b[31m\r\nend\r\n")
                  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
                """#, to: "tabs.wat")
            let tmux = try Tmux(
                "sh -c '\(Product.program) \(module); echo back $?; sleep 600'", columns: 80, rows: 24)
            try tmux.wait(forText: "EXITED 0")
            try tmux.press("q")
            let lines = try tmux.wait(forText: "back 0")
            let first = try #require(lines.firstIndex { $0.hasPrefix("a ") }, "\(lines)")
            #expect(lines[first..<(first + 4)] == ["a       b", "100%", #"red \e[31m"#, "end"])
        }

        @Test func inputReachesTheGuest() throws {
            let tmux = try start("upper", columns: 80, rows: 24)
            try tmux.wait(forText: "RUN")
            try tmux.press("8")
            try tmux.press("i")
            try tmux.press("hello", "Enter")
            let lines = try tmux.wait(forText: "HELLO")
            #expect(lines.contains { $0.contains(">hello") }, "what is typed is shown")
        }
    }
}
