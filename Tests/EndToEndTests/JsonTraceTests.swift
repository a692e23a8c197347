import Foundation
import Testing

extension CommandForms {
    /// `trace --format jsonl` of real guests: every line is what the schema says.
    @Suite struct JsonTraceTests {
        private let schema: JsonSchema

        init() throws { schema = try JsonSchema(contentsOfFile: Product.root + "/assets/trace.schema.json") }

        private func parsed(_ text: String) throws -> [JsonValue] {
            try text.split(separator: "\n").map { line in
                let value = try JsonValue(parsing: line)
                #expect(schema.problem(value) == nil, "\(line)")
                return value
            }
        }

        /// The lines of a trace, which begin with a header.
        private func lines(_ options: [String], _ guest: String, _ arguments: String...) throws -> [JsonValue] {
            let scratch = try Scratch()
            let outcome = try Product.call(
                ["trace", "--format", "jsonl", "-o", scratch.file("trace")] + options + [try Product.guest(guest)]
                    + arguments)
            #expect(outcome.errors == "")
            let lines = try parsed(try #require(scratch.read("trace")))
            let header = try #require(lines.first)
            #expect(header["type"] == "header" && header["schema"] == 1 && header["program"] == "wasix-top")
            #expect(header["module"]?.string == (try Product.guest(guest)))
            #expect(header["arguments"] == .array(arguments.map { .string($0) }))
            return lines
        }

        @Test(arguments: [
            ("strings", [] as [String]), ("files", ["7", "200"]), ("walk", ["3", "300"]), ("poll", []),
            ("waiting", []), ("network", []), ("unix", []), ("datagram", []), ("unstable", []), ("hello", []),
        ])
        func everyLineIsValidAndTheLastIsTheEnd(guest: String, arguments: [String]) throws {
            let scratch = try Scratch()
            let grants = ["--net", "--dir", scratch.path + "::/"]
            let options = ["trace", "--format=jsonl", "-s16", "-o", scratch.file("trace")]
            let outcome = try Product.call(options + grants + [try Product.guest(guest)] + arguments)
            let lines = try parsed(try #require(scratch.read("trace")))
            #expect(lines.first?["type"] == "header")
            #expect(lines.dropFirst().dropLast().contains { $0["type"] == "call" })
            #expect(lines.last == ["type": "end", "state": "exited", "code": .integer(Int64(outcome.status ?? -1))])
            let times = lines.compactMap { $0["time"]?.integer }
            #expect(times == times.sorted())
        }

        /// Who made what happen: each side names the other, the cause first.
        @Test(arguments: ["waiting", "trigger", "dialect"]) func causesStandInTheLines(guest: String) throws {
            let calls = try lines(["--dir", "/tmp::/"], guest).filter { $0["type"] == "call" }
            var woken: [String: Int] = [:]
            var edges = 0
            var passedOver: [JsonValue] = []
            for call in calls {
                let thread = try #require(call["thread"]?.integer)
                for waker in call["wokenBy"]?.elements ?? [] {
                    let key = "\(try #require(waker.integer)) woke \(thread)"
                    woken[key, default: 0] -= 1
                    #expect(woken[key, default: 0] >= 0, "\(call) has no cause before it")
                }
                for other in call["woke"]?.elements ?? [] {
                    woken["\(thread) woke \(try #require(other.integer))", default: 0] += 1
                }
                edges += call["edges"]?.elements?.count ?? 0
                passedOver += call["passedOver"]?.elements ?? []
            }
            #expect(edges > 0)
            // Events that were reported before, or not asked for, are waited for in vain there.
            if guest == "trigger" {
                let reasons = Set(passedOver.compactMap { $0["reason"]?.string })
                #expect(reasons.isSuperset(of: ["edge-reported", "one-shot-spent", "not-asked"]))
            }
            if guest == "waiting" { #expect(!woken.isEmpty) }
        }

        @Test func callsSayWhatTheTextSays() throws {
            let calls = try lines(["-e", "fd_write,path_open", "--dir", "/usr/share"], "strings", "nothing-there")
            let writes = calls.filter { $0["call"] == "fd_write" }
            let long = try #require(writes.first { $0["result"] == 17_012 })
            let buffers = try #require(long["args"]?["iovs"]?.elements)
            #expect(buffers.map { $0["size"] } == [16_000, 1_000, 4, 4, 4])
            #expect(buffers.first?["text"]?.string == String(repeating: "a", count: 64))
            #expect(long["cut"] == ["iovs"] && long["errno"] == .null)
            let open = try #require(calls.first { $0["call"] == "path_open" })
            #expect(open["args"]?["path"] == "nothing-there" && open["errno"] == "ENOENT")
            #expect(open["result"] == .null && open["args"]?["ret_fd"] == .null)
            #expect(open["names"]?["fd"] != nil)
        }

        @Test func filtersAreThoseOfTheText() throws {
            let failed = try lines(["-Z", "--dir", "/usr/share"], "strings", "nothing-there")
            #expect(failed.compactMap { $0["call"] } == ["path_open"])
            let named = try lines(["-P", "nothing-there", "--dir", "/usr/share"], "strings", "nothing-there")
            #expect(named.compactMap { $0["call"] } == ["path_open"])
            let threads = try lines(["-e", "none"], "hang", "50")
            #expect(threads.compactMap { $0["type"] } == ["header", "thread-start", "thread-exit", "end"])
            #expect(try lines(["-qq", "-e", "none"], "hang", "50").count == 2)
            let limited = try lines(["--limit", "3"], "clock", "4000000000")
            #expect(limited.count == 5 && limited.last == ["type": "end", "state": "running"])
        }

        @Test func constantsAreNumbersWhereTheyAreAskedFor() throws {
            let raw = try lines(["-X", "raw", "-e", "epoll_ctl"], "hang", "1")
            #expect(raw.first { $0["call"] == "epoll_ctl" }?["args"]?["op"] == 0)
            let idle = ["-tt", "-r", "-T", "--color=always"]
            let names = try lines(idle + ["-X", "verbose", "-e", "epoll_ctl"], "hang", "1")
            #expect(names.first { $0["call"] == "epoll_ctl" }?["args"]?["op"] == "EPOLL_CTL_ADD")
        }

        @Test func aGuestThatHangsShowsTheCallsThatItIsIn() throws {
            let lines = try lines(["--for", "4s"], "hang")
            #expect(lines.last == ["type": "end", "state": "running"])
            let unfinished = lines.filter { $0["unfinished"] == true }
            #expect(Set(unfinished.compactMap { $0["call"]?.string }) == ["epoll_wait", "fd_read"])
            for call in unfinished {
                #expect(call["result"] == .null && call["errno"] == .null)
                #expect((call["duration"]?.integer ?? 0) > 200_000_000)
            }
            let read = try #require(unfinished.first { $0["call"] == "fd_read" })
            #expect(read["thread"] == 2 && read["args"]?["iovs"] == [["text": "", "size": 0, "capacity": 1]])
        }

        @Test func theEndTellsOfSignalsAndTraps() throws {
            let scratch = try Scratch()
            let command = Command(
                Product.program,
                ["trace", "--format", "jsonl", "-o", scratch.file("trace"), try Product.guest("hang")])
            #expect(try command.run(sending: SIGTERM, after: "begin").status == 128 + SIGTERM)
            let killed = try parsed(try #require(scratch.read("trace")))
            #expect(killed.last == ["type": "end", "state": "signalled", "signal": "SIGTERM"])

            let module = try scratch.write(#"(module (func (export "_start") unreachable))"#, to: "trap.wat")
            let outcome = try Product.call(["trace", "--format", "jsonl", "-o", scratch.file("trace"), module])
            #expect(outcome.status == 134)
            let trapped = try parsed(try #require(scratch.read("trace")))
            #expect(trapped.last?["state"] == "trapped" && trapped.last?["stack"]?.elements?.isEmpty == false)
        }

        @Test func aGuestThatCannotBeRunLeavesNoLine() throws {
            let scratch = try Scratch()
            let module = try scratch.write("(module (nonsense))", to: "bad.wat")
            let outcome = try Product.call(["trace", "--format", "jsonl", "-o", scratch.file("trace"), module])
            #expect(outcome.status == 126)
            #expect(scratch.read("trace") == "")
        }

        @Test func whatHasNoJsonIsRefused() throws {
            for (options, named) in [
                (["--format", "xml"], "'xml'"), (["--format", ""], "--format"), (["--format", "jsonl", "-c"], "-c"),
            ] {
                let outcome = try Product.call(["trace"] + options + ["x.wasm"])
                #expect(outcome.status == 64 && outcome.output == "")
                let lines = outcome.errors.split(separator: "\n")
                #expect(lines.count == 2 && lines.last == "Try 'wasix-top trace --help'.", "\(lines)")
                #expect(lines[0].contains(named), "\(lines)")
            }
            let text = try Product.call(["trace", "--format=text", "-e", "fd_write", Product.guest("hello")]).errors
            #expect(text.hasPrefix("[T1] fd_write("))
        }
    }
}
