import Decode
import Glibc
import Trace
import WasixABI

/// Writes records as JSON, an object a line. `assets/trace.schema.json` describes and explains each line.
package struct JsonTrace: TraceFormat {
    /// Grows when something in a line changes its meaning or goes; what comes new leaves it as it is.
    package static let schema: UInt64 = 1

    package struct Options: Sendable {
        /// Of this program.
        package var version = ""
        /// The guest's module and what follows it on the command line.
        package var module: [UInt8] = []
        package var arguments: [[UInt8]] = []
        package var filter = TraceFilter()
        /// `-s`
        package var stringLimit = 64
        /// `-X raw`: flags and constants as numbers.
        package var numbersConstants = false

        package init() {}
    }

    private let options: Options
    private let decoding: DecodeOptions
    private let objectName: (ObjectID, _ moment: UInt64) -> String?
    /// Makes the text of a record, for a filter that asks for it: the same records are shown in every format.
    private var textLine: StraceLine
    /// The time of the line before. A record that comes late bears it too, so that times never run backwards.
    private var previous: UInt64 = 0

    /// - Parameter objectName: a short name of an open file description, as it was at a moment in ticks.
    package init(options: Options, objectName: @escaping (ObjectID, _ moment: UInt64) -> String?) {
        self.options = options
        self.objectName = objectName
        var decoding = DecodeOptions()
        decoding.stringLimit = options.stringLimit
        decoding.constantStyle = options.numbersConstants ? .numbers : .names
        decoding.isVerbose = true
        self.decoding = decoding
        textLine = StraceText.lines(stringLimit: options.stringLimit, objectName: objectName)
    }

    package func opening(_ time: TraceTime) -> String {
        var out = JsonWriter()
        out.object { out in
            out.member("type", "header")
            out.member("schema", Self.schema)
            out.member("program", "wasix-top")
            out.member("version", options.version)
            out.key("module")
            out.text(options.module)
            out.key("arguments")
            out.array { for argument in options.arguments { $0.text(argument) } }
            out.member("startedAt", Self.rfc3339(time.startWall))
        }
        return out.line
    }

    package mutating func line(
        _ record: TraceRecord, payload: UnsafeRawBufferPointer, from origin: RecordOrigin, time: TraceTime
    ) -> String? {
        let subject = FilterSubject(
            record, payload: payload, process: origin.process, thread: origin.thread, time: time, objectName: objectName
        )
        guard let kind = RecordKind(rawValue: record.kind),
            options.filter.shows(subject, text: { textLine.line(of: subject).text })
        else { return nil }
        previous = max(previous, time.sinceStart(record.moment))
        var out = JsonWriter()
        out.object { out in
            out.member("type", Self.name(kind))
            out.member("time", previous)
            switch kind {
            case .call:
                out.member("duration", time.duration(of: record))
                out.key("waited")
                out.bool(record.flags & TraceRecord.Flags.waited != 0)
                write(origin, to: &out)
                write(record, payload, to: &out)
            case .gap:
                out.member("duration", time.duration(of: record))
                write(origin, to: &out)
                out.member("lost", UInt64(record.result))
            case .threadStart:
                write(origin, to: &out)
                out.member("by", UInt64(record.result))
            case .threadExit:
                write(origin, to: &out)
                write(ThreadEnd(record), to: &out)
            case .signal:
                write(origin, to: &out)
                out.member("signal", Signal(rawValue: UInt8(truncatingIfNeeded: record.result)).name)
            case .whatIf:
                out.member("action", WhatIfText.brief(record))
            }
        }
        return out.line
    }

    package func ending(_ state: GuestState, isFull: Bool) -> String {
        var out = JsonWriter()
        out.object { out in
            out.member("type", "end")
            switch state {
            case .running: out.member("state", "running")
            case .exited, .signalled: write(ThreadEnd(state), to: &out)
            case .trapped(let message, let stack):
                out.member("state", "trapped")
                out.member("message", message)
                out.key("stack")
                out.array { for frame in stack { $0.string(frame) } }
            }
        }
        return out.line
    }

    // MARK: parts of a line

    private func write(_ origin: RecordOrigin, to out: inout JsonWriter) {
        out.member("process", UInt64(origin.process.rawValue))
        out.member("thread", UInt64(origin.thread.rawValue))
    }

    private func write(_ end: ThreadEnd, to out: inout JsonWriter) {
        switch end {
        case .left: out.member("state", "left")
        case .processExited(let code):
            out.member("state", "exited")
            out.member("code", UInt64(code))
        case .processKilled(let signal):
            out.member("state", "signalled")
            out.member("signal", Signal(rawValue: signal).name)
        case .processTrapped: out.member("state", "trapped")
        case .programReplaced: out.member("state", "replaced")
        }
    }

    private func write(_ record: TraceRecord, _ payload: UnsafeRawBufferPointer, to out: inout JsonWriter) {
        guard let fields = CallFields(record, payload: payload) else {
            out.member("call", "call_\(record.call)")
            out.key("args")
            out.object { _ in }
            return write(Errno(rawValue: record.errno), result: nil, to: &out)
        }
        out.member("call", fields.spec.name)
        var cut: [String] = []
        var names: [(String, String)] = []
        out.key("args")
        out.object { out in
            for (index, argument) in fields.spec.arguments.enumerated() {
                let value = fields.fieldValue(index, options: decoding)
                if value.isCut { cut.append(argument.name) }
                if let object = fields.object(index), argument.kind == .fd,
                    let name = objectName(object, record.start)
                {
                    names.append((argument.name, name))
                }
                out.key(argument.name)
                out.value(value)
            }
        }
        if !names.isEmpty {
            out.key("names")
            out.object { for (argument, name) in names { $0.member(argument, name) } }
        }
        if !cut.isEmpty {
            out.key("cut")
            out.array { for name in cut { $0.string(name) } }
        }
        write(fields.errno, result: fields.shownResult, to: &out)
        if fields.outcome == .unfinished {
            out.key("unfinished")
            out.bool(true)
        }
        if let refusal = fields.refusal { out.member("note", refusal) }
        let stack = fields.stack
        if !stack.isEmpty {
            out.key("stack")
            out.array { for frame in stack { $0.frame(frame) } }
        }
        if record.flags & TraceRecord.Flags.hasChanges != 0 { write(fields.changes, at: record.start, to: &out) }
    }

    private func write(_ changes: [ReadinessChange], at moment: UInt64, to out: inout JsonWriter) {
        let edges = changes.filter(\.isEdge)
        let threads = { (kind: ReadinessChange.Kind) in changes.filter { $0.kind == kind }.map(\.thread) }
        if !edges.isEmpty {
            out.key("edges")
            out.array { out in
                for edge in edges {
                    out.object { out in
                        write(edge, at: moment, to: &out)
                        out.key("outside")
                        out.bool(edge.kind == .hostEdge)
                    }
                }
            }
        }
        let passedOver = changes.filter { $0.kind == .passedOver }
        if !passedOver.isEmpty {
            out.key("passedOver")
            out.array { out in
                for item in passedOver {
                    out.object { out in
                        write(item, at: moment, to: &out)
                        out.member("reason", Self.name(item.reason))
                        out.key("certain")
                        out.bool(!item.isUncertain)
                    }
                }
            }
        }
        for (name, kind) in [("woke", ReadinessChange.Kind.woke), ("wokenBy", .wokenBy)] {
            let found = threads(kind)
            guard !found.isEmpty else { continue }
            out.key(name)
            out.array { for thread in found { $0.number(UInt64(thread)) } }
        }
    }

    /// The registration, its edges and its readiness.
    private func write(_ change: ReadinessChange, at moment: UInt64, to out: inout JsonWriter) {
        out.member("fd", UInt64(change.fd))
        out.member("epoll", UInt64(change.instance))
        out.member("object", UInt64(change.object))
        if let name = objectName(ObjectID(rawValue: change.object), moment) { out.member("name", name) }
        out.member("edge", UInt64(change.edge))
        out.key("events")
        out.array { out in
            let names = FlagFamily.epollEvents.names
            for entry in names.entries where UInt64(change.readiness) & entry.value != 0 {
                out.string(names.prefix + entry.name)
            }
        }
    }

    private static func name(_ reason: ReasonCode?) -> String {
        switch reason {
        case .edgeSpent: "edge-reported"
        case .oneShotSpent: "one-shot-spent"
        case .notInMask: "not-asked"
        case .reportedLevel, .reportedEdge, .notReady, nil: "no-room"
        }
    }

    private func write(_ errno: Errno?, result: UInt64?, to out: inout JsonWriter) {
        out.key("result")
        if let result { out.number(result) } else { out.null() }
        out.key("errno")
        if let errno, errno != .success { out.string(errno.name) } else { out.null() }
    }

    private static func name(_ kind: RecordKind) -> String {
        switch kind {
        case .call: "call"
        case .gap: "gap"
        case .threadStart: "thread-start"
        case .threadExit: "thread-exit"
        case .signal: "signal"
        case .whatIf: "what-if"
        }
    }

    /// `2026-11-28T23:43:25.000000001Z` of nanoseconds since the epoch.
    private static func rfc3339(_ wall: UInt64) -> String {
        var seconds = time_t(wall / 1_000_000_000)
        var parts = tm()
        guard gmtime_r(&seconds, &parts) != nil else { return "1970-01-01T00:00:00Z" }
        let padded = DurationFormat.padded
        let date = [parts.tm_mon + 1, parts.tm_mday].map { padded(UInt64($0), 2) }
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(UInt64($0), 2) }
        return "\(padded(UInt64(1900 + parts.tm_year), 4))-\(date.joined(separator: "-"))"
            + "T\(clock.joined(separator: ":")).\(padded(wall % 1_000_000_000, 9))Z"
    }
}
