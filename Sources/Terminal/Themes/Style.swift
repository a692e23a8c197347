/// What a cell means. A theme decides how that looks; what a colour says, a word or a sign says too.
package enum Role: UInt8, Sendable, CaseIterable {
    case text
    /// Secondary: units, separators, what ended.
    case faint
    case header
    case frame
    case frameFocused
    case title
    case columnTitle
    /// The row under the cursor in the pane that has the keys.
    case cursor
    /// The row under the cursor in the other panes.
    case cursorElsewhere
    case good
    case attention
    case trouble
    /// The same in the row under a cursor: what needs a look is seen there, too.
    case attentionAtCursor
    case troubleAtCursor
    /// What is `blocked`, in the row under a cursor: on that row's ground, so that a drawing stays one.
    case blockedAtCursor
    case blockedElsewhere
    case call
    case number
    case quoted
    case object
    case softError
    case hardError
    case gap
    case blocked
    case match
    case prompt
    case keyName
    case keyLabel

    /// The letter that stands for it in a dump of styles.
    package var letter: Character {
        switch self {
        case .text: "."
        case .faint: "f"
        case .header: "h"
        case .frame: "-"
        case .frameFocused: "="
        case .title: "t"
        case .columnTitle: "c"
        case .cursor: ">"
        case .cursorElsewhere: "~"
        case .good: "g"
        case .attention: "a"
        case .trouble: "!"
        case .attentionAtCursor: "A"
        case .troubleAtCursor: "X"
        case .blockedAtCursor: "B"
        case .blockedElsewhere: "l"
        case .call: "C"
        case .number: "n"
        case .quoted: "q"
        case .object: "o"
        case .softError: "s"
        case .hardError: "E"
        case .gap: "G"
        case .blocked: "b"
        case .match: "m"
        case .prompt: "p"
        case .keyName: "K"
        case .keyLabel: "k"
        }
    }
}

extension Role {
    /// The role that a cell of this role takes in the row under a cursor. `look` is that row's: `cursor` or
    /// `cursorElsewhere`.
    package func underCursor(_ look: Role) -> Role {
        switch self {
        case .match, .gap: self
        case .attention, .attentionAtCursor: .attentionAtCursor
        case .trouble, .hardError, .troubleAtCursor: .troubleAtCursor
        case .blocked: look == .cursor ? .blockedAtCursor : .blockedElsewhere
        default: look
        }
    }
}

/// Attributes of a terminal's characters.
package struct Emphasis: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let bold = Emphasis(rawValue: 1)
    package static let dim = Emphasis(rawValue: 2)
    package static let reverse = Emphasis(rawValue: 4)
    package static let underline = Emphasis(rawValue: 8)
}

/// Colours that a guest asked for; where the terminal has them they take precedence over those of the role.
package struct Ink: Sendable, Hashable {
    /// Numbers of the 256 colours, or `Look.own`.
    package var foreground: Int16
    package var background: Int16

    package init(_ foreground: Int16 = Look.own, on background: Int16 = Look.own) {
        self.foreground = foreground
        self.background = background
    }

    package static let none = Ink()
}

/// A role, and what is added to the look that the theme gives it (new rows are bold, ended ones dim).
package struct Style: Sendable, Hashable {
    package var role: Role
    package var emphasis: Emphasis
    package var ink = Ink.none

    package init(_ role: Role, _ emphasis: Emphasis = []) {
        self.role = role
        self.emphasis = emphasis
    }

    package static let text = Style(.text)
}
