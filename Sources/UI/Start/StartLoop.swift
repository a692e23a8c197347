import Terminal

/// The start screen's loop. Belongs to the thread that made the screen.
package final class StartLoop {
    private let screen: NcursesScreen
    private var start: StartScreen
    private var input: TerminalInput

    package init(screen: NcursesScreen, start: StartScreen) {
        self.screen = screen
        self.start = start
        input = TerminalInput(screen)
    }

    /// - Returns: the arguments that the user chose; nil when the user or the terminal left.
    package func run() -> [String]? {
        while true {
            screen.show(start.frame(screen.size, screen.glyphs))
            switch input.next(deadline: nil) {
            case .key(.control("z")), .suspend: screen.suspend()
            case .key(.control("l")): screen.redrawAll()
            case .key(let key):
                switch start.handle(key, screen.size) {
                case .none: break
                case .run(let arguments): return arguments
                case .quit: return nil
                }
            case .resized, .continued: screen.adoptSize()
            case .hangup: return nil
            case .rung, .deadline: break
            }
        }
    }
}
