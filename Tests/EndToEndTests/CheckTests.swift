import Foundation
import Testing

extension Explained {
    /// `check` as people and scripts use it.
    @Suite struct Checks {
        // MARK: what the demos show

        private static let demos = ["stall", "deadlock", "leak", "spin"]

        /// What is said of each demo, in the form for people. They run side by side, once.
        private static let reports = Result {
            let outcomes = try concurrently(demos) { name in
                try Product.call(["check", "--timeout", "9s", Product.guest(name)])
            }
            return Dictionary(uniqueKeysWithValues: zip(demos, outcomes))
        }

        @Test(arguments: [
            ("stall", "error: E01 et-not-drained: fd 3 (pair 3-4) has 16 unread bytes", ["serve_once stall.c:"]),
            ("deadlock", "error: E07 wait-cycle", ["T2 submit_job deadlock.c:", "T3 account_job deadlock.c:"]),
            ("leak", "error: W11 fd-leak: ", ["serve leak.c:"]),
            ("spin", "error: W05 writable-always: fd 3 (pair 3-4) is writable", ["guest_main spin.c:"]),
        ])
        func aDemoIsExplained(guest: String, finding: String, places: [String]) throws {
            let outcome = try #require(Self.reports.get()[guest])
            #expect(outcome.status == 1)
            let lines = outcome.errors.split(separator: "\n")
            let first = try #require(lines.firstIndex { $0.hasPrefix(finding) }, "\(outcome.errors)")
            // Below it, indented: the facts, where in the code, and what to do.
            let below = lines[(first + 1)...].prefix { $0.hasPrefix("    ") }
            for place in places {
                // A function that calls were put into may stand behind one of those.
                #expect(below.contains { $0.hasPrefix("    in ") && $0.contains(place) }, "\(place): \(outcome.errors)")
            }
            if guest == "deadlock" {
                #expect(below.contains { $0.contains("< producer deadlock.c:") })
                #expect(below.contains { $0.contains("< consumer deadlock.c:") })
            }
            #expect(below.count >= 2, "\(outcome.errors)")
            let last = try #require(lines.last)
            #expect(
                last.hasPrefix("check: 1 denied, 0 warned of; the guest was ended, its time was over, after "),
                "\(last)")
        }

        /// A listener, taken from as if it were level-triggered: the accept is named, not the wait.
        @Test func connectionsLeftBehindAnEdgeAreExplainedByTheAccept() throws {
            let words = ["--net", "--timeout", "6s", try Product.guest("accepts")]
            let run = try CheckRun(words + ["fire"])
            #expect(run.lints == ["et-not-drained"], "\(run.text)")
            let finding = try #require(run.findings.first)
            #expect(finding["text"]?.string?.contains("2 connections") == true, "\(run.text)")
            #expect(run.text.contains("accepted one connection, and left the rest"), "\(run.text)")
            let frames = finding["stacks"]?.elements?.first?["frames"]?.elements ?? []
            #expect(frames.contains { $0["function"] == "accept_one" }, "\(finding)")
            let right = try CheckRun(words + ["guard"])
            #expect(right.findings.isEmpty && right.report["guest"]?["code"] == 0, "\(right.text)")
        }

        // MARK: levels

        /// Names win over `all`, the mildest name wins over others, and hints alone make nothing fail.
        @Test func levelsAreChosenByOptions() throws {
            let cases: [(guest: String, options: [String], level: String?)] = [
                ("missing-call", [], "deny"), ("missing-call", ["--warn", "missing-call"], "warn"),
                ("missing-call", ["--allow", "W30"], nil), ("missing-call", ["--allow", "all"], nil),
                ("missing-call", ["--allow", "all", "--deny", "missing-call"], "deny"),
                ("missing-call", ["--deny", "all", "--warn", "w30"], "warn"),
                ("missing-call", ["--deny", "W30", "--warn", "W30"], "warn"),
                ("missing-call", ["--warn", "W30", "--allow", "busy-poll,W30"], nil),
                ("missing-call", ["--deny", "all", "--warn", "all"], "warn"), ("sleep-loop", [], "warn"),
                ("sleep-loop", ["--deny", "all"], "deny"), ("sleep-loop", ["--deny", "busy-poll,sleep-loop"], "deny"),
            ]
            let runs = try concurrently(cases) { example in
                try CheckRun(example.options + [Product.guest("lints/\(example.guest)"), "fire"])
            }
            for (example, run) in zip(cases, runs) {
                let found = run.findings.filter { $0["lint"]?.string == example.guest }
                let levels = found.map { $0["level"]?.string }
                #expect(levels == (example.level.map { [$0] } ?? []), "\(example): \(run.text)")
                #expect(run.report["failed"] == .bool(example.level == "deny"), "\(example): \(run.text)")
                #expect(run.outcome.status == (example.level == "deny" ? 1 : 0), "\(example): \(run.text)")
            }
        }

        @Test(arguments: [
            (["--deny", "nonsense"], "nonsense"), (["--warn", "E01,E99"], "E01,E99"), (["--allow", ""], "--allow"),
            (["--format", "xml"], "'xml'"), (["--timeout", "soon"], "soon"), ([], "<MODULE>"),
        ])
        func nonsenseIsAUsageErrorThatNamesIt(options: [String], named: String) throws {
            let outcome = try Product.call(["check"] + options + (options.isEmpty ? [] : ["x.wasm"]))
            #expect(outcome.status == 64 && outcome.output == "")
            let lines = outcome.errors.split(separator: "\n")
            #expect(lines.count == 2 && lines.last == "Try 'wasix-top check --help'.", "\(lines)")
            #expect(lines[0].hasPrefix("wasix-top: error: ") && lines[0].contains(named), "\(lines)")
        }

