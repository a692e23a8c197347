import Diagnosis
import Trace
import WasixABI

/// One object, for programs. Times are nanoseconds since the guest's start.
extension CheckReport {
    private static let schemaVersion: UInt64 = 1

    var json: String {
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

    private func sinceStart(_ moment: UInt64) -> UInt64 { moment > start ? moment &- start : 0 }
}
