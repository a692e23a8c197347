import Decode
import Trace
import WasixABI

/// Which lines are wanted, in the language that is the same everywhere: `%net and dur>1ms and not err=EAGAIN`.
///
/// Terms are a comparison of a field (`FilterField`), a field alone (the call has it, or it is so), a set of calls in
/// strace's words (`CallSet`), or any other word or quoted text, which asks for lines that contain it, without regard to
/// case. `not` (`!`) binds closest, then `and` (`&&`), then `or` (`||`).
///
/// A comparison is false where the call has no such value, also with `!=`: `err!=EAGAIN` is about calls that failed, `not
/// err=EAGAIN` about all others as well. Of several values, as of the descriptors of a call, one that compares is enough;
/// with `!=` none may be equal.
///
/// What is asked of calls alone says neither yes nor no of other lines: those of threads, signals and holes.
///
/// A value, and safe on every thread: evaluating changes nothing.
package struct Filter: Sendable {
    private let expression: FilterExpression
    /// Whether `text` is asked for: making a line costs more than all else together.
    package let needsText: Bool

    /// Every line.
    package static let all = Filter(.all([]))

    private init(_ expression: FilterExpression) {
        self.expression = expression
        needsText = expression.asks(for: .text)
    }

    /// - Parameter fields: what can be asked here. Names of other fields, and of calls where those cannot be asked for, are
    ///   words like any other.
    package init(parsing text: String, fields: Set<FilterField> = FilterField.ofRecords) throws(FilterProblem) {
        // A pattern of strace's ends at a comma, whatever else is in it.
        if fields.contains(.call), text.contains("/"), let calls = try? CallSet(parsing: text) {
            self.init(.calls(calls))
        } else {
            var parser = FilterParser(text, fields: fields)
            self.init(try parser.parse())
        }
    }

    /// Whether the line is wanted; nil where nothing that was asked is about such a line.
    /// - Parameters:
    ///   - subject: the record, and where it comes from.
    ///   - text: the line as it is shown; called only with `needsText`, and then at most once.
    package func verdict(_ subject: FilterSubject, text: () -> String) -> Bool? {
        withoutActuallyEscaping(text) { text in
            var evaluation = RecordEvaluation(subject, text: text)
            return expression.verdict(&evaluation)
        }
    }

    /// Whether a row of a table is wanted.
    /// - Parameter values: what the row has of a field that can be asked here.
    package func matches(row values: (FilterField) -> FilterValues) -> Bool {
        withoutActuallyEscaping(values) { values in
            var evaluation = RowEvaluation(values: values)
            return expression.verdict(&evaluation) ?? false
        }
    }

    /// Whether what was asked is so.
    package func matches(_ subject: FilterSubject, text: () -> String) -> Bool { verdict(subject, text: text) == true }

    /// The calls that it chooses; nil when it asks for anything but their names.
    package var callSet: CallSet? {
        guard FilterField.allCases.allSatisfy({ $0 == .call || !expression.asks(for: $0) }) else { return nil }
        return expression.callSet
    }
}

/// One record, with all that a filter can ask of it.
package struct FilterSubject {
    let record: TraceRecord
    let payload: UnsafeRawBufferPointer
    let process: ProcessID
    let thread: ThreadID
    let time: TraceTime
    let objectName: (ObjectID, _ moment: UInt64) -> String?

    /// - Parameters:
    ///   - record: for a call in progress, one that is unfinished and lasts until now.
    ///   - payload: must outlive the subject.
    ///   - process: whose thread it is.
    ///   - thread: whose record it is.
    ///   - time: of the record's ticks.
    ///   - objectName: a short name of an open file description, as it was at a moment in ticks.
    package init(
        _ record: TraceRecord, payload: UnsafeRawBufferPointer, process: ProcessID, thread: ThreadID, time: TraceTime,
        objectName: @escaping (ObjectID, _ moment: UInt64) -> String?
    ) {
        self.record = record
        self.payload = payload
        self.process = process
        self.thread = thread
        self.time = time
        self.objectName = objectName
    }
}
