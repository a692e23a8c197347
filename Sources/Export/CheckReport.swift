import Decode
import Diagnosis
import Trace
import WasixABI

/// What a check found in one run, in a form for people or for programs.
package struct CheckReport {
    package enum Format: String, Sendable, CaseIterable {
        case text, json, sarif
    }

    /// How a finding of a lint counts.
    package enum Level: String, Sendable {
        /// It is told and makes the check fail.
        case deny
        /// It is told.
        case warn
    }

    private static let schemaVersion: UInt64 = 1

    /// The program's version.
    package var version: String
    package var module: String
    package var guest: GuestState
    /// The guest was ended because its time was over.
    package var isTimedOut: Bool
    /// Nanoseconds that it ran.
    package var uptime: UInt64
    /// CLOCK_MONOTONIC nanoseconds: of the guest's start, and of the last state.
    package var start: UInt64
    package var now: UInt64
    package var findings: [(finding: Finding, level: Level)]

    package init(
        version: String, module: String, guest: GuestState, isTimedOut: Bool, uptime: UInt64, now: UInt64,
        findings: [(finding: Finding, level: Level)]
    ) {
        self.version = version
        self.module = module
        self.guest = guest
        self.isTimedOut = isTimedOut
        self.uptime = uptime
        start = now &- uptime
        self.now = now
        self.findings = findings
    }

    /// Something was found that is denied.
    package var isFailed: Bool { findings.contains { $0.level == .deny } }

    package func text(_ format: Format) -> String {
        switch format {
        case .text: lines.joined(separator: "\n") + "\n"
        case .json: json
        case .sarif: sarif
        }
    }

    // MARK: for people

    private var lines: [String] {
        let text = FindingText(at: now)
        var lines: [String] = []
        for (finding, level) in findings {
            let found = text.lines(finding)
            lines.append("\(level == .deny ? "error" : "warning"): \(found[0])")
            lines += found.dropFirst()
        }
        let denied = findings.count { $0.level == .deny }
        let counts = findings.isEmpty ? "nothing found" : "\(denied) denied, \(findings.count - denied) warned of"
        lines.append("check: \(counts); \(end) after \(DurationFormat.short(uptime))")
        return lines
    }

    private var end: String {
        if isTimedOut { return "the guest was ended, its time was over," }
        return switch guest {
        case .running: "the guest still ran"
        case .exited(let code): "the guest exited with \(code)"
        case .trapped(let message, _): "the guest trapped (\(StringEscaper.plain(message)))"
        case .signalled(let signal): "the guest was killed by \(Signal(rawValue: signal).name)"
        }
    }

    // MARK: for programs

    private var json: String {
        var writer = JsonWriter()
        writer.object { writer in
            writer.key("schema")
            writer.number(Self.schemaVersion)
            writer.key("program")
            writer.string("wasix-top")
            writer.key("version")
            writer.string(version)
            writer.key("module")
            writer.string(module)
            writer.key("guest")
            writer.object { guestMembers(&$0) }
            writer.key("failed")
            writer.bool(isFailed)
            writer.key("findings")
            writer.array { writer in
                for (finding, level) in findings { writer.object { members(finding, level, &$0) } }
            }
        }
        return writer.line
    }

    private func guestMembers(_ writer: inout JsonWriter) {
        writer.key("state")
        switch guest {
        case .running: writer.string("running")
        case .exited(let code):
            writer.string("exited")
            writer.key("code")
            writer.number(UInt64(code))
        case .trapped(let message, _):
            writer.string("trapped")
            writer.key("message")
            writer.string(message)
        case .signalled(let signal):
            writer.string("signalled")
            writer.key("signal")
            writer.number(UInt64(signal))
        }
        writer.key("timedOut")
        writer.bool(isTimedOut)
        writer.key("duration")
        writer.number(uptime)
    }

    private func members(_ finding: Finding, _ level: Level, _ writer: inout JsonWriter) {
        writer.key("code")
        writer.string(finding.lint.code)
        writer.key("lint")
        writer.string(finding.lint.name)
        writer.key("severity")
        writer.string(finding.lint.severity.name)
        writer.key("level")
        writer.string(level.rawValue)
        writer.key("certain")
        writer.bool(finding.isCertain)
        writer.key("since")
        writer.number(sinceStart(finding.since))
        writer.key("count")
        writer.number(finding.count)
        writer.key("text")
        writer.string(finding.text)
        if let fd = finding.fd {
            writer.key("fd")
            writer.number(UInt64(fd.rawValue))
        }
        writer.key("evidence")
        writer.array { writer in
            for fact in finding.evidence { writer.object { members(fact, &$0) } }
        }
        writer.key("stacks")
        writer.array { writer in
            for place in places(of: finding) { writer.object { members(place, &$0) } }
        }
        writer.key("advice")
        writer.string(finding.lint.advice)
    }

    private func members(_ fact: Evidence, _ writer: inout JsonWriter) {
        writer.key("text")
        writer.string(fact.text)
        if let thread = fact.thread {
            writer.key("thread")
            writer.number(UInt64(thread.rawValue))
        }
        if let at = fact.at {
            writer.key("time")
            writer.number(sinceStart(at))
        }
    }

    private func members(_ place: Finding.Place, _ writer: inout JsonWriter) {
        writer.key("thread")
        writer.number(UInt64(place.thread.rawValue))
        if let call = place.call {
            writer.key("call")
            writer.string(call.spec.name)
        }
        writer.key("frames")
        writer.array { writer in
            for frame in place.frames { writer.object { members(frame, &$0) } }
        }
    }

    private func members(_ frame: GuestFrame, _ writer: inout JsonWriter) {
        writer.key("function")
        writer.string(frame.function)
        if let file = frame.file, let line = frame.line {
            writer.key("file")
            writer.string(file)
            writer.key("line")
            writer.number(UInt64(clamping: line))
        }
        if let offset = frame.moduleOffset {
            writer.key("moduleOffset")
            writer.number(UInt64(clamping: offset))
        }
    }

    /// The stack that did it first, then those of the threads.
    private func places(of finding: Finding) -> [Finding.Place] {
        guard !finding.stack.isEmpty, let thread = finding.threads.first else { return finding.places }
        return [Finding.Place(thread: thread, call: nil, frames: finding.stack)] + finding.places
    }

    private func sinceStart(_ moment: UInt64) -> UInt64 { moment > start ? moment &- start : 0 }
}

