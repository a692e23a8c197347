import Foundation
import Testing

extension EndToEnd {
    /// Pausing a guest and stepping through its calls, in a real terminal emulator.
    @Suite struct Pause {
        static let sizes = [(80, 24), (120, 40)]

        private func start(
            _ guest: String, _ arguments: [String] = [], options: [String], columns: Int = 80, rows: Int = 24
        ) throws -> Tmux {
            try Tmux(
                Tmux.quote([Product.program] + options + [Product.guest(guest)] + arguments), columns: columns,
                rows: rows)
        }

        @Test(arguments: sizes)
        func aDemoIsSteppedCallByCall(columns: Int, rows: Int) throws {
            let tmux = try start("stall", options: ["--paused"], columns: columns, rows: rows)
            // Past what the C library calls first.
            try tmux.step(until: "the first call of its own") { lines in
                lines.contains { $0.contains("T1 is about to call sock_pair") }
            }
            for call in ["sock_pair", "fd_fdstat_set_flags", "epoll_create", "epoll_ctl"] {
                let lines = try tmux.wait(forText: "T1 is about to call \(call)")
                #expect(lines[0].contains("PAUSED"))
                #expect(lines.contains { $0.contains(" T1 ") && $0.contains(" \(call)(") && $0.contains(" next") })
                #expect(lines.allSatisfy { $0.count <= columns })
                try tmux.press("s")
            }
            try tmux.press("S")
            try tmux.wait(forText: "T1 is back from a call")
            try tmux.press("s")
            try tmux.wait(forText: "T1 is about to call fd_read")
            try tmux.press("p")
            try tmux.wait(for: "the guest runs on") { $0[0].contains("RUN") || $0[0].contains("STALLED") }
            try tmux.press("Q")
        }

        enum WayOut: Sendable {
            case key(String)
            case signal(String)
        }

        /// Stepped, run to a wait, paused wherever it is by then, with a break, and left.
        @Test(
            arguments: [
                ("stall", .key("Q"), "0"), ("deadlock", .signal("TERM"), "143"), ("leak", .signal("INT"), "130"),
                ("spin", .key("Q"), "0"), ("lt-vs-et", .signal("HUP"), "129"), ("echo", .signal("TERM"), "143"),
            ] as [(String, WayOut, String)])
        func aDemoIsLeftWhileItIsPaused(guest: String, way: WayOut, status: String) throws {
            let scratch = try Scratch()
            let words = [Product.program, "--paused", "--net", try Product.guest(guest)]
            let command = "echo $$ >\(scratch.file("pid")); exec " + Tmux.quote(words)
            let tmux = try Tmux(Tmux.quote(["sh", "-c", command]) + "; echo left $?; cat", columns: 80, rows: 24)
            var seen: Set<String> = []
            try tmux.step(until: "five of its calls") { lines in
                if let line = lines.first(where: { $0.contains(" is about to call ") }) { seen.insert(line) }
                return seen.count >= 5
            }
            try tmux.press("S")
            try tmux.wait(for: "a wait's end, or none") { lines in
                !lines[0].contains("PAUSED") || lines.contains { $0.contains(" is back from a call") }
            }
            try tmux.press(":break failed", "Enter")
            try tmux.wait(for: "a pause") { lines in
                if lines[0].contains("PAUSED") { return true }
                try? tmux.press("p")
                return false
            }
            switch way {
            case .key(let key): try tmux.press(key)
            case .signal(let name):
                let pid = try #require(scratch.read("pid")).trimmingCharacters(in: .newlines)
                _ = try Command("/bin/kill", ["-s", name, pid]).run()
            }
            try tmux.wait(forText: "left \(status)")
        }

        @Test func itRunsToACallThatAFilterNames() throws {
            let tmux = try start("stall", options: ["--break", "call=epoll_ctl"])
            try tmux.wait(for: "the break") { lines in
                lines[0].contains("PAUSED") && lines.contains { $0.contains("T1 is back from a call") }
                    && lines.contains { $0.contains("epoll_ctl(5") && !$0.contains(" next") }
            }
            try tmux.press(":until call=fd_read and ret=24", "Enter")
            try tmux.wait(for: "the read") { lines in
                lines[0].contains("PAUSED") && lines.contains { $0.contains("fd_read(3") && $0.contains("= 24") }
            }
            try tmux.press(":until epoll_wiat", "Enter")
            try tmux.wait(forText: "epoll_wait")
            try tmux.press("Escape", "Q")
        }

        /// The error is proved while both threads sleep, and the guest's clock stands from then on.
        @Test func itIsPausedWhenSomethingIsFound() throws {
            let tmux = try start("stall", options: ["--break", "lint:error", "--freeze-clock"])
            try tmux.wait(for: "the finding and the pause") { lines in
                lines[0].contains("PAUSED") && lines.contains { $0.contains("E01") }
            }
            try tmux.press("q")
            try tmux.wait(forText: "y/n")
            try tmux.press("y")
        }

