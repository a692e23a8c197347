import Decode
import Trace
import WasixABI

/// Asks one record what a filter wants to know. What costs something (arguments, the line) is read once, and only when
/// it is asked for.
struct RecordEvaluation: FilterEvaluation {
    private let subject: FilterSubject
    private let makeText: () -> String
    private lazy var text = makeText()
    private lazy var fields = CallFields(record, payload: subject.payload)

    init(_ subject: FilterSubject, text: @escaping () -> String) {
        self.subject = subject
        makeText = text
    }

    private var record: TraceRecord { subject.record }
    private var isCall: Bool { record.kind == RecordKind.call.rawValue }
    private var isUnfinished: Bool { record.flags & TraceRecord.Flags.unfinished != 0 }
    private var hasWaited: Bool { record.flags & TraceRecord.Flags.waited != 0 }

    func verdict(_ calls: CallSet) -> Bool? { isCall ? CallID(rawValue: record.call).map(calls.contains) : nil }

    mutating func verdict(_ test: FilterTest) -> Bool? { isCall || test.field.isOfAnyRecord ? passes(test) : nil }

    private mutating func passes(_ test: FilterTest) -> Bool {
        switch test.field {
        case .call: true
        case .ok: !isUnfinished && record.errno == 0
        case .failed: !isUnfinished && record.errno != 0
        case .unfinished: isUnfinished
        case .lifetime: [RecordKind.threadStart.rawValue, RecordKind.threadExit.rawValue].contains(record.kind)
        case .text: test.passes(CollectionOfOne(text))
        case .fdType, .fdName, .path, .refused, .stack: test.passes(texts(test.field))
        case .fd, .edge, .woke, .wokenBy, .passed, .ready: test.passes(numbers(test.field))
        case .lint: false
        case .error, .result, .bytes, .duration, .wait, .timeout, .thread, .process, .time, .signal:
            number(test.field).map { test.passes(CollectionOfOne($0)) } ?? false
        }
    }

    /// Of a field with one value.
    private mutating func number(_ field: FilterField) -> UInt64? {
        let time = subject.time
        switch field {
        case .error: return isUnfinished || record.errno == 0 ? nil : UInt64(record.errno)
        case .result: return fields?.shownResult
        case .bytes: return fields?.movedBytes
        case .duration: return time.duration(of: record)
        case .wait: return hasWaited ? time.sinceStart(record.moment) &- time.sinceStart(record.start) : nil
        case .timeout: return fields?.timeout
        case .thread: return UInt64(subject.thread.rawValue)
        case .process: return UInt64(subject.process.rawValue)
        case .time: return time.sinceStart(record.moment)
        case .signal: return record.kind == RecordKind.signal.rawValue ? UInt64(record.result) : nil
        default: return nil
        }
    }

    private mutating func numbers(_ field: FilterField) -> [UInt64] {
        if field == .fd { return (fields?.concernedDescriptors ?? []).map { UInt64($0.rawValue) } }
        if field == .ready { return FilterField.bits((fields?.reportedEvents ?? []).map(\.events)) }
        guard record.flags & TraceRecord.Flags.hasChanges != 0, let changes = fields?.changes else { return [] }
        switch field {
        case .edge: return changes.filter(\.isEdge).map { UInt64($0.fd) }
        case .passed: return changes.filter { $0.kind == .passedOver }.map { UInt64($0.fd) }
        case .woke: return changes.filter { $0.kind == .woke }.map { UInt64($0.thread) }
        case .wokenBy: return changes.filter { $0.kind == .wokenBy }.map { UInt64($0.thread) }
        default: return []
        }
    }

    private mutating func texts(_ field: FilterField) -> [String] {
        switch field {
        case .fdName: return objectNames
        case .fdType: return objectNames.map(FilterField.type(ofName:))
        case .path: return (fields?.paths ?? []).map { String(decoding: $0, as: UTF8.self) }
        case .refused: return fields?.refusal.map { [$0] } ?? []
        case .stack: return (fields?.stack ?? []).flatMap { [$0.function, $0.file].compactMap(\.self) }
        default: return []
        }
    }

    private var objectNames: [String] {
        [record.objects.0, record.objects.1].filter { $0 != 0 }.compactMap {
            subject.objectName(ObjectID(rawValue: $0), record.start)
        }
    }
}

extension CallFields {
    /// What the C function of that purpose returns; nil when it has not returned, never does or failed.
    var shownResult: UInt64? {
        guard succeeded, spec.result != .never else { return nil }
        return spec.returned == nil && spec.result != .numberOrError ? 0 : returned
    }

    /// The descriptors that it was given, asked about, was told of or made.
    package var concernedDescriptors: [FdNumber] {
        descriptors + (polled ?? []).map(\.fd) + reportedEvents.compactMap(\.fd)
    }
}