/// The Static Analysis Results Interchange Format, which code hosts show beside the source.
extension CheckReport {
    private var sarif: String {
        var writer = JsonWriter()
        writer.object { writer in
            writer.key("$schema")
            writer.string("https://json.schemastore.org/sarif-2.1.0.json")
            writer.key("version")
            writer.string("2.1.0")
            writer.key("runs")
            writer.array { writer in
                writer.object { writer in
                    writer.key("tool")
                    writer.object { tool(&$0) }
                    writer.key("results")
                    writer.array { writer in
                        for (finding, level) in findings { writer.object { result(finding, level, &$0) } }
                    }
                }
            }
        }
        return writer.line
    }

    private func tool(_ writer: inout JsonWriter) {
        writer.key("driver")
        writer.object { writer in
            writer.key("name")
            writer.string("wasix-top")
            writer.key("version")
            writer.string(version)
            writer.key("rules")
            writer.array { writer in
                for lint in Lint.all {
                    writer.object { writer in
                        writer.key("id")
                        writer.string(lint.code)
                        writer.key("name")
                        writer.string(lint.name)
                        writer.key("shortDescription")
                        message(lint.summary, &writer)
                        writer.key("help")
                        message(lint.advice, &writer)
                    }
                }
            }
        }
    }

    private func result(_ finding: Finding, _ level: Level, _ writer: inout JsonWriter) {
        writer.key("ruleId")
        writer.string(finding.lint.code)
        writer.key("level")
        writer.string(level == .deny ? "error" : "warning")
        writer.key("message")
        message(finding.text, &writer)
        writer.key("locations")
        writer.array { writer in
            let frames = places(of: finding).lazy.flatMap(\.frames)
            guard let frame = frames.first(where: { $0.line != nil }) else { return }
            writer.object { location(frame, &$0) }
        }
        writer.key("stacks")
        writer.array { writer in
            for place in places(of: finding) {
                writer.object { writer in
                    writer.key("message")
                    message("T\(place.thread.rawValue)", &writer)
                    writer.key("frames")
                    writer.array { writer in
                        for frame in place.frames {
                            writer.object { writer in
                                writer.key("location")
                                writer.object { location(frame, &$0) }
                            }
                        }
                    }
                }
            }
        }
    }

    private func location(_ frame: GuestFrame, _ writer: inout JsonWriter) {
        if let file = frame.file, let line = frame.line {
            writer.key("physicalLocation")
            writer.object { writer in
                writer.key("artifactLocation")
                writer.object { writer in
                    writer.key("uri")
                    writer.string(file)
                }
                writer.key("region")
                writer.object { writer in
                    writer.key("startLine")
                    writer.number(UInt64(clamping: max(line, 1)))
                }
            }
        }
        writer.key("logicalLocations")
        writer.array { writer in
            writer.object { writer in
                writer.key("name")
                writer.string(frame.function)
            }
        }
    }

    private func message(_ text: String, _ writer: inout JsonWriter) {
        writer.object { writer in
            writer.key("text")
            writer.string(text)
        }
    }
}
