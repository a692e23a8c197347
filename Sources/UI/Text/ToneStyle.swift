import Diagnosis
import Terminal

extension Tone {
    /// The role it is drawn in.
    var role: Role {
        switch self {
        case .faint: .faint
        case .plain: .text
        case .good: .good
        case .blocked: .blocked
        case .attention: .attention
        case .trouble: .trouble
        }
    }
}

extension Style {
    init(_ tone: Tone) { self.init(tone.role) }
}
