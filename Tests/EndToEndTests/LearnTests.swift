import Foundation
import Testing

extension EndToEnd {
    /// `wasix-top learn`: the list, lessons' files that are checked, and lessons in a real terminal emulator.
    @Suite struct Learn {
        private static let folder = Product.root + "/assets/lessons"
        private static let lessons: [String] = {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return files.filter { $0.hasSuffix(".lesson") }.map { String($0.dropLast(7)) }.sorted()
        }()

        /// The program looks for its lessons' guests in the build folder.
        private static let guests = Result {
            let directory = Product.root + "/.build/guests"
            let outcome = try Command("/bin/sh", ["\(Product.root)/assets/guests/build.sh", directory], timeLimit: 600)
                .run()
            guard outcome.status == 0 else { throw BuildFailure(description: outcome.errors) }
        }

        private func start(
            _ lesson: String, _ options: [String] = [], environment: String = "", columns: Int = 80, rows: Int = 24
        ) throws -> Tmux {
            try Self.guests.get()
            let command = Tmux.quote([Product.program, "learn"] + options + [lesson])
            return try Tmux("\(environment) \(command); echo left $?; cat", columns: columns, rows: rows)
        }

        /// Texts of lessons are broken between words.
        private func wait(forWords words: String, _ tmux: Tmux) throws {
            try tmux.wait(for: "'\(words)'") { lines in
                let text = lines.map { $0.filter { !"│|".contains($0) } }.joined(separator: " ")
                return text.split(separator: " ").joined(separator: " ").contains(words)
            }
        }

        @Test func theLessonsAreListed() throws {
            let outcome = try Product.call(["learn"])
            #expect(outcome.status == 0)
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == Self.lessons.count + 1)
            #expect(lines[0].hasPrefix("  1  first-wait"))
            for name in Self.lessons { #expect(lines.contains { $0.contains(" \(name) ") }, "\(name)") }
            #expect(lines.allSatisfy { !$0.contains("?") })
        }

        /// All of them are played to their ends in one process elsewhere.
        @Test(arguments: ["first-wait", "herd", "slow-tick"])
        func aLessonIsWellMade(_ name: String) throws {
            try Self.guests.get()
            let outcome = try Product.call(["learn", "--check", "\(Self.folder)/\(name).lesson"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.hasPrefix("\(name): ") && outcome.output.hasSuffix(" of reading\n"))
        }

        @Test func aMistakeIsShownWithItsPlace() throws {
            let scratch = try Scratch()
            let good = try String(contentsOfFile: "\(Self.folder)/first-wait.lesson", encoding: .utf8)
            let bad = good.replacing("ready    5", with: "ready 5").replacing("lifeline 3", with: "lifelin 3")
            let file = try scratch.write(bad, to: "mine.lesson")
            let outcome = try Product.call(["learn", "--check", file])
            #expect(outcome.status == 1)
            #expect(outcome.output.isEmpty)
            let lines = outcome.errors.split(separator: "\n")
            #expect(lines[0].hasPrefix("\(file):") && lines[0].contains("expected source, lifeline"))
            #expect(lines[1] == "    show     lifelin 3")
            #expect(lines[2] == "             ^")
            let started = try Product.call(["learn", file])
            #expect(started.status == 125 && started.errors.hasPrefix("wasix-top: error: \(file):"))
        }

        @Test func aGuestThatWasChangedIsNoticed() throws {
            let scratch = try Scratch()
            let text = try String(contentsOfFile: "\(Self.folder)/first-wait.lesson", encoding: .utf8)
            let file = try scratch.write(text, to: "mine.lesson")
            let source = try String(contentsOfFile: "\(Product.root)/assets/guests/first-wait.c", encoding: .utf8)
            _ = try scratch.write(source.replacing("static void look", with: "static void see"), to: "first-wait.c")
            _ = try scratch.write("", to: "first-wait.txt")
            let outcome = try Product.call(["learn", "--check", file])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("no line of first-wait.c contains \"static void look\""))
        }

