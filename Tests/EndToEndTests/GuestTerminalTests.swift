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

        @Test func stoppedAndContinued() throws {
            let scratch = try Scratch()
            let command = try Tmux.quote([Product.program, "run", Product.guest("keys")])
            let rc = try scratch.write("PS1='ready> '\n", to: "rc")
            let tmux = try Tmux(Tmux.quote(["bash", "--rcfile", rc, "--noediting", "-i"]), columns: 80, rows: 24)
            try tmux.wait(forText: "ready>")
            try tmux.press("stty -g > \(scratch.path)/before; \(command)", "Enter")
            try tmux.wait(forText: "set: SUCCESS")
            try tmux.press("C-z")
            try tmux.wait(for: "the shell") { $0.contains { $0.contains("Stopped") } }
            try tmux.press("clear; stty -g > \(scratch.path)/while; fg", "Enter")
            try tmux.wait(for: "single keys") { lines in
                if lines.contains(where: { $0.contains("echo 0, lines 0") }) { return true }
                try? tmux.press("s")
                return false
            }
            try tmux.press("q")
            try tmux.wait(forText: "ready>")
            try tmux.press("stty -g > \(scratch.path)/after; echo written", "Enter")
            try tmux.wait(for: "the last word") { $0.contains("written") }
            #expect(scratch.read("while") == scratch.read("before"))
            #expect(scratch.read("after") == scratch.read("before"))
        }

        /// A job in the background neither reads nor changes the shell's terminal: it is stopped until it has it.
        @Test func inTheBackgroundItWaitsForTheTerminal() throws {
            let scratch = try Scratch()
            let command = try Tmux.quote([Product.program, "run", Product.guest("keys")])
            let rc = try scratch.write("PS1='ready> '; set -b\n", to: "rc")
            let tmux = try Tmux(Tmux.quote(["bash", "--rcfile", rc, "--noediting", "-i"]), columns: 80, rows: 24)
            try tmux.wait(forText: "ready>")
            try tmux.press("stty -g > \(scratch.path)/before; \(command) &", "Enter")
            try tmux.wait(for: "the stop") { $0.contains { $0.contains("Stopped") } }
            try tmux.press("clear; stty -g > \(scratch.path)/while; fg", "Enter")
            try tmux.wait(forText: "set: SUCCESS")
            try tmux.press("C-z")
            try tmux.wait(for: "the shell") { $0.contains { $0.contains("Stopped") } }
            try tmux.press("clear; bg; echo $((40 + 2))", "Enter")
            try tmux.wait(for: "the shell's own line") { $0.contains("42") }
            try tmux.press("clear; fg", "Enter")
            try tmux.wait(for: "single keys") { lines in
                if lines.contains(where: { $0.contains("echo 0, lines 0") }) { return true }
                try? tmux.press("s")
                return false
            }
            try tmux.press("q")
            try tmux.wait(forText: "ready>")
            try tmux.press("stty -g > \(scratch.path)/after; echo written", "Enter")
            try tmux.wait(for: "the last word") { $0.contains("written") }
            #expect(scratch.read("while") == scratch.read("before"))
            #expect(scratch.read("after") == scratch.read("before"))
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
