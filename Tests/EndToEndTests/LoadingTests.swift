import Foundation
import Testing

extension EndToEnd {
    /// While a module is read or compiled the program obeys signals and keys, and reads no more than it must.
    @Suite struct Loading {
        /// A FIFO that nobody writes to.
        private func pipe(_ scratch: Scratch) throws -> String {
            let path = scratch.file("module")
            try #require(mkfifo(path, 0o600) == 0)
            return path
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGQUIT, SIGHUP]) func aSignalEndsTheReading(signal: Int32) throws {
            let scratch = try Scratch()
            for word in signal == SIGTERM ? ["run", "trace"] : ["run"] {
                let command = Command(Product.program, [word, try pipe(scratch)])
                #expect(try command.run(sending: signal).status == 128 + signal)
                unlink(scratch.file("module"))
            }
        }

        @Test(arguments: [SIGINT, SIGTERM]) func aSignalEndsTheCompiling(signal: Int32) throws {
            let scratch = try Scratch()
            let module = try scratch.write(ModuleBytes.large, to: "large.wasm")
            var command = Command(Product.program, ["run", module], timeLimit: 120)
            command.environment = ["HOME": scratch.path, "XDG_CACHE_HOME": ""]
            #expect(try command.run(sending: signal).status == 128 + signal)
            #expect(
                !FileManager.default.fileExists(atPath: scratch.file(".cache")),
                "it was compiled before the signal came")
        }

        @Test(arguments: ["/dev/zero", "/dev/urandom"]) func whatIsEndlessIsNotReadToItsEnd(path: String) throws {
            let outcome = try Product.call(["run", path])
            #expect(outcome.status == 126)
            #expect(outcome.errors == "wasix-top: error: \(path): not a WebAssembly module\n")
        }

        @Test func aPipesWordsAreNoModule() throws {
            let outcome = try Command(
                "/bin/sh", ["-c", "yes | \"$0\" run /dev/stdin", Product.program]
            ).run()
            #expect(outcome.status == 126)
            #expect(outcome.errors.contains("/dev/stdin: not a WebAssembly module"))
        }

        @Test func aModuleComesThroughAPipe() throws {
            let outcome = try Command(
                "/bin/sh", ["-c", "cat \"$1\" | \"$0\" run /dev/stdin", Product.program, Product.guest("hello")]
            ).run()
            #expect(outcome.output == "hello, world\n")
        }

        @Test func theTimeLimitCountsTheLoading() throws {
            let scratch = try Scratch()
            let outcome = try Product.call(["run", "--timeout", "100ms", pipe(scratch)])
            #expect(outcome.status == 124)
            #expect(
                outcome.errors == "wasix-top: error: time limit of 100ms reached: the module was still being loaded\n")
        }

        enum Way: String, CaseIterable { case quit, interrupt, terminate }

        /// The screen is there before the module is.
        @Test(arguments: Way.allCases) func theScreenSaysWhatGoesOnAndCanBeLeft(way: Way) throws {
            let scratch = try Scratch()
            let module = try scratch.write(ModuleBytes.large, to: "large.wasm")
            let script = try scratch.write(
                """
                stty -g > "$1/before"
                sh -c 'echo $$ > "$1/pid"; exec "$2" "$3"' sh "$1" "$2" "$3"
                echo "status $?"
                stty -g > "$1/after"
                printf 'the shell is back\\n'
                exec sleep 600
                """, to: "script.sh")
            let tmux = try Tmux(
                "env HOME=\(scratch.path) XDG_CACHE_HOME= "
                    + Tmux.quote(["sh", script, scratch.path, Product.program, module]), columns: 80, rows: 24)
            let lines = try tmux.wait(forText: "compiling large.wasm, 9.")
            #expect(lines[0].contains("LOADING"))
            let pid = try #require(scratch.read("pid").flatMap { Int32($0.trimmingCharacters(in: .newlines)) })
            switch way {
            case .quit: try tmux.press("q")
            case .interrupt: try tmux.press("C-c")
            case .terminate: kill(pid, SIGTERM)
            }
            let after = try tmux.wait(forText: "the shell is back")
            let status = [Way.quit: 0, .interrupt: 130, .terminate: 143][way] ?? -1
            #expect(after.contains("status \(status)"), "\(after)")
            #expect(!after.contains { $0.contains("LOADING") })
            #expect(scratch.read("after") == scratch.read("before"))
        }

        @Test func aPipeThatGivesNothingCanBeLeft() throws {
            let scratch = try Scratch()
            let tmux = try Tmux(
                "sh -c '\(Tmux.quote([Product.program, try pipe(scratch)]).replacing("'", with: "")); echo back $?; sleep 600'",
                columns: 60, rows: 10)
            try tmux.wait(forText: "reading module, 0 bytes so far")
            try tmux.press("q")
            try tmux.wait(forText: "back 0")
        }
    }
}
