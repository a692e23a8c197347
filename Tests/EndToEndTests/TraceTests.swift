import Foundation
import Testing

extension EndToEnd {
    /// `trace` as people with strace's habits use it.
    @Suite struct TraceTests {
        private func lines(_ options: [String], _ guest: String, _ arguments: String...) throws -> [String] {
            let outcome = try Product.call(["trace"] + options + [try Product.guest(guest)] + arguments)
            return outcome.errors.split(separator: "\n").map(String.init)
        }

        // MARK: what is shown of strings

        /// Each buffer at most to the limit, whatever the others are; a higher limit never shows less.
        @Test(arguments: [0, 1, 64, 5_000, 16_369, 20_000, 200_000, 9_999_999_999])
        func everyBufferIsCutForItself(limit: Int) throws {
            let all = try lines(["-s", String(limit), "-e", "fd_write"], "strings")
            let write = try #require(all.first { $0.contains("16000") })
            let sizes: [(Character, Int)] = [("a", 16_000), ("b", 1_000), ("c", 4), ("d", 4), ("e", 4)]
            let wanted = sizes.map { letter, size in
                guard limit > 0 else { return "\(size) B" }
                let shown = String(repeating: letter, count: min(limit, size))
                return "{\"\(shown)\"\(size > limit ? "..." : ""), \(size)}"
            }
            #expect(write.contains("[" + wanted.joined(separator: ", ") + "])"), "\(write.prefix(300))")
            #expect(write.hasSuffix("= 17012"))
        }

        @Test(arguments: ["0", "64", "1000"]) func namesOfFilesStandWhole(limit: String) throws {
            let name = String(repeating: "long-", count: 30)
            let open = try #require(
                try lines(["-s", limit, "-e", "path_open", "--dir", "/usr/share"], "strings", name).first)
            #expect(open.contains("\"\(name)\"") && open.contains("= ENOENT"), "\(open)")
        }

