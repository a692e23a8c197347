import Foundation
import Testing

extension CommandForms {
    /// `trace -e` with the language of filters, and `fields`, which lists what can be asked.
    @Suite struct Filters {
        /// The calls that a trace of a guest has.
        private func lines(_ options: [String], _ guest: String, _ arguments: String...) throws -> [String] {
            let outcome = try Product.call(["trace", "-qq"] + options + [try Product.guest(guest)] + arguments)
            #expect(outcome.status == 0, "\(outcome.errors)")
            return outcome.errors.split(separator: "\n").map(String.init)
        }

        @Test func aFilterChoosesLines() throws {
            for filter in [
                "fd_write and fd=1 and bytes=13", "ret==13 && fd.name && ok", "\"hello, world\"",
                "%fd and not (ret!=13)",
                "call=fd_write,fd_read and dur<1h and tid=1",
            ] {
                let found = try lines(["-e", filter], "hello")
                #expect(found.count == 1 && found[0].contains(" fd_write(1<"), "\(filter): \(found)")
            }
            for filter in ["failed", "fd=1 and bytes>13", "HELLO and signal", "tid=2", "dur>1h or wait>1h"] {
                #expect(try lines(["-e", filter], "hello").isEmpty, "\(filter)")
            }
            let missing = ["--dir", "/usr/share", "-e", "err=ENOENT and path~/^nothing-/"]
            let found = try lines(missing, "strings", "nothing-there")
            #expect(
                found.count == 1 && found[0].contains("\"nothing-there\"") && found[0].contains("ENOENT"), "\(found)")
        }

        @Test func everyFormatShowsTheSameRecords() throws {
            for filter in ["fd_write or args_get", "world", "time>=0 and \"= 13\""] {
                let text = try lines(["-e", filter], "hello")
                let json = try lines(["--format", "jsonl", "-e", filter], "hello")
                #expect(!text.isEmpty && json.count == text.count + 2, "\(filter): \(json)")
            }
        }

        @Test func whatIsWrongIsMarked() throws {
            let outcome = try Product.call(["trace", "-e", "fd=7 and durr>1ms", "x.wasm"])
            #expect(outcome.status == 64 && outcome.output == "")
            #expect(
                outcome.errors == """
                    wasix-top: error: -e: unknown field 'durr'; did you mean 'dur'?
                        fd=7 and durr>1ms
                                 ^^^^
                    Try 'wasix-top fields'.

                    """)
            for (filter, words) in [
                ("%nonsense", "%epoll"), ("inject=fd_read", "unknown field"), ("", "missing"),
                ("fd_raed,fd_write", "fd_read"),
                ("a\u{1b}[2J\n)", "no '('"),
            ] {
                let outcome = try Product.call(["trace", "-e", filter, "x.wasm"])
                #expect(outcome.status == 64 && outcome.errors.contains(words), "\(outcome.errors)")
                #expect(outcome.errors.split(separator: "\n", omittingEmptySubsequences: false).count == 5)
                #expect(!outcome.errors.contains("\u{1b}"))
            }
        }

        @Test func theTableCountsWhatIsChosenByName() throws {
            let table = try lines(["-c", "-e", "fd_write or (%fd and call~/^fd_wr/)"], "hello")
            #expect(table.contains { $0.hasSuffix(" fd_write") } && !table.contains { $0.hasSuffix(" args_get") })
            let outcome = try Product.call(["trace", "-c", "-e", "dur>1ms", try Product.guest("hello")])
            #expect(outcome.status == 64 && outcome.errors.contains("names"), "\(outcome.errors)")
        }

        @Test func everyFilterOfTheReadmeIsUnderstood() throws {
            let readme = try String(contentsOfFile: Product.root + "/README.md", encoding: .utf8)
            let section = try #require(readme.components(separatedBy: "### Filters\n").last)
            let rows = section.split(separator: "\n").prefix { !$0.hasPrefix("```") }.filter { $0.hasPrefix("| `") }
            let filters = rows.flatMap { row in
                row.dropFirst().prefix { $0 != "|" }.matches(of: #/`([^`]+)`/#).map { String($0.1) }
            }
            #expect(filters.count > 15)
            for filter in filters {
                let outcome = try Product.call(["trace", "-qq", "-e", filter, try Product.guest("hello")])
                #expect(outcome.status == 0, "\(filter): \(outcome.errors)")
            }
        }

        @Test func fieldsAreListedWithExamplesThatWork() throws {
            let listed = try Product.call(["fields"])
            #expect(listed.status == 0 && listed.errors == "")
            let lines = listed.output.split(separator: "\n").map(String.init)
            #expect(lines.last?.hasPrefix("\(lines.count - 1) fields; ") == true)
            // Of findings there is a view, and no trace.
            for line in lines.dropLast() where !line.hasPrefix("lint ") {
                let columns = line.replacing(#/ {2,}/#, with: "\u{0}").split(separator: "\u{0}")
                try #require(columns.count == 4, "\(line)")
                let outcome = try Product.call(["trace", "-qq", "-e", String(columns[2]), try Product.guest("hello")])
                #expect(outcome.status == 0, "\(columns[2]): \(outcome.errors)")
            }
        }
    }
}
