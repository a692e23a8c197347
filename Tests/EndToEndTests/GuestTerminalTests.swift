import Foundation
import Testing

extension EndToEnd {
    /// A guest of `run` with a real terminal: it reads single keys and sees its size, and the terminal is as it was
    /// afterwards, whatever way that comes about.
    @Suite struct GuestTerminal {
        /// The guest between two `stty -g`, by a shell that goes on afterwards.
        private final class Session {
            let scratch: Scratch
            let tmux: Tmux

            init(columns: Int = 80, rows: Int = 24) throws {
                scratch = try Scratch()
                let script = try scratch.write(
                    """
                    trap : INT QUIT
                    cd "$1"
                    stty -g > before
                    sh -c 'echo $$ > pid; exec "$@"' sh "$2" run "$3"
                    status=$?
                    stty size > size
                    stty -g > after.tmp; mv after.tmp after
                    echo "the shell is back: $status"
                    exec sleep 600
                    """, to: "script.sh")
                tmux = try Tmux(
                    Tmux.quote(["sh", script, scratch.path, Product.program, Product.guest("keys")]),
                    columns: columns, rows: rows)
                try tmux.wait(forText: "set: SUCCESS")
            }

            func pid() throws -> Int32 {
                try #require(scratch.read("pid").flatMap { Int32($0.trimmingCharacters(in: .newlines)) })
            }

            func isBack(status: Int32, _ location: SourceLocation = #_sourceLocation) throws {
                try tmux.wait(forText: "the shell is back: \(status)", sourceLocation: location)
                #expect(scratch.read("after") == scratch.read("before"), sourceLocation: location)
            }
        }

        @Test func keysComeOneByOneAndAreNotEchoed() throws {
            let session = try Session()
            try session.tmux.wait(forText: "SUCCESS: 80x24, terminals 111, echo 1, lines 1, feeds 1")
            try session.tmux.press("a", "Up", "s")
            let lines = try session.tmux.wait(forText: "SUCCESS: 80x24, terminals 111, echo 0, lines 0, feeds 1")
            #expect(lines.filter { $0.hasPrefix("key ") } == ["key 61", "key 1b", "key 5b", "key 41", "key 73"])
            #expect(!lines.contains { $0.hasPrefix("a") || $0.hasPrefix("^") }, "it was echoed")
            try session.tmux.press("q")
            try session.isBack(status: 0)
        }

        @Test func theWindowsSizeIsTheOneItHasNow() throws {
            let session = try Session(columns: 80, rows: 24)
            try session.tmux.resize(columns: 91, rows: 31)
            // The terminal's new size reaches its programs a little later than tmux's answer.
            try session.tmux.wait(for: "the new size") { lines in
                if lines.contains(where: { $0.hasPrefix("SUCCESS: 91x31") }) { return true }
                try? session.tmux.press("s")
                return false
            }
            try session.tmux.press("w", "s")
            try session.tmux.wait(forText: "SUCCESS: 132x43, terminals 111, echo 0, lines 0")
            try session.tmux.press("q")
            try session.isBack(status: 0)
            #expect(session.scratch.read("size") == "31 91\n")
        }

        /// Linux: SIGWINCH and SIGQUIT of a terminal go to its foreground process. The first lets a read go on.
        @Test func aHandlerHearsOfTheWindowAndOfQuit() throws {
            let session = try Session(columns: 80, rows: 24)
            try session.tmux.press("h")
            try session.tmux.wait(forText: "key 68")
            try session.tmux.resize(columns: 91, rows: 31)
            try session.tmux.wait(for: "the signal") { lines in
                if lines.contains("signal 28") { return true }
                try? session.tmux.press("s")
                return false
            }
            try session.tmux.press("C-\\")
            let lines = try session.tmux.wait(forText: "end: INTR")
            #expect(lines.contains("signal 3") && lines.contains { $0.contains("T1 fd_read(0<stdin>") }, "\(lines)")
            try session.isBack(status: 0)
        }

        /// What a stalled program's handler waits for may never come.
        @Test func quitOnceMoreEndsWhatHangsInItsHandler() throws {
            let session = try Session()
            try session.tmux.press("n")
            try session.tmux.wait(forText: "key 6e")
            try session.tmux.press("C-\\")
            try session.tmux.wait(forText: "signal 3")
            try session.tmux.press("C-\\")
            try session.isBack(status: 131)
        }

