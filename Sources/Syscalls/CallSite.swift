import Kernel
import Synchronization
import Trace
import WasixABI

/// One row of the call table in one pointer width, ready to be called: what the engine's callback gets as its
/// environment. Never freed: guest threads may be inside when everything else ends.
public final class CallSite: Sendable {
    let body: CallBody
    let id: UInt16
    let isWide: Bool
    let result: CallResult
    let capture: PayloadCapture
    /// One of its arguments is the path of a file.
    let namesFile: Bool

    private init(_ spec: CallSpec, _ width: PointerWidth) {
        if let binding = CallBodies.all[Int(spec.id.rawValue)] {
            body = binding.body
        } else {
            body = noSuchCall
        }
        id = spec.id.rawValue
        isWide = width == .bits64
        result = spec.result
        capture = PayloadCapture.of(spec.id, width)
        namesFile = spec.arguments.contains { argument in
            if case .path = argument.kind { true } else { false }
        }
    }

    /// Those made so far, by row; narrow ones first.
    private static let made = Mutex<[CallSite?]>(Array(repeating: nil, count: CallTable.all.count * 2))

    /// The only one there is for this row and width. Any thread.
    public static func of(_ id: CallID, _ width: PointerWidth) -> CallSite {
        let index = Int(id.rawValue) + (width == .bits64 ? CallTable.all.count : 0)
        return made.withLock { made in
            if let site = made[index] { return site }
            let site = CallSite(id.spec, width)
            made[index] = site
            return site
        }
    }
}

/// The body of a row that nobody has written yet.
@Sendable private func noSuchCall(_ call: Call, _ thread: GuestThread) throws(Errno) { throw .nosys }