        /// A step over a sleep lets time pass for the guest; between steps it has none.
        @Test func stepsOverSleepsEndThoughTheClockStands() throws {
            let tmux = try start("lt-vs-et", ["1", "300"], options: ["--paused", "--freeze-clock"])
            // Before its first call it may have been computing.
            try tmux.step(until: "the first call") { $0.contains { $0.contains("T1 is about to call") } }
            try tmux.press(":until call=thread_sleep", "Enter")
            try tmux.wait(for: "the end of the first sleep") { lines in
                lines.contains { $0.contains("T1 is back from a call") }
                    && lines.contains { $0.contains("thread_sleep") }
            }
            try tmux.press("s")
            try tmux.step(until: "the next sleep") { lines in
                lines.contains { $0.contains("T1 is about to call thread_sleep") }
            }
            try tmux.press("s")
            try tmux.wait(for: "the sleep is over") { lines in
                lines[0].contains("PAUSED") && lines.contains { $0.contains("T1 is about to call epoll_wait") }
            }
            try tmux.press("Q")
        }

        /// One that was paused in a sleep is led out of it by a step: no time passes before.
        @Test func aStepEndsASleepInWhichTheGuestWasPaused() throws {
            let tmux = try start("lt-vs-et", ["1000", "700"], options: ["--freeze-clock"])
            // A sleep may be over by the time that the key comes. Each key is pressed when what the one before it did is seen.
            var wasPaused: Bool?
            try tmux.wait(for: "a pause in a sleep") { lines in
                let isPaused = lines[0].contains("PAUSED")
                if isPaused, lines.contains(where: { $0.contains("all threads wait in their calls") }) { return true }
                guard isPaused != wasPaused,
                    isPaused || lines.contains(where: { $0.contains("thread_sleep(700ms) ...") })
                else { return false }
                wasPaused = isPaused
                try? tmux.press("p")
                return false
            }
            try tmux.step(until: "the call after the sleep") { lines in
                lines[0].contains("PAUSED") && lines.contains { $0.contains("T1 is about to call") }
            }
            try tmux.press("Q")
        }

        @Test func aBreakThatIsNoFilterIsOneClearError() throws {
            let outcome = try Product.call(["--break", "fd=>3", Product.guest("stall")])
            #expect(outcome.status == 64)
            #expect(outcome.errors.hasPrefix("wasix-top: error: --break: "))
            #expect(outcome.errors.contains("^"))
            let text = try Product.call(["--break", "hello", Product.guest("stall")])
            #expect(text.errors.contains("cannot ask for text"))
            let lint = try Product.call(["--break", "lint:E01,E99", Product.guest("stall")])
            #expect(lint.status == 64 && lint.errors.contains("no such lint"))
        }

        /// Four clients and a server that are all at work; what is paused is as it was a second later.
        @Test func aServerUnderLoadStandsStill() throws {
            let tmux = try start("echo", options: ["--net"])
            try tmux.wait(for: "load") { $0[0].contains("fd 13") }
            for _ in 0..<5 {
                try tmux.press("p")
                try tmux.wait(for: "a pause") { $0[0].contains("PAUSED") }
                try tmux.wait(for: "nothing going on") { $0[0].contains(" 0 sys/s") }
                try tmux.press("p")
                try tmux.wait(for: "calls") { $0[0].contains("RUN") && !$0[0].contains(" 0 sys/s") }
            }
            try tmux.press("p")
            try tmux.wait(for: "a pause") { $0[0].contains("PAUSED") }
            try tmux.press("Q")
        }

        @Test(.enabled(if: Product.has("processes/pipeline.wasm"), "binaryen is missing"))
        func allProcessesOfATreeArePaused() throws {
            let command = [Product.program, "--paused", try Product.processGuest("pipeline")]
            let tmux = try Tmux(Tmux.quote(command), columns: 80, rows: 24)
            try tmux.wait(for: "a pause") { $0[0].contains("PAUSED") }
            // By single steps until there is a child, which is paused like its parent.
            try tmux.wait(for: "two processes", seconds: 120) { lines in
                if lines.contains(where: { $0.contains("P2 ") }) { return true }
                try? tmux.press("s")
                return false
            }
            try tmux.press("9")
            try tmux.wait(forText: "PAUSED")
            // The child alone: it stays where it is when the guest runs on.
            try tmux.press("Down", "P")
            try tmux.wait(for: "a paused child") { $0.contains { $0.contains(" 2 ") && $0.contains(" paused ") } }
            try tmux.press("p")
            try tmux.wait(for: "a child that alone is paused") { lines in
                !lines[0].contains("PAUSED") && lines.contains { $0.contains("P2 paused") }
                    && lines.contains { $0.contains(" 2 ") && $0.contains(" paused ") }
            }
            try tmux.press("P")
            try tmux.wait(for: "a child that runs on") { $0.contains { $0.contains(" 2 ") && $0.contains(" waits ") } }
            try tmux.press("Q")
        }
    }
}
