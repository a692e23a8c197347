import CWasmtime

/// What the engine refused, as one line. Parts of it, such as names, can be the guest's own text: whoever draws it
/// makes it safe. `frames` is the guest stack when guest code was running.
public struct EngineError: Error, Sendable, CustomStringConvertible {
    public let message: String
    public let frames: [StackFrame]

    public var description: String { message }

    init(_ message: String) {
        self.message = message
        frames = []
    }

    /// Takes over `error` and deletes it.
    init(consuming error: UnsafeMutablePointer<wasmtime_error_t>) {
        var text = wasm_byte_vec_t()
        wasmtime_error_message(error, &text)
        let report = consumeText(&text)
        var trace = wasm_frame_vec_t()
        wasmtime_error_wasm_trace(error, &trace)
        frames = StackFrame.consume(&trace)
        message = frames.isEmpty ? Self.oneLine(report) : Trap.reason(in: report)
        wasmtime_error_delete(error)
    }

    static func check(_ result: wasmtime_result_t?) throws(EngineError) {
        if let result { throw EngineError(consuming: result) }
    }

    /// The engine's multi-line report (cause chains numbered `0:`, source excerpts under `-->`) as one line.
    static func oneLine(_ report: String) -> String {
        var parts: [String] = []
        for line in report.split(whereSeparator: \.isNewline) {
            var text = line.drop { $0 == " " }
            if text.hasPrefix("-->") {
                text = text.dropFirst(3).drop { $0 == " " }
                if text.hasPrefix("<anon>:") { text = "line " + text.dropFirst("<anon>:".count) }
            } else if isExcerpt(text) || text == "Caused by:" {
                continue
            } else if let colon = text.firstIndex(of: ":"), text[..<colon].allSatisfy(\.isNumber) {
                text = text[text.index(after: colon)...].drop { $0 == " " }
            }
            if !text.isEmpty { parts.append(String(text)) }
        }
        return parts.joined(separator: ": ")
    }

    /// `|`, `12 | (module`: the source excerpt under a text-format error.
    private static func isExcerpt(_ line: Substring) -> Bool {
        line.drop { $0.isNumber }.drop { $0 == " " }.hasPrefix("|")
    }
}

/// Why guest code stopped before it returned.
public enum GuestFailure: Error, Sendable {
    /// The guest faulted, or a host function returned a trap made by `Trap.make`.
    case trap(Trap)
    /// An epoch handler said `.stop`, the instance could not be made, or nobody caught an exception.
    case error(EngineError)
}

/// Copies the bytes as text and frees them. A trap's message, unlike an error's, ends with a zero byte.
func consumeText(_ bytes: inout wasm_byte_vec_t) -> String {
    var contents = UnsafeRawBufferPointer(start: bytes.data, count: bytes.size)
    if contents.last == 0 { contents = UnsafeRawBufferPointer(rebasing: contents.dropLast()) }
    let text = String(decoding: contents, as: UTF8.self)
    wasm_byte_vec_delete(&bytes)
    return text
}
