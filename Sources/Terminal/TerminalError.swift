/// Why there is no screen.
package enum TerminalError: Error, Equatable, CustomStringConvertible {
    case noTerminal
    /// TERM is unset or not in the terminfo database.
    case unknownType(String)
    /// The terminal cannot place its cursor.
    case cannotAddress(String)
    case refused(String)

    package var description: String {
        switch self {
        case .noTerminal: "there is no terminal to draw on"
        case .unknownType(""): "TERM is not set"
        case .unknownType(let name): "the terminal type TERM=\(name) is unknown"
        case .cannotAddress(let name): "a terminal of type TERM=\(name) cannot show a screen"
        case .refused(let name): "the terminal (TERM=\(name)) could not be set up"
        }
    }
}
