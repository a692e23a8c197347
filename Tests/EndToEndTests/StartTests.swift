import Foundation
import Testing

extension Explained {
    /// The program without a module, and a newcomer's way from there through the first lessons.
    @Suite struct Start {
        static let columns = 80

        private func start(_ command: String) throws -> Tmux {
            let outcome = try Command(
                "/bin/sh", ["\(Product.root)/assets/guests/build.sh", Product.root + "/.build/guests"], timeLimit: 600
            ).run()
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try Tmux(
                "cd \(Tmux.quote([Product.root])) && \(command); echo left $?; cat", columns: Self.columns, rows: 24)
        }

        /// The list with the cursor on the row that begins with `name`.
        private func choose(_ name: String, _ tmux: Tmux) throws {
            try tmux.press("Home")
            try tmux.wait(for: "the cursor on \(name)") { lines in
                if lines.contains(where: { $0.contains("▶\(name) ") }) { return true }
                try? tmux.press("Down")
                return false
            }
        }

        @Test func itListsDemosAndLessonsAndStartsThem() throws {
            let tmux = try start(Tmux.quote([Product.program]))
            let lines = try tmux.wait(forText: "Lessons: ten minutes each")
            #expect(lines.contains { $0.contains("Demos: programs to watch") })
            #expect(lines.allSatisfy { $0.count <= Self.columns })
            try choose("deadlock", tmux)
            try tmux.wait(for: "what Enter does") {
                $0.contains { $0.contains("$ wasix-top ") && $0.contains("deadlock.wasm") }
            }
            try tmux.press("Enter")
            try tmux.wait(forText: "1 Fds")
            try tmux.press("Q")
            try tmux.wait(forText: "left 0")
        }

        /// With options of the screen alone, which then are those of what is chosen.
        @Test func itHasTheScreenThatWasAskedForAndHandsThatOn() throws {
            let tmux = try start(Tmux.quote([Product.program, "--ascii", "--theme", "light"]))
            func isPlain(_ lines: [String]) -> Bool { lines.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } } }
            #expect(isPlain(try tmux.wait(forText: "Lessons: ten minutes each")))
            for _ in 0..<6 { try tmux.press("Down") }
            try tmux.wait(forText: ">1 first-wait")
            try tmux.press("Enter")
            #expect(isPlain(try tmux.wait(forText: "wasix-top learn")))
            try tmux.press("q")
            try tmux.wait(forText: "left 0")
        }

        @Test func aModuleThatIsNotThereIsOneClearError() throws {
            let tmux = try start(Tmux.quote([Product.program]))
            try tmux.wait(forText: "Demos: programs to watch")
            try tmux.press("o", "no-such.wasm x", "Enter")
            try tmux.wait(forText: "left 127")
            #expect(try tmux.screen().contains { $0.contains("no-such.wasm") })
        }

        @Test func withoutATerminalItIsAUsageError() throws {
            let outcome = try Product.call([])
            #expect(outcome.status == 64 && outcome.errors.contains("<MODULE>"))
        }

        /// From `make run` to the end of the third lesson, with each screen looked at.
        @Test func aNewcomerLearnsFromTheListToTheEndOfTheThirdLesson() throws {
            for (number, name) in ["first-wait", "lt-vs-et", "et-partial-read"].enumerated() {
                let tmux = try start("make run")
                try tmux.wait(forText: "Lessons: ten minutes each")
                try choose("\(number + 1) \(name)", tmux)
                try tmux.press("Enter")
                try play(name, tmux)
                try tmux.press("q")
                try tmux.wait(forText: "left 0")
            }
        }

        /// Answers each question, the wrong answers first, until the lesson's last page; all that the lesson says is to be
        /// read on the way.
        private func play(_ name: String, _ tmux: Tmux) throws {
            var reader = try LessonReader(named: name)
            #expect(reader.unread.count > 20)
            try tmux.wait(for: "the end of \(name)", seconds: 180) { lines in
                #expect(lines.allSatisfy { $0.count <= Self.columns })
                if let key = reader.key(lines) { try? tmux.press(key) }
                return reader.isAtEnd
            }
            #expect(reader.unread.isEmpty)
        }
    }
}
