import Diagnosis
import Trace
import WasixABI

/// One object, for programs. `assets/check.schema.json` describes and explains it.
extension CheckReport {
    private static let schemaVersion: UInt64 = 1

    var json: String {
        var writer = JsonWriter()
        writer.object { writer in
            writer.member("schema", Self.schemaVersion)
            writer.member("program", "wasix-top")
            writer.member("version", version)
            writer.member("module", module)
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
        switch guest {
        case .running: writer.member("state", "running")
        case .exited(let code):
            writer.member("state", "exited")
            writer.member("code", UInt64(code))
        case .trapped(let message, let stack):
            writer.member("state", "trapped")
            writer.member("message", message)
            writer.key("stack")
            writer.array { for frame in stack { $0.string(frame) } }
        case .signalled(let signal):
            writer.member("state", "signalled")
            writer.member("signal", UInt64(signal))
        }
        writer.key("timedOut")
        writer.bool(isTimedOut)
        writer.member("duration", uptime)
    }

    private func members(_ finding: Finding, _ level: Level, _ writer: inout JsonWriter) {
        writer.member("code", finding.lint.code)
        writer.member("lint", finding.lint.name)
        writer.member("severity", finding.lint.severity.name)
        writer.member("level", level.rawValue)
        writer.key("certain")
        writer.bool(finding.isCertain)
        writer.member("since", sinceStart(finding.since))
        writer.member("count", finding.count)
        writer.member("text", finding.text)
        if let fd = finding.fd { writer.member("fd", UInt64(fd.rawValue)) }
        writer.key("evidence")
        writer.array { writer in
            for fact in finding.evidence { writer.object { members(fact, &$0) } }
        }
        writer.key("stacks")
        writer.array { writer in
            for place in places(of: finding) { writer.object { members(place, &$0) } }
        }
        writer.member("advice", finding.lint.advice)
    }

    private func members(_ fact: Evidence, _ writer: inout JsonWriter) {
        writer.member("text", fact.text)
        if let thread = fact.thread { writer.member("thread", UInt64(thread.rawValue)) }
        if let at = fact.at { writer.member("time", sinceStart(at)) }
        guard !fact.frames.isEmpty else { return }
        writer.key("frames")
        writer.array { writer in for frame in fact.frames { writer.frame(frame) } }
    }

    private func members(_ place: Finding.Place, _ writer: inout JsonWriter) {
        writer.member("thread", UInt64(place.thread.rawValue))
        if let call = place.call { writer.member("call", call.spec.name) }
        writer.key("frames")
        writer.array { writer in
            for frame in place.frames { writer.frame(frame) }
        }
    }

    private func sinceStart(_ moment: UInt64) -> UInt64 { moment > start ? moment &- start : 0 }
}