        @Test func countersAreNumbersAndTheEndsOfAPairHaveNamesOfTheirOwn() throws {
            let writes = try lines(["-e", "fd_write"], "strings")
            #expect(writes.contains { $0.contains("<eventfd>, [7])") && $0.hasSuffix("= 8") }, "\(writes)")
            let to = try #require(writes.first { $0.contains("\"to\"") })
            let fro = try #require(writes.first { $0.contains("\"fro\"") })
            let pair = try #require(try lines(["-e", "sock_pair"], "strings").first)
            let numbers = pair.matches(of: #/ret_fd[01]=(\d+)/#).map { String($0.1) }
            try #require(numbers.count == 2, "\(pair)")
            #expect(to.contains("fd_write(\(numbers[0])<pair \(numbers[0])-\(numbers[1])>"), "\(to)")
            #expect(fro.contains("fd_write(\(numbers[1])<pair \(numbers[1])-\(numbers[0])>"), "\(fro)")
        }

        // MARK: calls that do not return

        /// Of both threads of the guest: what it was given, and that it has no result.
        private func expectUnfinished(_ lines: [String]) {
            let wait = lines.first { $0.contains("epoll_wait(") } ?? ""
            #expect(wait.hasPrefix("[T1] ") && wait.contains("maxevents=1, timeout=INF <unfinished ...>)"), "\(lines)")
            #expect(wait.hasSuffix("= ?"))
            let read = lines.first { $0.contains("fd_read(") } ?? ""
            #expect(read.hasPrefix("[T2] ") && read.contains(" r>, [1 B] <unfinished ...>)"), "\(lines)")
            #expect(read.hasSuffix("= ?"))
        }

        @Test(arguments: [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP"), (SIGQUIT, "SIGQUIT")])
        func aSignalEndsTheTraceWithTheCallsInProgress(signal: Int32, name: String) throws {
            let command = Command(Product.program, ["trace", try Product.guest("hang")])
            let outcome = try command.run(sending: signal, after: "begin")
            let lines = outcome.errors.split(separator: "\n").map(String.init)
            expectUnfinished(lines)
            #expect(lines.contains("[T2] +++ killed by \(name) +++"))
            // Behind it what the threads waited for; a terminal that hung up reads nothing any more.
            let end = try #require(lines.firstIndex(of: "+++ killed by \(name) +++"))
            let report = lines[(end + 1)...]
            #expect(report.isEmpty == (signal == SIGHUP), "\(outcome.errors)")
            if signal != SIGHUP {
                #expect(report.contains { $0.contains("T1 epoll_wait") && $0.contains("asleep") }, "\(outcome.errors)")
                #expect(report.contains { $0.contains("T2 fd_read") && $0.contains("asleep") }, "\(outcome.errors)")
            }
            #expect(outcome.status == 128 + signal)
            #expect(outcome.output == "begin\n")
        }

        @Test(arguments: [false, true]) func aSignalPrintsTheTable(isFile: Bool) throws {
            let scratch = try Scratch()
            let file = scratch.path + "/table"
            let command = Command(
                Product.program, ["trace", "-c", "-w"] + (isFile ? ["-o", file] : []) + [try Product.guest("hang")])
            let outcome = try command.run(sending: SIGINT, after: "begin")
            let table = isFile ? try String(contentsOfFile: file, encoding: .utf8) : outcome.errors
            let rows = table.split(separator: "\n").map { $0.split(separator: " ") }
            for name in ["epoll_wait", "fd_read"] {
                let row = try #require(rows.first { $0.last == name[...] }, "\(table)")
                // Share, seconds so far, microseconds a call, calls, and no error.
                #expect(row.count == 5 && row[3] == "1")
                #expect((Double(row[1]) ?? 0) > 0.2, "\(table)")
            }
            #expect(outcome.status == 130)
        }

        @Test func aCallThatTheEndCutsOffHasNoResult() throws {
            let outcome = try Product.call(["trace", try Product.guest("hang"), "100"])
            let lines = outcome.errors.split(separator: "\n").map(String.init)
            let read = try #require(lines.first { $0.contains("fd_read(") })
            #expect(read.hasPrefix("[T2] ") && read.contains("<unfinished ...>)") && read.hasSuffix("= ?"))
            #expect(lines.contains { $0.contains("epoll_wait(") && $0.hasSuffix("= 0") })
            #expect(lines.contains("[T2] +++ started by T1 +++"))
            #expect(lines.contains("[T2] +++ exited with 6 +++"))
            #expect(lines.last == "+++ exited with 6 +++")
            #expect(outcome.status == 6)
            let table = try Product.call(["trace", "-c", try Product.guest("hang"), "100"]).errors
            let row = try #require(table.split(separator: "\n").first { $0.hasSuffix(" fd_read") })
            #expect(row.split(separator: " ").count == 5, "no error: \(row)")
        }

        // MARK: order

        /// A letter is read after it was written, on every line, and times do not run backwards.
        @Test func causesStandAboveTheirEffects() throws {
            let lines = try lines(["-ttt", "-e", "fd_write,fd_read"], "relay", "300")
            var underWay: [String] = []
            var last = 0.0
            var seen = 0
            for line in lines where line.contains(" fd_") {
                let time = Double(line.split(separator: " ")[1]) ?? 0
                #expect(time >= last)
                last = time
                let letter = String(try #require(line.firstMatch(of: #/\[\{"(.)"/#)?.1, "\(line)"))
                if line.contains("fd_write(") {
                    underWay.append(letter)
                } else {
                    #expect(underWay.first == letter, "\(line)")
                    if !underWay.isEmpty { underWay.removeFirst() }
                }
                seen += 1
            }
            #expect(seen == 1200)
        }

        @Test func aSocketHasTheNameThatItHadThen() throws {
            let lines = try lines(["--net", "-e", "%socket"], "echo", "1")
            let bind = try #require(lines.first { $0.contains(" sock_bind(") })
            #expect(bind.firstMatch(of: #/sock_bind\(\d+<tcp>, /#) != nil, "\(bind)")
            let listen = try #require(lines.first { $0.contains(" sock_listen(") })
            #expect(listen.firstMatch(of: #/sock_listen\(\d+<tcp(-ls)? [\d.]+:\d+>/#) != nil, "\(listen)")
        }

        // MARK: where it goes, and for how long

        private func shell(_ script: String, timeLimit: Double = 60) throws -> Outcome {
            var command = Command("/bin/bash", ["-c", script, "bash", Product.program], timeLimit: timeLimit)
            command.environment = ["CLOCK": try Product.guest("clock"), "HELLO": try Product.guest("hello")]
            return try command.run()
        }

        @Test func aReaderThatGoesEndsTheTraceAtOnce() throws {
            let outcome = try shell(#"$1 trace "$CLOCK" 4000000000 2>&1 >/dev/null | head -3; echo ${PIPESTATUS[0]}"#)
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == 4 && lines.last == "141", "\(lines)")
            #expect(outcome.errors == "")
        }

        @Test func aTraceThatCannotBeWrittenSaysSoAtOnce() throws {
            let outcome = try shell(#"$1 trace -o /dev/full "$CLOCK" 4000000000"#)
            #expect(outcome.status == 125)
            #expect(outcome.errors.split(separator: "\n").count == 1)
            #expect(outcome.errors.contains("the trace cannot be written (/dev/full: No space left on device)"))
        }

        @Test func theTraceGoesIntoACommand() throws {
            let outcome = try shell(#"$1 trace -o "|tr a-z A-Z" -e fd_write "$HELLO""#)
            #expect(outcome.status == 0 && outcome.errors == "")
            #expect(outcome.output.contains("FD_WRITE(1<") && outcome.output.hasSuffix("+++ EXITED WITH 0 +++\n"))
            let gone = try shell(#"$1 trace -o "|exit 3" "$CLOCK" 4000000000"#)
            #expect(gone.status == 141)
        }

        @Test func aTraceEndsAfterSoManyLinesOrSuchATime() throws {
            let limited = try Product.call(["trace", "--limit", "3", try Product.guest("clock"), "4000000000"])
            #expect(limited.status == 0)
            #expect(limited.errors.split(separator: "\n").count == 3)
            let timed = try Product.call(["trace", "--for", "4s", try Product.guest("hang")])
            #expect(timed.status == 0)
            expectUnfinished(timed.errors.split(separator: "\n").map(String.init))
            #expect(timed.errors.hasSuffix("+++ still running +++\n"))
        }

        // MARK: habits

        @Test func resultsStandWhereCProgramsHaveThem() throws {
            let lines = try lines([], "strings")
            #expect(lines.allSatisfy { !$0.hasSuffix("= OK") })
            let pipe = try #require(lines.first { $0.contains(" fd_pipe(") })
            #expect(pipe.contains("ret_read=") && pipe.hasSuffix("= 0"))
            let event = try #require(lines.first { $0.contains(" fd_event(") })
            #expect(event.firstMatch(of: #/fd_event\(initial=0, flags=0\) += \d+$/#) != nil, "\(event)")
        }

        @Test func callsAreChosenByOutcomePathAndPattern() throws {
            let failed = try lines(["-Z", "--dir", "/usr/share"], "strings", "nothing-there")
            #expect(failed.count == 2 && failed[0].contains("path_open("), "\(failed)")
            #expect(failed[0].hasSuffix("= ENOENT (No such file or directory)"))
            let fine = try lines(["-z", "-e", "path_open", "--dir", "/usr/share"], "strings", "nothing-there")
            #expect(fine.count == 1)
            let named = try lines(["-P", "nothing-there", "--dir", "/usr/share"], "strings", "nothing-there")
            #expect(named.count == 2 && named[0].contains("path_open("), "\(named)")
            let matching = try lines(["-e", "/^fd_(pipe|event)$"], "strings")
            #expect(matching.count == 3, "\(matching)")
        }

        @Test func quietTracesLeaveOutWhatIsNoCall() throws {
            let all = try lines(["-e", "none"], "hang", "50")
            #expect(all.count == 3, "\(all)")
            #expect(try lines(["-q", "-e", "none"], "hang", "50") == ["+++ exited with 6 +++"])
            #expect(try lines(["-qq", "-e", "none"], "hang", "50") == [])
        }

        @Test func constantsHaveThreeStyles() throws {
            for (style, shown) in [
                ("raw", "epoll_ctl(5<epoll>, 0, "), ("abbrev", ", EPOLL_CTL_ADD, "),
                ("verbose", ", 0 /* EPOLL_CTL_ADD */, "),
            ] {
                let control = try #require(try lines(["-X", style, "-e", "epoll_ctl"], "hang", "1").first)
                #expect(control.contains(shown), "\(control)")
            }
        }

        @Test func timesHaveThePrecisionThatIsAskedFor() throws {
            let precise = try #require(try lines(["-T", "-e", "fd_write"], "hello").first)
            #expect(precise.firstMatch(of: #/<0\.\d{9}>$/#) != nil, "\(precise)")
            let coarse = try #require(
                try lines(["--syscall-times=us", "--absolute-timestamps=unix,ns", "-e", "fd_write"], "hello").first)
            #expect(coarse.firstMatch(of: #/^\[T1\] \d{10}\.\d{9} fd_write.*<0\.\d{6}>$/#) != nil, "\(coarse)")
            let relative = try #require(try lines(["--relative-timestamps=ms", "-e", "fd_write"], "hello").first)
            #expect(relative.firstMatch(of: #/^\[T1\] \d+\.\d{3} fd_write/#) != nil, "\(relative)")
        }

        @Test func coloursAreForTerminalsUnlessAskedFor() throws {
            let failing = ["-Z", "--dir", "/usr/share"]
            let plain = try lines(failing, "strings", "nothing-there")
            #expect(!plain.joined().contains("\u{1b}"))
            let coloured = try lines(failing + ["--color", "always"], "strings", "nothing-there")
            #expect(coloured[0].contains("\u{1b}[31mENOENT\u{1b}[0m"), "\(coloured)")
            let fine = try lines(["--color", "always", "-e", "fd_pipe"], "strings")
            #expect(fine[0].hasSuffix("= 0"))
        }

        /// As `strace -k` has it: a line a frame, with the place in the source.
        @Test func stacksStandBelowTheirCalls() throws {
            let all = try lines(["-k", "-e", "fd_write"], "hello")
            #expect(all[0].contains("fd_write("))
            #expect(all[1].firstMatch(of: #/^ > \w+(\+0x[0-9a-f]+)? \w+\.[ch]:\d+ \[0x[0-9a-f]+\]$/#) != nil, "\(all)")
            #expect(all.contains { $0.hasPrefix(" > _start") })
            let waited = try lines(["--stack-on-block", "20ms", "-e", "thread_sleep,fd_write"], "lt-vs-et", "1", "40")
            for (line, next) in zip(waited, waited.dropFirst()) {
                #expect(
                    next.hasPrefix(" > ") == (line.contains("thread_sleep(") || line.hasPrefix(" > "))
                        || line.hasPrefix(" > "), "\(line)\n\(next)")
            }
            #expect(waited.contains { $0.firstMatch(of: #/^ > step\+0x.* lt-vs-et\.c:\d+ /#) != nil })
        }

        @Test(arguments: [
            (["-s-1"], "-1"), (["--stack-on-block", "soon"], "soon"), (["--stack-on-block", "0"], "0"),
            (["-s", "many"], "many"), (["-X", "loud"], "loud"), (["--color", "red"], "red"),
            (["--limit", "0"], "0"), (["--for", "soon"], "soon"), (["--syscall-times=h"], "'h'"),
            (["--absolute-timestamps=noon"], "'noon'"), (["-e", "/("], "/("),
            (["-e", "/nothing"], "'/nothing'"), (["-z", "-Z"], "-Z"),
        ])
        func nonsenseIsAUsageErrorThatNamesIt(options: [String], named: String) throws {
            let outcome = try Product.call(["trace"] + options + ["x.wasm"])
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains(named), "\(outcome.errors)")
        }
    }
}
