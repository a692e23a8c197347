import Diagnosis
import Foundation
import TestSupport
import Testing
import Trace
import WasixABI

@testable import Export

/// What a check found, for people and for programs.
@Suite struct CheckReportTests {
    private static func schema() throws -> JsonSchema {
        let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try JsonSchema(contentsOfFile: top.path + "/assets/check.schema.json")
    }

    private let now: UInt64 = 100_000_000_000
    private let second: UInt64 = 1_000_000_000

    /// A finding with everything that one may have.
    private func finding(_ id: LintID = .etNotDrained, function: String = "serve") -> Finding {
        var finding = Finding(id, .process, since: now - 3 * second, "fd 7 has 16 unread bytes.")
        finding.count = 4
        finding.fd = FdNumber(rawValue: 7)
        finding.isCertain = false
        finding.evidence = [
            Evidence("T2 read", entry: 9, thread: ThreadID(rawValue: 2), at: now - 4 * second), Evidence("a fact"),
        ]
        finding.evidence[0].frames = [GuestFrame(function: "read", file: "src/a.c", line: 51)]
        finding.threads = [ThreadID(rawValue: 2), ThreadID(rawValue: 1)]
        finding.stack = [
            GuestFrame(function: "read", moduleOffset: 0x40),
            GuestFrame(function: function, moduleOffset: 0x80, file: "src/a.c", line: 52),
        ]
        finding.places = [
            Finding.Place(
                thread: ThreadID(rawValue: 1), call: .epollWait, frames: [GuestFrame(function: "epoll_wait")])
        ]
        return finding
    }

    private func report(
        _ findings: [(finding: Finding, level: CheckReport.Level)], guest: GuestState = .exited(code: 0),
        isTimedOut: Bool = false
    ) -> CheckReport {
        CheckReport(
            version: "1.2.3", module: "a \"quoted\" \u{1b} name.wasm", guest: guest, isTimedOut: isTimedOut,
            uptime: 5 * second, now: now, findings: findings)
    }

    private func json(_ report: CheckReport, _ format: CheckReport.Format = .json) throws -> JsonValue {
        let text = report.text(format)
        #expect(text.hasSuffix("\n") && !text.dropLast().contains("\n"))
        #expect(text.unicodeScalars.dropLast().allSatisfy { (0x20..<0x7f).contains($0.value) })
        let value = try JsonValue(parsing: text)
        if format == .json { #expect(try Self.schema().problem(value) == nil) }
        return value
    }

    // MARK: for people

    @Test func nothingFoundIsOneLine() {
        #expect(report([]).text(.text) == "check: nothing found; the guest exited with 0 after 5s\n")
        #expect(!report([]).isFailed)
    }

    @Test func levelsBeginTheLinesAndAreCounted() {
        let report = report([(finding(), .deny), (finding(.ghostItem), .warn), (finding(.ltStorm), .warn)])
        let lines = report.text(.text).split(separator: "\n").map(String.init)
        #expect(lines[0] == "error: E01 et-not-drained (in part likely): fd 7 has 16 unread bytes.")
        #expect(lines[1] == "    T2 read in read a.c:51, 4s ago")
        #expect(
            lines.filter { !$0.hasPrefix(" ") }.map { String($0.prefix(12)) } == [
                "error: E01 e", "warning: W24", "warning: W04", "check: 1 den",
            ])
        #expect(lines.last == "check: 1 denied, 2 warned of; the guest exited with 0 after 5s")
        #expect(report.isFailed)
    }

