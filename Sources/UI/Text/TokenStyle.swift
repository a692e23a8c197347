import Decode
import Terminal

extension Token.Kind {
    /// The role a decoded piece is drawn in.
    var role: Role {
        switch self {
        case .call: .call
        case .argument, .punctuation, .note: .faint
        case .number, .pointer, .duration: .number
        case .string: .quoted
        case .flag, .fd: .text
        case .object: .object
        case .softError: .softError
        case .hardError: .hardError
        }
    }
}

extension StyledLine {
    /// Decoded text. It holds guest strings (paths, names of objects), so it is cleaned here.
    init(_ tokens: [Token]) {
        self.init()
        for token in tokens { add(token.kind.role, Sanitizer.clean(token.text)) }
    }
}

extension [Token] {
    /// Without `name=` before the values, for narrow panes.
    var withoutNames: [Token] {
        var kept: [Token] = []
        for token in self {
            if token.kind == .argument { continue }
            if token.kind == .punctuation && token.text == "=" { continue }
            kept.append(token)
        }
        return kept
    }
}
