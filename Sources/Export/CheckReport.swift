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
        guard case .trapped(_, let stack) = guest else { return lines }
        return lines + stack.enumerated().map { depth, frame in "  #\(depth) \(StringEscaper.plain(frame))" }
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

    /// The stack that did it first, then those of the threads.
    func places(of finding: Finding) -> [Finding.Place] {
        guard !finding.stack.isEmpty, let thread = finding.threads.first else { return finding.places }
        return [Finding.Place(thread: thread, call: nil, frames: finding.stack)] + finding.places
    }
}