    @Test func warningsAloneDoNotFail() { #expect(!report([(finding(), .warn)]).isFailed) }

    @Test func everyEndIsToldInWords() {
        func end(_ state: GuestState, isTimedOut: Bool = false) -> Substring? {
            report([], guest: state, isTimedOut: isTimedOut).text(.text).dropLast().split(separator: "; ").last
        }
        #expect(end(.running) == "the guest still ran after 5s")
        #expect(end(.running, isTimedOut: true) == "the guest was ended, its time was over, after 5s")
        #expect(end(.signalled(signal: Signal.term.rawValue)) == "the guest was killed by SIGTERM after 5s")
        #expect(end(.trapped(message: "a\u{1b}\nb", stack: [])) == #"the guest trapped (a\x1b\nb) after 5s"#)
        let trapped = report([], guest: .trapped(message: "no", stack: ["f\u{7}", "_start"])).text(.text)
        #expect(trapped.hasSuffix("the guest trapped (no) after 5s\n  #0 f\\x07\n  #1 _start\n"), "\(trapped)")
    }

    // MARK: for programs

    @Test func jsonHasEverythingOfAFinding() throws {
        let value = try json(report([(finding(), .deny)]))
        #expect(value["schema"] == 1 && value["program"] == "wasix-top" && value["version"] == "1.2.3")
        #expect(value["module"]?.string == "a \"quoted\" \u{1b} name.wasm")
        #expect(value["failed"] == true)
        #expect(
            value["guest"] == ["state": "exited", "code": 0, "timedOut": false, "duration": 5_000_000_000])
        let found = try #require(value["findings"]?[0])
        #expect(found["code"] == "E01" && found["lint"] == "et-not-drained" && found["severity"] == "error")
        #expect(found["level"] == "deny" && found["certain"] == false && found["count"] == 4 && found["fd"] == 7)
        #expect(found["since"] == 2_000_000_000)
        #expect(found["text"] == "fd 7 has 16 unread bytes.")
        #expect(
            found["evidence"] == [
                [
                    "text": "T2 read", "thread": 2, "time": 1_000_000_000,
                    "frames": [["function": "read", "file": "src/a.c", "line": 51]],
                ], ["text": "a fact"],
            ])
        #expect(found["advice"]?.string == LintID.etNotDrained.lint.advice)
        #expect(
            found["stacks"] == [
                [
                    "thread": 2,
                    "frames": [
                        ["function": "read", "moduleOffset": 64],
                        ["function": "serve", "file": "src/a.c", "line": 52, "moduleOffset": 128],
                    ],
                ],
                ["thread": 1, "call": "epoll_wait", "frames": [["function": "epoll_wait"]]],
            ])
    }

    @Test func jsonTellsEveryEnd() throws {
        func guest(_ state: GuestState) throws -> [String: JsonValue]? {
            var members = try json(report([], guest: state))["guest"]?.members
            members?["timedOut"] = nil
            members?["duration"] = nil
            return members
        }
        #expect(try guest(.running) == ["state": "running"])
        #expect(try guest(.exited(code: 3)) == ["state": "exited", "code": 3])
        #expect(
            try guest(.trapped(message: "\u{1}\"", stack: ["x"])) == [
                "state": "trapped", "message": "\u{1}\"", "stack": ["x"],
            ])
        #expect(try guest(.signalled(signal: 9)) == ["state": "signalled", "signal": 9])
        #expect(try json(report([], isTimedOut: true))["guest"]?["timedOut"] == true)
    }

    @Test func aFindingWithoutPartsHasNoMembersForThem() throws {
        let bare = Finding(.fdLeak, .process, since: 0, "It grows.")
        let found = try #require(try json(report([(bare, .warn)]))["findings"]?[0])
        #expect(found["fd"] == nil && found["evidence"] == [] && found["stacks"] == [] && found["since"] == 0)
    }

    // MARK: SARIF

    @Test func sarifNamesAllRulesAndPlacesTheResult() throws {
        let value = try json(report([(finding(), .deny), (finding(.ghostItem), .warn)]), .sarif)
        #expect(value["version"] == "2.1.0")
        let run = try #require(value["runs"]?[0])
        let driver = try #require(run["tool"]?["driver"])
        #expect(driver["name"] == "wasix-top" && driver["version"] == "1.2.3")
        let rules = try #require(driver["rules"]?.elements)
        #expect(rules.compactMap { $0["id"]?.string } == Lint.all.map(\.code))
        #expect(rules.allSatisfy { $0["shortDescription"]?["text"] != nil && $0["help"]?["text"] != nil })
        let results = try #require(run["results"]?.elements)
        #expect(results.map { $0["level"] } == ["error", "warning"])
        #expect(results.map { $0["ruleId"] } == ["E01", "W24"])
        #expect(results[0]["message"]?["text"] == "fd 7 has 16 unread bytes.")
        // The innermost frame with a line is where it is shown.
        let place = results[0]["locations"]?[0]
        #expect(place?["physicalLocation"]?["artifactLocation"]?["uri"] == "src/a.c")
        #expect(place?["physicalLocation"]?["region"]?["startLine"] == 52)
        #expect(place?["logicalLocations"]?[0]?["name"] == "serve")
        let frames = results[0]["stacks"]?[0]?["frames"]
        #expect(frames?[0]?["location"]?["logicalLocations"]?[0]?["name"] == "read")
        #expect(frames?[0]?["location"]?["physicalLocation"] == nil)
        #expect(results[0]["stacks"]?[1]?["message"]?["text"] == "T1")
    }

    @Test func aResultWithoutALineHasNoPlace() throws {
        var bare = finding()
        bare.stack = []
        let result = try json(report([(bare, .warn)]), .sarif)["runs"]?[0]?["results"]?[0]
        #expect(result?["locations"] == [])
        bare.stack = [GuestFrame(function: "f", file: "a.c", line: 0)]
        let first = try json(report([(bare, .warn)]), .sarif)["runs"]?[0]?["results"]?[0]?["locations"]?[0]
        #expect(first?["physicalLocation"]?["region"]?["startLine"] == 1)
    }

    // MARK: a guest that means no good

    @Test(arguments: ["\u{1b}[2J", "\"},{\"", "a\nerror: E99", "\u{0}", "\u{9b}31m", "名\u{202e}gnp", "\\u0022"])
    func namesOfTheGuestStayNames(_ name: String) throws {
        let report = report([(finding(function: name), .deny)])
        let lines = report.text(.text).split(separator: "\n")
        #expect(lines.count == report.text(.text).filter { $0 == "\n" }.count)
        #expect(lines.count { !$0.hasPrefix(" ") } == 2)
        #expect(
            report.text(.text).unicodeScalars.allSatisfy { (0x20..<0x7f).contains($0.value) || $0 == "\n" })
        let frame = try json(report)["findings"]?[0]?["stacks"]?[0]?["frames"]?[1]
        #expect(frame?["function"]?.string == name)
        let result = try json(report, .sarif)["runs"]?[0]?["results"]?[0]
        #expect(result?["locations"]?[0]?["logicalLocations"]?[0]?["name"]?.string == name)
    }
}
