import Model
import Trace

/// The state of the guest as a whole.
package enum GuestVerdict: Sendable, Equatable {
    case running
    /// All threads wait, and nothing outside of the guest, no timeout and no other thread can wake one of them. Since
    /// when, in CLOCK_MONOTONIC nanoseconds.
    case stalled(since: UInt64)
    case exited(code: UInt32)
    /// The engine's message and the guest's stack, innermost first.
    case trapped(message: String, stack: [String])
    case signalled(signal: UInt8)

    /// Nanoseconds that a standstill must have lasted: threads that hand work to each other are all asleep for a
    /// moment.
    package static let hold: UInt64 = 1_000_000_000

    package init(_ model: ModelState) {
        switch model.guest {
        case .exited(let code): self = .exited(code: code)
        case .trapped(let message, let stack): self = .trapped(message: message, stack: stack)
        case .signalled(let signal): self = .signalled(signal: signal)
        case .running:
            let since = Standstill(model)?.since
            self = since.map { model.now >= $0 &+ Self.hold ? .stalled(since: $0) : .running } ?? .running
        }
    }

    /// `RUN`, `STALLED`, `EXITED 3`, `TRAPPED`, `SIGNAL 9`.
    package var word: String {
        switch self {
        case .running: "RUN"
        case .stalled: "STALLED"
        case .exited(let code): "EXITED \(code)"
        case .trapped: "TRAPPED"
        case .signalled(let signal): "SIGNAL \(signal)"
        }
    }

    package var tone: Tone {
        switch self {
        case .running: .plain
        case .exited(let code): code == 0 ? .good : .trouble
        case .stalled: .attention
        case .trapped, .signalled: .trouble
        }
    }
}
