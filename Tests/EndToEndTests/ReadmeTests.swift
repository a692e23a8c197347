import Foundation
import Testing

extension CommandForms {
    /// Every command in the README does what it says where it says it: in the checkout's top directory.
    @Suite struct ReadmeTests {
        /// The lines of the `sh` blocks.
        private static let commands = lines(ofBlocks: "sh")

        private static func lines(ofBlocks kind: String) -> [String] {
            guard let text = try? String(contentsOfFile: Product.root + "/README.md", encoding: .utf8) else {
                return []
            }
            var found: [String] = []
            var isInside = false
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("```") {
                    isInside = line == "```" + kind
                } else if isInside, !line.isEmpty {
                    found.append(String(line))
                }
            }
            return found
        }

        private func isInspector(_ command: String) -> Bool {
            guard command.hasPrefix(".build/release/wasix-top ") else { return false }
            return !["run", "trace", "check", "lints", "calls", "fields", "learn", "--help"].contains(
                command.split(separator: " ")[1])
        }

        @Test func thereAreCommands() {
            #expect(Self.commands.count > 10)
            #expect(Self.commands.contains("make run") && Self.commands.contains("make test"))
        }

        @Test func everyCommandThatOpensTheInspectorShowsAGuest() throws {
            for command in Self.commands where isInspector(command) {
                let tmux = try Tmux(
                    "cd \(Tmux.quote([Product.root])) && \(command); echo left $?; cat", columns: 80, rows: 24)
                try tmux.wait(forText: "1 Fds")
                try tmux.wait(forText: "T1")
                try tmux.press("Q")
                try tmux.wait(forText: "left 0")
            }
        }

        /// The one check whose output is shown, of a demo that has a fault.
        private func isShown(_ command: String) -> Bool {
            command.contains("wasix-top check ") && command.hasSuffix("stall.wasm")
        }

        @Test func theOutputThatIsShownIsReal() throws {
            let command = try #require(Self.commands.first(where: isShown))
            var shell = Command("/bin/sh", ["-c", command])
            shell.directory = Product.root
            let outcome = try shell.run()
            #expect(outcome.status == 1)
            // Times differ from run to run, and lines of the demos' header when it is changed.
            func withoutNumbers(_ line: Substring) -> String {
                line.replacing(#/\d[\d.]*(ns|us|ms|s)\b/#, with: "TIME").replacing(#/\d+/#, with: "0").description
            }
            let shown = Self.lines(ofBlocks: "text").map { withoutNumbers($0[...]) }
            // Which of the threads fell asleep first differs, too.
            #expect(outcome.errors.split(separator: "\n").map(withoutNumbers).sorted() == shown.sorted())
        }

        @Test func everyOtherCommandSucceeds() throws {
            for command in Self.commands where !isInspector(command) && !isShown(command) {
                // What builds or tests is asked whether it could: this very test runs inside of it.
                let isMake = command.hasPrefix("make ")
                var shell = Command(
                    "/bin/sh", ["-c", isMake ? "make -n " + command.dropFirst(5) : command], timeLimit: 120)
                shell.directory = Product.root
                let outcome = try shell.run()
                #expect(outcome.status == 0, "\(command): \(outcome.errors)")
            }
        }

        @Test func everyOptionAndStatusTheReadmeNamesIsInTheHelp() throws {
            let help = try Product.call(["--help"]).output
            for option in [
                "--dir", "--volume", "--mapdir", "--env", "--forward-host-env", "--net", "--cwd", "--stdin",
                "--max-memory", "--stack-size", "--ascii", "--theme", "--paused", "--break", "--tcplisten",
                "--listenfd",
            ] {
                #expect(help.contains(option), "\(option)")
            }
            let check = try Product.call(["check", "--help"]).output
            for option in ["--deny", "--warn", "--allow", "--format", "--output", "--timeout", "sarif"] {
                #expect(check.contains(option), "\(option)")
            }
        }
    }
}
