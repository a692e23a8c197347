import Diagnosis
import Model
import Trace
import WasixABI

/// The identity of a row, by which a cursor follows it when rows move.
package enum RowID: Hashable, Sendable {
    case descriptor(DescriptorRow.ID)
    case item(ItemRow.ID)
    case thread(ThreadID)
    case call(CallID)
    case process(ProcessID)
    case finding(Finding.ID)
    /// A line of a document, by its section and its place there.
    case spot(section: Int, index: Int)
    /// The number of a trace entry or of a line of output.
    case number(UInt64)

    var number: UInt64? {
        if case .number(let number) = self { number } else { nil }
    }
}
