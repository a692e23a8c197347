import Trace
import WasixABI

/// Writes calls the way strace does: `fd_write(9<tcp :41826>, [{"hello\n", 6}], nwritten=6) = OK`.
///
/// Takes any bytes: a record or a payload that makes no sense gives odd text, never a trap.
package struct CallFormatter {
    package var options: DecodeOptions
    /// A short name of an open file description.
    private let objectName: (ObjectID) -> String?

    package init(options: DecodeOptions = DecodeOptions(), objectName: @escaping (ObjectID) -> String? = { _ in nil }) {
        self.options = options
        self.objectName = objectName
    }

    /// `name(arguments)` of a record of kind `.call`.
    package func call(_ record: TraceRecord, payload: UnsafeRawBufferPointer) -> [Token] {
        guard let id = CallID(rawValue: record.call) else { return unknownCall(record.call) }
        let words = [
            record.words.0, record.words.1, record.words.2, record.words.3, record.words.4, record.words.5,
        ]
        return call(
            CallView(
                row: id.spec, outcome: .finished(Errno(rawValue: record.errno)), words: words,
                objects: (ObjectID(rawValue: record.objects.0), ObjectID(rawValue: record.objects.1)),
                chunks: PayloadChunks(payload), result: record.inlineResult,
                isLinuxDialect: record.flags & TraceRecord.Flags.linuxDialect != 0,
                width: record.flags & TraceRecord.Flags.wide != 0 ? .bits64 : .bits32))
    }

    /// `name(arguments)` of a call that a thread is still in; what its pointers lead to is not known.
    package func unfinished(
        call id: CallID, words: [UInt32], isWide: Bool, objects: (ObjectID, ObjectID)
    ) -> [Token] {
        call(
            CallView(
                row: id.spec, outcome: .unfinished, words: words, objects: objects,
                chunks: PayloadChunks(UnsafeRawBufferPointer(start: nil, count: 0)), result: nil,
                isLinuxDialect: false, width: isWide ? .bits64 : .bits32))
    }

    /// `= OK` of a record of kind `.call`.
    package func result(_ record: TraceRecord) -> [Token] {
        var writer = TokenWriter(options: options)
        let result = CallID(rawValue: record.call)?.spec.result ?? .errno
        let value = record.inlineResult.map { UInt32(truncatingIfNeeded: $0) }
        writer.result(result, errno: Errno(rawValue: record.errno), value: value)
        return writer.tokens
    }

    /// `<no rule allows tcp out 10.0.0.1:80>`: why the sandbox refused a call; nothing when it did not.
    package func note(_ payload: UnsafeRawBufferPointer) -> [Token] {
        guard let note = PayloadChunks(payload).note else { return [] }
        var writer = TokenWriter(options: options)
        writer.callNote(note)
        return writer.tokens
    }

    /// `name(arguments) = OK`.
    package func line(_ record: TraceRecord, payload: UnsafeRawBufferPointer) -> [Token] {
        var tokens = call(record, payload: payload)
        tokens.append(Token(.punctuation, " "))
        tokens += result(record)
        let note = note(payload)
        if !note.isEmpty { tokens += [Token(.punctuation, " ")] + note }
        return tokens
    }

    private func call(_ view: CallView) -> [Token] {
        var writer = ArgumentWriter(view: view, options: options, objectName: objectName)
        return writer.write()
    }

    private func unknownCall(_ number: UInt16) -> [Token] {
        [Token(.call, "call_\(number)"), Token(.punctuation, "("), Token(.note, "?"), Token(.punctuation, ")")]
    }
}
