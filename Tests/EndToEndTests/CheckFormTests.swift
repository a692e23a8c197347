import Foundation
import Testing

extension CommandForms {
    /// The forms of a check's report that programs read, and the list of lints.
    @Suite struct CheckForms {
        private static let stall = Result { try CheckRun(["--timeout", "8s", Product.guest("stall")]) }

        @Test func theReportSaysWhatWasRunAndHowItEnded() throws {
            let report = try Self.stall.get().report
            #expect(report["schema"] == 1 && report["program"] == "wasix-top")
            #expect(report["version"]?.string?.isEmpty == false)
            #expect(try report["module"]?.string == Product.guest("stall"))
            #expect(report["failed"] == true)
            #expect(report["guest"]?["state"] == "signalled" && report["guest"]?["timedOut"] == true)
            #expect(report["guest"]?["duration"]?.integer ?? 0 > 3_000_000_000)
        }

        @Test func aFindingHasItsReasonsAndPlaces() throws {
            let run = try Self.stall.get()
            #expect(run.findings.count == 1, "\(run.text)")
            let finding = try #require(run.findings.first)
            #expect(finding["code"] == "E01" && finding["lint"] == "et-not-drained" && finding["fd"] == 3)
            #expect(finding["severity"] == "error" && finding["level"] == "deny" && finding["certain"] == true)
            #expect(finding["count"]?.integer ?? 0 >= 1)
            #expect(finding["advice"]?.string?.hasPrefix("Read until AGAIN") == true)
            let since = finding["since"]?.integer ?? 0
            #expect(since > 2_000_000_000 && since < run.report["guest"]?["duration"]?.integer ?? 0)
            let evidence = try #require(finding["evidence"]?.elements)
            #expect(evidence.contains { $0["text"]?.string?.hasPrefix("edge 5 was reported") == true })
            #expect(evidence.contains { $0["text"] == "T2 made edge 5" && $0["thread"] == 2 })
            #expect(evidence.contains { $0["thread"] == 1 && $0["time"]?.integer ?? 0 > 0 })
            let frames = (finding["stacks"]?.elements ?? []).flatMap { $0["frames"]?.elements ?? [] }
            let frame = try #require(frames.first { $0["function"] == "serve_once" }, "\(frames)")
            #expect(frame["file"]?.string?.hasSuffix("/stall.c") == true)
            #expect(frame["line"]?.integer ?? 0 > 0 && frame["moduleOffset"]?.integer ?? 0 > 0)
        }

        @Test func codeHostsAreShownTheLine() throws {
            let scratch = try Scratch()
            let outcome = try Product.call(
                ["check", "--timeout", "8s", "--format", "sarif", "-o", scratch.file("sarif"), Product.guest("stall")])
            #expect(outcome.status == 1 && outcome.errors == "")
            let log = try JsonValue(parsing: try #require(scratch.read("sarif")))
            #expect(log["version"] == "2.1.0")
            let run = try #require(log["runs"]?[0])
            let rules = try #require(run["tool"]?["driver"]?["rules"]?.elements)
            #expect(Set(rules.compactMap { $0["id"]?.string }).count == 33)
            let result = try #require(run["results"]?[0])
            #expect(result["ruleId"] == "E01" && result["level"] == "error")
            #expect(result["message"]?["text"]?.string?.contains("16 unread bytes") == true)
            let place = try #require(result["locations"]?[0]?["physicalLocation"])
            #expect(place["artifactLocation"]?["uri"]?.string?.hasSuffix("/stall.c") == true)
            #expect(place["region"]?["startLine"]?.integer ?? 0 > 0)
            #expect(result["stacks"]?[0]?["frames"]?.elements?.isEmpty == false)
        }

        @Test func allLintsAreListed() throws {
            let outcome = try Product.call(["lints"])
            #expect(outcome.status == 0 && outcome.errors == "")
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == 34 && lines.last == "33 lints; 'wasix-top lints NAME' explains one")
            for line in lines.dropLast() {
                let row = #/[EW]\d\d  [a-z-]+ +(error|warning|hint)  +\w.+\./#
                #expect(line.wholeMatch(of: row) != nil, "\(line)")
            }
        }

        @Test func aLintIsExplainedByCodeOrName() throws {
            let outcome = try Product.call(["lints", "E01", "busy-poll"])
            #expect(outcome.status == 0 && outcome.errors == "")
            let headings = outcome.output.split(separator: "\n").filter { !$0.hasPrefix(" ") }
            #expect(headings == ["E01  et-not-drained  (error)", "W06  busy-poll  (warning)"])
            #expect(outcome.output.contains("    epoll_ctl(ep, ADD, fd, IN | ET);\n"))
            #expect(outcome.output.contains("  Read until AGAIN after each event"))
            #expect(try Product.call(["lints", "e01"]).output.hasPrefix("E01  et-not-drained"))
        }

        @Test func aLintThatThereIsNotIsNamed() throws {
            for arguments in [["nonsense"], ["E01", "nonsense"]] {
                let outcome = try Product.call(["lints"] + arguments)
                #expect(outcome.status == 64 && outcome.output == "")
                #expect(outcome.errors == "wasix-top: error: nonsense: no such lint\n'wasix-top lints' lists them.\n")
            }
        }
    }
}
