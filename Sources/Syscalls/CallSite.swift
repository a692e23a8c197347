import Kernel
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
    /// The first that it does is to look up a descriptor.
    let beginsWithDescriptor: Bool
    /// It writes to what may be a stream whose reader has gone.
    let canBreakPipe: Bool
    /// What the record holds of its results is a new descriptor number.
    let answersDescriptor: Bool

    private init(_ spec: CallSpec, _ width: PointerWidth) {
        if let binding = CallBodies.all[Int(spec.id.rawValue)] {
            body = binding.body
        } else {
            body = Self.missing(spec.id)
        }
        id = spec.id.rawValue
        isWide = width == .bits64
        result = spec.result
        capture = PayloadCapture.of(spec.id, width)
        answersDescriptor = spec.inlineResult(width).map { spec.arguments[$0.argument].kind.isNewDescriptor } ?? false
        beginsWithDescriptor = spec.arguments.first.map { if case .fd = $0.kind { true } else { false } } ?? false
        canBreakPipe = [.fdWrite, .sockSend, .sockSendTo, .sockSendFile].contains(spec.id)
        namesFile = spec.arguments.contains { argument in
            if case .path = argument.kind { true } else { false }
        }
    }

    /// The body of a row that is not implemented.
    private static func missing(_ id: CallID) -> CallBody {
        { (_: Call, thread: GuestThread) throws(Errno) in
            thread.missingCall = id
            throw .nosys
        }
    }

    private static let narrow = CallTable.all.map { CallSite($0, .bits32) }
    private static let wide = CallTable.all.map { CallSite($0, .bits64) }

    /// The only one there is for this row and width. Any thread.
    public static func of(_ id: CallID, _ width: PointerWidth) -> CallSite {
        (width == .bits64 ? wide : narrow)[Int(id.rawValue)]
    }
}

extension ArgumentKind {
    fileprivate var isNewDescriptor: Bool {
        if case .out(.fd) = self { true } else { false }
    }
}
