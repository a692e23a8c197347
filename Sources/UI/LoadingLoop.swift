import Terminal

/// The screen's loop until the guest is loaded: draws how far the loading is, and lets the user leave.
///
/// Belongs to the thread that made the screen.
package final class LoadingLoop {
    package enum End: Sendable {
        case loaded
        /// The user left (`q`).
        case quit
        /// Ctrl-C, which is a key while the screen is on.
        case interrupted
        case terminalGone
    }

    /// Between two frames, in nanoseconds.
    private static let frameInterval: UInt64 = 200_000_000

    private let screen: NcursesScreen
    private let isLoaded: () -> Bool
    private let content: () -> LoadingScreen
    private var input: TerminalInput

    /// - Parameters:
    ///   - isLoaded: asked whenever `screen.bell` has rung, which whoever loads does at the end.
    ///   - content: what goes on now.
    package init(screen: NcursesScreen, isLoaded: @escaping () -> Bool, content: @escaping () -> LoadingScreen) {
        self.screen = screen
        self.isLoaded = isLoaded
        self.content = content
        input = TerminalInput(screen)
    }

    package func run() -> End {
        while !isLoaded() {
            screen.show(content().frame(screen.size, screen.glyphs))
            switch input.next(deadline: TerminalInput.now() + Self.frameInterval) {
            case .key(.character("q")), .key(.character("Q")), .key(.function(10)): return .quit
            case .key(.control("c")): return .interrupted
            case .key(.control("z")), .suspend: screen.suspend()
            case .key(.control("l")): screen.redrawAll()
            case .resized, .continued: screen.adoptSize()
            case .hangup: return .terminalGone
            case .key, .rung, .deadline: break
            }
        }
        return .loaded
    }
}
