import Model
import Trace
import WasixABI

/// The object, thread, process or call that a history is about.
package enum HistoryTarget: Hashable, Sendable {
    case object(ObjectID)
    case thread(ThreadID)
    case process(ProcessID)
    case call(CallID)

    var isCall: Bool {
        if case .call = self { true } else { false }
    }

    func includes(_ entry: TraceEntry) -> Bool {
        switch self {
        case .object(let object):
            (entry.kind == .call || entry.kind == .whatIf)
                && (entry.record.objects.0 == object.rawValue || entry.record.objects.1 == object.rawValue)
        case .thread(let thread): entry.thread == thread
        case .process(let process): entry.process == process
        case .call(let call): entry.call == call
        }
    }
}
