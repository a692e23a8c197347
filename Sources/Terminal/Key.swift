/// A key as the user means it.
package enum Key: Hashable, Sendable {
    /// What is typed, the space included; never a control character.
    case character(Unicode.Scalar)
    /// Ctrl with a small letter or one of `\ ] ^ _ @`.
    case control(Unicode.Scalar)
    case function(Int)
    case up, down, left, right, home, end, pageUp, pageDown, insert, delete
    case enter, tab, backTab, backspace, escape

    /// As the help and the function bar write it.
    package var name: String {
        switch self {
        case .character(" "): "Space"
        case .character(let scalar): String(Character(scalar))
        case .control(let scalar): "Ctrl-" + String(Character(scalar)).uppercased()
        case .function(let number): "F\(number)"
        case .up: "Up"
        case .down: "Down"
        case .left: "Left"
        case .right: "Right"
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .insert: "Ins"
        case .delete: "Del"
        case .enter: "Enter"
        case .tab: "Tab"
        case .backTab: "S-Tab"
        case .backspace: "Backspace"
        case .escape: "Esc"
        }
    }
}
