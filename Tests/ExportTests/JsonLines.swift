import Foundation
import TestSupport
import Testing
import Trace
import WasixABI

@testable import Export

/// Lines of a JSON trace, checked against the schema and parsed.
struct JsonLines {
    let schema: JsonSchema

    init() throws {
        let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        schema = try JsonSchema(contentsOfFile: top.path + "/assets/trace.schema.json")
    }

    let origin = RecordOrigin(process: .initial, thread: ThreadID(rawValue: 2), slot: 0)

    /// A line that is whole, ASCII and valid; nil for none.
    func parsed(_ line: String?, _ comment: String = "") throws -> JsonValue? {
        guard let line else { return nil }
        #expect(line.last == "\n")
        let isPrintable = line.utf8.dropLast().allSatisfy { (0x20..<0x7f).contains($0) }
        #expect(isPrintable, "\(line)")
        let value = try JsonValue(parsing: line)
        #expect(schema.problem(value) == nil, "\(comment): \(line)")
        return value
    }

    func line(
        _ record: TraceRecord, _ payload: [UInt8] = [], options: JsonTrace.Options = JsonTrace.Options(),
        names: @escaping (UInt32) -> String? = { _ in nil }
    ) throws -> JsonValue? {
        var trace = JsonTrace(options: options) { object, _ in names(object.rawValue) }
        let text = payload.withUnsafeBytes { trace.line(record, payload: $0, from: origin, time: TraceTime()) }
        return try parsed(text, "\(record)")
    }

    /// A call of thread 2, as the tracer keeps it.
    func called(_ call: CallID, _ arguments: [UInt64], _ guest: TracedMemory, errno: Errno = .success) throws
        -> JsonValue
    {
        let (record, payload) = guest.record(call, arguments, errno: errno)
        return try #require(try line(record, payload) { "object \($0)" })
    }
}
