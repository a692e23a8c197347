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

extension Lint.Severity {
    /// The role of its text, and that of a bar in it.
    var role: Role {
        switch self {
        case .error: .trouble
        case .warning: .attention
        case .hint: .faint
        }
    }

    var barRole: Role {
        switch self {
        case .error: .troubleAtCursor
        case .warning: .attentionAtCursor
        case .hint: .faint
        }
    }
}

extension Style {
    init(_ tone: Tone) { self.init(tone.role) }
}
