import Decode
import WasixABI

/// What a row of a table has of a field: nothing, one or several values.
package enum FilterValues {
    case flag(Bool)
    case numbers([UInt64])
    case texts([String])
    case call(CallID?)
}

/// Asks a row of a table what a filter wants to know.
struct RowEvaluation: FilterEvaluation {
    let values: (FilterField) -> FilterValues

    func verdict(_ calls: CallSet) -> Bool? {
        guard case .call(let call?) = values(.call) else { return false }
        return calls.contains(call)
    }

    func verdict(_ test: FilterTest) -> Bool? {
        switch values(test.field) {
        case .flag(let isSo): isSo
        case .numbers(let numbers): test.passes(numbers)
        case .texts(let texts): test.passes(texts)
        case .call(let call): call != nil
        }
    }
}
