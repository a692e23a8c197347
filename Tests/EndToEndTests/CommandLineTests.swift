import Foundation
import Testing

extension CommandForms {
    /// What is ours and what is the guest's on the command line, and what `trace` and `calls` print.
    @Suite struct CommandLine {
        private func refusal(_ arguments: [String]) throws -> String {
            let outcome = try Product.call(arguments)
            #expect(outcome.status == 64, "\(outcome.errors)")
            #expect(outcome.output == "")
            let lines = outcome.errors.split(separator: "\n")
            #expect(lines.count == 2 && lines[0].hasPrefix("wasix-top: error: "), "\(outcome.errors)")
            #expect(lines.last?.hasPrefix("Try 'wasix-top") == true)
            return outcome.errors
        }

        @Test func everythingAfterTheModuleIsTheGuests() throws {
            let outcome = try Product.call(
                ["trace", "-e", "args_sizes_get", Product.guest("exits"), "--help", "--", "-c", "run"])
            #expect(outcome.errors.contains("args_sizes_get(argc=5, "), "\(outcome.errors)")
        }

        @Test func whatIsWrongIsNamedInOneLineWithAHint() throws {
            #expect(try refusal([]).contains("<MODULE>"))
            #expect(try refusal(["run"]).contains("Try 'wasix-top run --help'."))
            #expect(try refusal(["--no-such-option", "x.wasm", "--help"]).contains("--no-such-option"))
            #expect(try refusal(["--dir"]).contains("--dir"))
            #expect(try refusal(["run", "--env", "novalue", "x.wasm"]).contains("expected K=V"))
            #expect(try refusal(["run", "--volume", "/tmp", "x.wasm"]).contains("expected HOST:GUEST"))
            #expect(try refusal(["run", "--max-memory", "99999999999G", "x.wasm"]).contains("99999999999G"))
            for address in [
                "", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "256.0.0.1:80", "a b:80", "::1:80",
                "[::1]", "[127.0.0.1]:80", "[]:80",
            ] {
                #expect(try refusal(["run", "--tcplisten", address, "x.wasm"]).contains("expected ADDRESS:PORT"))
            }
            #expect(
                try refusal(["run", "--net=tcp:allow=*:80,ipv4:deny=10.0.0.0/33:*", "x.wasm"]).contains(
                    "--net: in 'ipv4:deny=10.0.0.0/33:*', character 35: '33' is no length of a prefix"))
            #expect(try refusal(["trace", "--net=", "x.wasm"]).contains("a rule is missing"))
            #expect(try refusal(["--net", "--net=tcp:allow=*:*", "x.wasm"]).contains("cannot stand beside"))
            #expect(try refusal(["trace", "-s", "many", "x.wasm"]).contains("many"))
            #expect(
                try refusal(["--theme", "sepia", "x.wasm"]).contains(
                    "auto, dark, light, monochrome, high-contrast, blue-orange\n"))
            #expect(try refusal(["calls", "extra"]).contains("extra"))
            #expect(try refusal(["fields", "extra"]).contains("extra"))
        }

        @Test func helpAndVersionGoToStandardOutput() throws {
            for arguments in [
                ["--help"], ["run", "--help"], ["trace", "-h"], ["check", "--help"], ["lints", "-h"],
                ["calls", "--help"], ["fields", "--help"],
                ["--version"],
            ] {
                let outcome = try Product.call(arguments)
                #expect(outcome.status == 0)
                #expect(outcome.output.contains("wasix-top"))
                #expect(outcome.errors == "")
            }
        }

        @Test func aCommandsNameWinsOverAModules() throws {
            let scratch = try Scratch()
            try FileManager.default.copyItem(atPath: Product.guest("hello"), toPath: scratch.path + "/run")
            var command = Command(Product.program, ["run"])
            command.directory = scratch.path
            #expect(try command.run().status == 64)
            command.arguments = ["run", "run"]
            #expect(try command.run().output == "hello, world\n")
        }

        @Test func theTraceStaysApartFromTheGuestsOutput() throws {
            let scratch = try Scratch()
            let file = scratch.path + "/trace"
            let outcome = try Product.call(["trace", "-o", file, "-T", "-s3", Product.guest("hello")])
            #expect(outcome.output == "hello, world\n")
            #expect(outcome.errors == "")
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            let write = try #require(lines.first { $0.contains(" fd_write(1<") })
            #expect(write.hasPrefix("[T1] "))
            #expect(write.contains("{\"hel\"..., 13}") && write.contains("= 13 <0."), "\(write)")
            #expect(lines.last == "+++ exited with 0 +++")
        }

        @Test func aSetChoosesTheCalls() throws {
            let only = try Product.call(["trace", "-etrace=fd_write", Product.guest("hello")]).errors
            #expect(only.split(separator: "\n").count == 2, "\(only)")
            let without = try Product.call(["trace", "-e", "!fd_write", Product.guest("hello")]).errors
            #expect(!without.contains("fd_write(") && without.contains("args_get("), "\(without)")
        }

        @Test func aTraceLosesNothingAndTheSummaryCountsTheSame() throws {
            let calls = 200_000
            let trace = try Product.call(
                ["trace", "-e", "clock_time_get", Product.guest("clock"), String(calls)])
            let lines = trace.errors.split(separator: "\n")
            let timed = lines.count { $0.contains(" clock_time_get(") }
            #expect(!trace.errors.contains(" lost "))
            let summary = try Product.call(["trace", "-c", Product.guest("clock"), String(calls)]).errors
            let row = try #require(summary.split(separator: "\n").first { $0.hasSuffix(" clock_time_get") })
            #expect(row.split(separator: " ")[3] == "\(timed)")
            #expect(timed >= calls)
            #expect(summary.split(separator: "\n").last?.hasSuffix(" total") == true)
        }

        @Test func aTraceThatCannotBeWrittenIsReported() throws {
            let nowhere = try Product.call(["trace", "-o", "/nowhere/trace", Product.guest("hello")])
            #expect(nowhere.status == 125 && nowhere.output == "")
            let full = try Product.call(["trace", "-o", "/dev/full", Product.guest("hello")])
            #expect(full.status == 125 && full.errors.contains("/dev/full"))
        }

        @Test(arguments: [
            ["calls"], ["fields"], ["lints"], ["lints", "E01"], ["--help"], ["run", "--help"], ["--version"],
            ["--generate-completion-script", "bash"],
        ])
        func whatCannotBePrintedIsReported(arguments: [String]) throws {
            let outcome = try Command(
                "/bin/sh", ["-c", "\"$0\" \"$@\" >/dev/full", Product.program] + arguments
            ).run()
            #expect(outcome.status == 125)
            #expect(outcome.errors == "wasix-top: error: standard output: No space left on device\n")
        }

        @Test func aMistypedCommandIsNamedWithTheNearest() throws {
            let scratch = try Scratch()
            for (word, command) in [
                ("rnu", "run"), ("ruun", "run"), ("tracee", "trace"), ("trcae", "trace"), ("cals", "calls"),
                ("chekc", "check"), ("lint", "lints"), ("feilds", "fields"),
            ] {
                var mistyped = Command(Product.program, [word, "app.wasm"])
                mistyped.directory = scratch.path
                let outcome = try mistyped.run()
                #expect(outcome.status == 127)
                #expect(
                    outcome.errors == """
                        wasix-top: error: \(word): neither a command nor a file
                        Did you mean 'wasix-top \(command)'?

                        """)
            }
            let far = try Product.call(["nonsense"])
            #expect(far.status == 127 && far.errors.hasSuffix("Try 'wasix-top --help'.\n"), "\(far.errors)")
            #expect(try Product.call(["run", "rnu"]).errors == "wasix-top: error: rnu: No such file or directory\n")
        }

        @Test(arguments: ["run", "trace"]) func theTimeLimitEndsTheGuest(word: String) throws {
            let outcome = try Product.call([word, "--timeout", "2.5", Product.guest("exits"), "loop"])
            #expect(outcome.status == 124)
            #expect(outcome.errors.hasSuffix("wasix-top: error: time limit of 2.5 reached: the guest was ended\n"))
            let waiting = try Product.call([word, "--timeout=300ms", Product.guest("lt-vs-et"), "1000", "1000"])
            #expect(waiting.status == 124)
            let inTime = try Product.call([word, "--timeout", "1h", Product.guest("exits"), "return", "7"])
            #expect(inTime.status == 7)
            for wrong in ["", "0", "-1", "many", "3d", "1e99"] {
                #expect(try refusal([word, "--timeout", wrong, "x.wasm"]).contains("--timeout"))
            }
        }

        @Test func callsListsEveryRowOnce() throws {
            let outcome = try Product.call(["calls"])
            let lines = outcome.output.split(separator: "\n")
            let last = try #require(lines.last)
            #expect(last.hasPrefix("\(lines.count - 1) functions, "))
            #expect(lines.dropLast().allSatisfy { $0.hasPrefix("yes ") || $0.hasPrefix("no  ") })
            #expect(lines.contains { $0.hasPrefix("yes epoll_wait ") })
        }
    }
}
