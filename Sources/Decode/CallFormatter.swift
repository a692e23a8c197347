import Trace
import WasixABI

/// One call as text: `fd_write(9<tcp :41826>, [{"hello\n", 6}])`, `= 6`, and why the sandbox refused it.
package struct CallText: Sendable {
    package var call: [Token]
    package var result: [Token]
    /// `<no rule allows tcp out 10.0.0.1:80>`; empty when it was not refused.
    package var note: [Token]

    /// All of it on one line.
    package var line: [Token] {
        var tokens = call + [Token(.punctuation, " ")] + result
        if !note.isEmpty { tokens += [Token(.punctuation, " ")] + note }
        return tokens
    }
}

/// Writes calls the way strace does: `fd_write(9<tcp :41826>, [{"hello\n", 6}]) = 6`.
///
/// Takes any bytes: a record or a payload that makes no sense gives odd text, never a trap.
package struct CallFormatter {
    package var options: DecodeOptions
    /// A short name of an open file description, as it was at a moment in ticks.
    private let objectName: (ObjectID, _ moment: UInt64) -> String?

    package init(
        options: DecodeOptions = DecodeOptions(), nameAtMoment: @escaping (ObjectID, _ moment: UInt64) -> String?
    ) {
        self.options = options
        objectName = nameAtMoment
    }

    /// For names that do not change.
    package init(options: DecodeOptions = DecodeOptions(), objectName: @escaping (ObjectID) -> String? = { _ in nil }) {
        self.init(options: options) { object, _ in objectName(object) }
    }

    /// A record of kind `.call`.
    package func text(_ record: TraceRecord, payload: UnsafeRawBufferPointer) -> CallText {
        guard let fields = CallFields(record, payload: payload) else { return unknownCall(record) }
        return text(fields, at: record.start)
    }

    /// - Parameter moment: when the call began, in ticks: its descriptors bear the names that they had then.
    package func text(_ fields: CallFields, at moment: UInt64) -> CallText {
        var arguments = ArgumentWriter(call: fields, options: options) { objectName($0, moment) }
        var result = TokenWriter(options: options, width: fields.width)
        result.result(fields)
        var note = TokenWriter(options: options)
        if let refusal = fields.chunks.note { note.callNote(refusal) }
        return CallText(call: arguments.write(), result: result.tokens, note: note.tokens)
    }

    /// `name(arguments)` of a call that a thread is still in.
    /// - Parameter moment: when it began, in ticks.
    package func unfinished(
        call id: CallID, words: [UInt32], payload: [UInt8] = [], isWide: Bool, objects: (ObjectID, ObjectID),
        at moment: UInt64 = .max
    ) -> [Token] {
        payload.withUnsafeBytes { bytes in
            text(CallFields(inProgress: id, words: words, isWide: isWide, objects: objects, payload: bytes), at: moment)
                .call
        }
    }

    private func unknownCall(_ record: TraceRecord) -> CallText {
        var result = TokenWriter(options: options)
        result.add(.punctuation, "= ")
        if record.errno == 0 { result.number(0) } else { result.errno(UInt64(record.errno)) }
        return CallText(
            call: [
                Token(.call, "call_\(record.call)"), Token(.punctuation, "("), Token(.note, "?"),
                Token(.punctuation, ")"),
            ], result: result.tokens, note: [])
    }
}