        @Test func whatIsMissingIsOneClearError() throws {
            let scratch = try Scratch()
            let none = try Product.call(["learn", "frist-wait"])
            #expect(none.status == 127)
            #expect(
                none.errors
                    == "wasix-top: error: frist-wait: no such lesson\nDid you mean 'wasix-top learn first-wait'?\n")
            #expect(try Product.call(["learn", scratch.file("no.lesson")]).status == 127)
            #expect(try Product.call(["learn", "--check"]).status == 64)
            #expect(try Product.call(["learn", "--check", scratch.path]).status == 125)
            let text = try String(contentsOfFile: "\(Self.folder)/first-wait.lesson", encoding: .utf8)
            let file = try scratch.write(
                text.replacing("guest    first-wait.c", with: "guest    nowhere.c"), to: "x.lesson")
            let lost = try Product.call(["learn", file])
            #expect(lost.status == 127 && lost.errors.contains("its guest nowhere.wasm is missing"), "\(lost.errors)")
            // A lesson needs a terminal.
            try Self.guests.get()
            #expect(try Product.call(["learn", "first-wait"]).status == 125)
        }

        @Test(arguments: [(80, 24, [], ""), (120, 40, ["--theme", "light"], ""), (80, 24, ["--ascii"], "NO_COLOR=1")])
        func aLessonIsPlayed(_ columns: Int, _ rows: Int, _ options: [String], _ environment: String) throws {
            let tmux = try start("first-wait", options, environment: environment, columns: columns, rows: rows)
            try tmux.wait(forText: "This small program does that with a single pipe")
            try tmux.press("Enter")
            try tmux.wait(forText: "Would a wait on epoll 5 tell of it?")
            try tmux.press("1")
            try tmux.wait(forText: "Not so.")
            try tmux.press("2")
            try tmux.wait(forText: "Right.")
            let lines = try tmux.screen()
            #expect(lines[0].contains("1 first-wait"))
            #expect(lines.allSatisfy { $0.count <= columns })
            try tmux.press("s")
            try wait(forWords: "Its fourth argument", tmux)
            try tmux.wait(forText: "IN LT in epoll 5")
            // A resize in the middle, the other views and back.
            try tmux.resize(columns: 100, rows: 30)
            try tmux.press("Escape")
            try tmux.wait(forText: "1 Fds")
            try tmux.press("L")
            try wait(forWords: "Its fourth argument", tmux)
            try tmux.press("q")
            try tmux.wait(forText: "left 0")
        }