        @Test func linesAndBack() throws {
            let session = try Session()
            try session.tmux.press("c")
            try session.tmux.wait(for: "lines") { $0.filter { $0 == "set: SUCCESS" }.count == 2 }
            try session.tmux.press("b", "b", "r", "Enter")
            let lines = try session.tmux.wait(for: "raw mode again") { $0.filter { $0 == "set: SUCCESS" }.count == 3 }
            #expect(lines.contains("bbr"), "the line was echoed")
            try session.tmux.press("q")
            try session.isBack(status: 0)
        }

        @Test(arguments: [("x", 3), ("t", 134), ("C-c", 130), ("C-\\", 131)] as [(String, Int32)])
        func aKeyEndsIt(_ key: String, _ status: Int32) throws {
            let session = try Session()
            try session.tmux.press(key)
            try session.isBack(status: status)
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
        func aSignalEndsIt(_ signal: Int32) throws {
            let session = try Session()
            kill(try session.pid(), signal)
            try session.isBack(status: 128 + signal)
        }

        /// The guest as a job of an interactive shell, which is as it was before and after.
        private final class Job {
            let scratch: Scratch
            let tmux: Tmux
            private var rounds = 0

            /// - Parameter suffix: `&` starts it in the background.
            init(suffix: String = "") throws {
                scratch = try Scratch()
                let rc = try scratch.write("PS1='ready> '; set -b\n", to: "rc")
                let script = try scratch.write("echo $$ > \"$1/pid\"; exec \"$2\" run \"$3\"\n", to: "job.sh")
                let command = try Tmux.quote(["sh", script, scratch.path, Product.program, Product.guest("keys")])
                tmux = try Tmux(Tmux.quote(["bash", "--rcfile", rc, "--noediting", "-i"]), columns: 80, rows: 24)
                try tmux.wait(forText: "ready>")
                try tmux.press("stty -g > \(scratch.path)/before; \(command) \(suffix)", "Enter")
            }

            func isStopped(_ location: SourceLocation = #_sourceLocation) throws {
                try tmux.wait(for: "the stop", sourceLocation: location) { $0.contains { $0.contains("Stopped") } }
            }

            /// `fg`, once more where the shell brought to the front what was just about to stop.
            func comesToTheFront(
                after commands: String, _ what: String, _ location: SourceLocation = #_sourceLocation,
                _ isThere: ([String]) -> Bool
            ) throws {
                // What stands on the screen from before must not be taken for the answer.
                rounds += 1
                try tmux.press("clear; echo round $((\(rounds) + 100)); \(commands) fg", "Enter")
                try tmux.wait(for: what, sourceLocation: location) { lines in
                    guard lines.contains("round \(rounds + 100)") else { return false }
                    if isThere(lines) { return true }
                    let isAtThePrompt = lines.last { !$0.isEmpty }?.hasPrefix("ready>") == true
                    if isAtThePrompt, lines.contains(where: { $0.contains("Stopped") }) {
                        rounds += 1
                        // Without the keys that the shell got.
                        try? tmux.press("C-u", "clear; echo round $((\(rounds) + 100)); fg", "Enter")
                    } else {
                        try? tmux.press("s")
                    }
                    return false
                }
            }

            func readsSingleKeys(after commands: String, _ location: SourceLocation = #_sourceLocation) throws {
                try comesToTheFront(after: commands, "single keys", location) { lines in
                    lines.contains { $0.contains("echo 0, lines 0") }
                }
            }

            /// Ends it, and compares the shell's terminal.
            func ends(_ location: SourceLocation = #_sourceLocation) throws {
                try tmux.press("q")
                try tmux.wait(for: "the shell", sourceLocation: location) { lines in
                    lines.last { !$0.isEmpty } == "ready>"
                }
                try tmux.press("stty -g > \(scratch.path)/after; echo written", "Enter")
                try tmux.wait(for: "the last word", sourceLocation: location) { $0.contains("written") }
                #expect(scratch.read("after") == scratch.read("before"), sourceLocation: location)
            }
        }

        @Test func stoppedAndContinued() throws {
            let job = try Job()
            try job.tmux.wait(forText: "set: SUCCESS")
            try job.tmux.press("C-z")
            try job.isStopped()
            try job.readsSingleKeys(after: "stty -g > \(job.scratch.path)/while;")
            try job.ends()
            #expect(job.scratch.read("while") == job.scratch.read("before"))
        }

        /// A job in the background neither reads nor changes the shell's terminal: it is stopped until it has it.
        @Test func inTheBackgroundItWaitsForTheTerminal() throws {
            let job = try Job(suffix: "&")
            try job.isStopped()
            try job.comesToTheFront(after: "stty -g > \(job.scratch.path)/while;", "the guest") { lines in
                lines.contains { $0.contains("set: SUCCESS") }
            }
            try job.tmux.press("C-z")
            try job.isStopped()
            try job.tmux.press("clear; bg; echo $((40 + 2))", "Enter")
            try job.tmux.wait(for: "the shell's own line") { $0.contains("42") }
            try job.readsSingleKeys(after: "")
            try job.ends()
            #expect(job.scratch.read("while") == job.scratch.read("before"))
        }

        /// The shell brings to the front a job that it takes for running, and tells it nothing.
        @Test func continuedInTheBackgroundAndBroughtToTheFrontAtOnce() throws {
            let job = try Job()
            try job.tmux.wait(forText: "set: SUCCESS")
            for _ in 0..<3 {
                try job.tmux.press("C-z")
                try job.isStopped()
                try job.readsSingleKeys(after: "bg;")
            }
            try job.ends()
        }

        /// What cannot be caught leaves the modes to the shell; they are the guest's again afterwards.
        @Test func aStopThatNobodyCanCatch() throws {
            let job = try Job()
            try job.tmux.wait(forText: "set: SUCCESS")
            let pid = try #require(job.scratch.read("pid").flatMap { Int32($0.trimmingCharacters(in: .newlines)) })
            kill(pid, SIGSTOP)
            try job.isStopped()
            try job.readsSingleKeys(after: "stty -g > \(job.scratch.path)/while;")
            try job.ends()
            #expect(job.scratch.read("while") == job.scratch.read("before"))
        }

        /// Whoever has the terminal when the guest ends in the background keeps it as it is.
        @Test(arguments: ["", "bg; sleep 0.2;"]) func endedInTheBackground(_ before: String) throws {
            let job = try Job()
            try job.tmux.wait(forText: "set: SUCCESS")
            try job.tmux.press("C-z")
            try job.isStopped()
            try job.tmux.press(
                "clear; \(before) stty tostop; kill %1; wait %1; stty -a > \(job.scratch.path)/after; echo written",
                "Enter")
            try job.tmux.wait(for: "the end") { $0.contains("written") }
            #expect(job.scratch.read("after")?.contains(" tostop") == true)
        }

        /// In the inspector the guest's terminal is the inspector itself: it has modes, which only the guest sees.
        @Test func theInspectorIsATerminal() throws {
            let scratch = try Scratch()
            let script = try scratch.write(
                "stty -g > \"$1/before\"; \"$2\" \"$3\"; stty -g > \"$1/after\"; echo back\n", to: "s")
            let command = try Tmux.quote(["sh", script, scratch.path, Product.program, Product.guest("keys")])
            let tmux = try Tmux(command + "; exec sleep 600", columns: 100, rows: 30)
            try tmux.wait(forText: "4 Trace")
            try tmux.press("8")
            try tmux.wait(forText: "SUCCESS: 80x25, terminals 111, echo 1, lines 1, feeds 1")
            try tmux.press("i", "s", "Enter")
            try tmux.wait(forText: "SUCCESS: 80x25, terminals 111, echo 0, lines 0, feeds 1")
            try tmux.press("Escape")
            try tmux.press("Q")
            try tmux.wait(forText: "back")
            #expect(scratch.read("after") == scratch.read("before"))
        }

        @Test func withoutATerminalItSaysSo() throws {
            var command = try Command(Product.program, ["run", Product.guest("keys")])
            command.input = "k"
            let outcome = try command.run()
            #expect(
                outcome.output == """
                    SUCCESS: 80x25, terminals 000, echo 0, lines 0, feeds 0
                    set: NOTTY
                    key 6b
                    end: SUCCESS

                    """)
            #expect(outcome.status == 0)
        }
    }
}
