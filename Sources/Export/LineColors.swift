import Decode

/// Colours of a trace on a terminal: what went wrong stands out, what went well does not.
enum LineColors {
    /// The line with SGR sequences around what is coloured.
    static func text(_ tokens: [Token]) -> String {
        var text = ""
        for token in tokens {
            guard let code = code(token.kind) else {
                text += token.text
                continue
            }
            text += "\u{1b}[\(code)m\(token.text)\u{1b}[0m"
        }
        return text
    }

    private static func code(_ kind: Token.Kind) -> Int? {
        switch kind {
        case .call: 1
        case .string: 32
        case .softError: 33
        case .hardError: 31
        case .object: 36
        case .note, .duration: 2
        case .argument, .number, .flag, .fd, .pointer, .punctuation: nil
        }
    }
}