        // MARK: how guests end

        @Test(arguments: [
            ("exits", ["return", "7"], "the guest exited with 7"), ("hello", [], "the guest exited with 0"),
            ("exits", ["unreachable"], "the guest trapped (wasm trap: wasm `unreachable` instruction executed)"),
            ("exits", ["thread-exit", "9"], "the guest exited with 9"),
        ])
        func theGuestsEndIsInTheReport(guest: String, arguments: [String], end: String) throws {
            let outcome = try Product.call(["check", Product.guest(guest)] + arguments)
            #expect(outcome.status == 0)
            #expect(outcome.errors.hasPrefix("check: nothing found; \(end) after "), "\(outcome.errors)")
            // Of a trap the stack follows.
            let rest = outcome.errors.split(separator: "\n").dropFirst()
            #expect(
                rest.isEmpty == !end.contains("trapped") && rest.allSatisfy { $0.hasPrefix("  #") }, "\(outcome.errors)"
            )
            #expect(rest.isEmpty || rest.contains { $0.contains(" exits.c:") }, "\(outcome.errors)")
            #expect(outcome.output.hasPrefix(guest == "hello" ? "hello, world\n" : "mode \(arguments[0])\n"))
        }

        @Test func aProgramReadsItToo() throws {
            let exited = try CheckRun([Product.guest("exits"), "return", "7"])
            #expect(exited.report["guest"]?["code"] == 7 && exited.report["guest"]?["timedOut"] == false)
            #expect(exited.report["failed"] == false && exited.findings.isEmpty && exited.outcome.errors == "")
            let trapped = try CheckRun([Product.guest("exits"), "divide"])
            #expect(trapped.report["guest"]?["state"] == "trapped")
            #expect(trapped.report["guest"]?["message"]?.string?.contains("divide by zero") == true)
        }

        @Test(arguments: [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP"), (SIGQUIT, "SIGQUIT")])
        func aSignalEndsTheGuestAndReports(signal: Int32, name: String) throws {
            let command = try Command(Product.program, ["check", Product.guest("exits"), "loop"])
            let outcome = try command.run(sending: signal, after: "mode loop")
            #expect(outcome.status == 0)
            #expect(outcome.errors.hasPrefix("check: nothing found; the guest was killed by \(name) after "))
        }

        @Test func aSignalReportsWhatWasFoundUntilThen() throws {
            let command = try Command(Product.program, ["check", Product.guest("stall")])
            let outcome = try command.run(sending: SIGINT, after: "server: read 32 bytes")
            #expect(outcome.status == 1)
            #expect(outcome.errors.hasPrefix("error: E01 et-not-drained: "), "\(outcome.errors)")
            #expect(outcome.errors.contains("check: 1 denied, 0 warned of; the guest was killed by SIGINT after "))
        }

        // MARK: checks that cannot be made

        @Test func whatCannotBeCheckedIsSaidInOneLine() throws {
            let hello = try Product.guest("hello")
            for (arguments, words) in [
                (["/nowhere/x.wasm"], "/nowhere/x.wasm: No such file or directory"),
                ([Product.root + "/README.md"], "README.md: not a WebAssembly module"),
                (["-o", "/nowhere/report", hello], "/nowhere/report: No such file or directory"),
                (["-o", "/dev/full", hello], "/dev/full: No space left on device"),
            ] {
                let outcome = try Product.call(["check"] + arguments)
                #expect(outcome.status == 2, "\(arguments): \(outcome.errors)")
                #expect(outcome.errors.hasPrefix("wasix-top: error: ") && outcome.errors.contains(words))
                #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
            }
            let scratch = try Scratch()
            try #require(mkfifo(scratch.file("module"), 0o600) == 0)
            let slow = try Product.call(["check", "--timeout", "300ms", scratch.file("module")])
            #expect(slow.status == 2 && slow.errors.contains("the module was still being loaded"))
        }

        /// A report that nobody can read is no check.
        @Test(arguments: ["2>&-", "2>/dev/full"]) func standardErrorThatTakesNothing(redirection: String) throws {
            let outcome = try Command(
                "/bin/sh", ["-c", "\"$0\" check \"$1\" \(redirection)", Product.program, Product.guest("hello")]
            ).run()
            #expect(outcome.status == 2)
            #expect(outcome.output == "hello, world\n" && outcome.errors == "")
        }

        @Test func theReportGoesIntoACommand() throws {
            let outcome = try Product.call(["check", "-o", "|tr a-z A-Z >&2", Product.guest("hello")])
            #expect(outcome.status == 0 && outcome.output == "hello, world\n")
            #expect(outcome.errors.hasPrefix("CHECK: NOTHING FOUND; "))
            // Before or after the report is written, which then nobody has read.
            let gone = try Product.call(["check", "-o", "|exit 3", Product.guest("hello")])
            #expect(gone.status == 141 || gone.status == 2)
            let failing = try Product.call(["check", "-o", "|cat >&2; exit 3", Product.guest("hello")])
            #expect(failing.status == 2)
            #expect(
                failing.errors.hasSuffix(
                    "wasix-top: error: the report was not taken (|cat >&2; exit 3: exit status 3)\n"),
                "\(failing.errors)")
        }
    }
}