        /// The first three are a newcomer's, elsewhere.
        @Test func lessonsAreReadToTheirEnds() throws {
            let names = Self.lessons.filter { !["first-wait", "lt-vs-et", "et-partial-read"].contains($0) }
            let unread = try concurrently(names, atOnce: 4) { try self.read($0) }
            for (name, unread) in zip(names, unread) { #expect(unread.isEmpty, "\(name)") }
        }

        /// With every wrong answer and a resize on the way, in one of three forms.
        /// - Returns: what the lesson says and no screen has shown.
        private func read(_ name: String) throws -> Set<String> {
            let forms = [([], ""), (["--theme", "light"], ""), (["--ascii"], "NO_COLOR=1")]
            let form = forms[(Self.lessons.firstIndex(of: name) ?? 0) % forms.count]
            let tmux = try start(name, form.0, environment: form.1)
            var reader = try LessonReader(named: name)
            var pressed = 0
            try tmux.wait(for: "the end of \(name)", seconds: 180) { lines in
                guard let key = reader.key(lines) else { return reader.isAtEnd }
                pressed += 1
                try? tmux.press(key)
                if pressed == 3 { try? tmux.resize(columns: 100, rows: 30) }
                if pressed == 5 { try? tmux.resize(columns: 80, rows: 24) }
                return false
            }
            try tmux.press("q")
            try tmux.wait(forText: "left 0")
            return reader.unread
        }

        @Test func aCureStartsTheGuestAnew() throws {
            let tmux = try start("et-partial-read")
            for question in 1...6 {
                try tmux.wait(for: "question \(question)") { lines in
                    let isThere = lines.contains { $0.contains("checkpoint \(question)/8") && $0.contains("choose") }
                    return isThere
                }
                try tmux.press("1")
                try tmux.wait(for: "the answer") { $0.contains { $0.contains("Right.") || $0.contains("Not so.") } }
                try tmux.press("s")
                try tmux.wait(for: "what comes next") { lines in
                    if lines.contains(where: { $0.contains("checkpoint \(question + 1)/8") }) { return true }
                    if lines.contains(where: { $0.contains("Enter or s goes on") }) { try? tmux.press("s") }
                    return false
                }
            }
            try tmux.wait(for: "the answer's question") { lines in
                if lines.contains(where: { $0.contains("choose a cure") }) { return true }
                try? tmux.press("s")
                return false
            }
            try tmux.press("1")
            // Without a cure the fifth request is the last.
            try tmux.wait(for: "requests that go on") { lines in
                lines.contains { line in
                    let words = line.split(separator: " ")
                    guard let place = words.firstIndex(of: "edges"), place + 1 < words.count else { return false }
                    return Int(words[place + 1]).map { $0 >= 10 } ?? false
                }
            }
            try tmux.press("4")
            try tmux.wait(for: "another stall") { $0[0].contains("STALLED") }
            try tmux.press("s")
            try tmux.wait(forText: "This was lesson 3")
            try tmux.press("y")
            try tmux.wait(forText: "copied")
            try tmux.press("q")
            try tmux.wait(forText: "left 0")
        }

        @Test func aFindingLeadsToItsLesson() throws {
            try Self.guests.get()
            let tmux = try Tmux(
                Tmux.quote([Product.program, try Product.guest("stall")]) + "; echo left $?; cat", columns: 80, rows: 24
            )
            try tmux.wait(for: "the finding") { $0.contains { $0.contains("E01") } }
            try tmux.press("!", "L")
            try tmux.wait(forText: "End the guest and start the lesson et-partial-read? y/n")
            try tmux.press("y")
            try wait(forWords: "Will a wait on epoll 5 ever hear of descriptor 3?", tmux)
            try tmux.press("q")
            try tmux.wait(forText: "left 0")
        }

        /// The lessons' guests print on Linux what the lessons say, and as guests the same.
        @Test(arguments: lessons)
        func theGuestPrintsWhatLinuxPrints(_ name: String) throws {
            let text = try String(contentsOfFile: "\(Self.folder)/\(name).lesson", encoding: .utf8)
            func words(_ keyword: String) -> [String] {
                let line = text.split(separator: "\n").first { $0.hasPrefix(keyword + " ") } ?? ""
                return line.split(separator: " ").dropFirst().map(String.init)
            }
            let source = try #require(words("guest").first)
            let guest = String(source.dropLast(2))
            let native = words("native")
            let file = try #require(native.first)
            let recorded = try String(contentsOfFile: "\(Self.folder)/\(file)", encoding: .utf8)
            let onLinux = try Command(Product.native(guest), Array(native.dropFirst()))
            let asGuest = Command(Product.program, ["run", try Product.guest(guest)] + native.dropFirst())
            expectSameTranscript(try output(of: onLinux, like: recorded), as: recorded, "\(guest) on Linux")
            expectSameTranscript(try output(of: asGuest, like: recorded), as: recorded, "\(guest) as a guest")
        }

        /// Some print how late something was, or give up after a time: on a busy machine that may differ, but not five times.
        private func output(of command: Command, like wanted: String) throws -> String {
            var output = ""
            for _ in 0..<5 where output != wanted {
                let outcome = try command.run()
                #expect(outcome.status == 0, "\(command.path) \(command.arguments): \(outcome)")
                output = outcome.output
            }
            return output
        }
    }
}
