/// How a cursor moves.
enum Movement: Sendable {
    case lines(Int)
    /// Whole views, or halves of them.
    case pages(Int)
    case halfPages(Int)
    case first
    case last
}
