import Foundation
import Testing

extension Explained {
    /// The program without arguments, and a newcomer's way from there through the first lessons.
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
            let lessons = [("1 first-wait", 1), ("2 lt-vs-et", 2), ("3 et-partial-read", 3)]
            for (name, number) in lessons {
                let tmux = try start("make run")
                try tmux.wait(forText: "Lessons: ten minutes each")
                try choose(name, tmux)
                try tmux.press("Enter")
                try play(number, tmux)
                try tmux.press("q")
                try tmux.wait(forText: "left 0")
            }
        }

        /// Answers each question, the wrong answers first, until the lesson's last page.
        private func play(_ number: Int, _ tmux: Tmux) throws {
            var player = LessonScreens(lesson: number)
            try tmux.wait(for: "the end of lesson \(number)", seconds: 180) { lines in
                #expect(lines.allSatisfy { $0.count <= Self.columns })
                if player.isAtEnd(lines) { return true }
                if let key = player.key(lines) { try? tmux.press(key) }
                return false
            }
        }
    }
}

/// Reads the screens of a lesson and says which key to press next.
private struct LessonScreens {
    let lesson: Int
    private var place = ""
    private var tried = 0

    init(lesson: Int) { self.lesson = lesson }

    func isAtEnd(_ lines: [String]) -> Bool { has(lines, "This was lesson \(lesson)") }

    mutating func key(_ lines: [String]) -> String? {
        let checkpoint = lines.first { $0.contains("checkpoint ") } ?? ""
        if checkpoint != place {
            place = checkpoint
            tried = 0
        }
        if has(lines, "Right.") || has(lines, "goes on") || has(lines, "s ends the lesson") { return "s" }
        guard checkpoint.contains("choose") else { return nil }
        tried = tried % 9 + 1
        return String(tried)
    }

    private func has(_ lines: [String], _ text: String) -> Bool { lines.contains { $0.contains(text) } }
}
