/// How much something needs a look. What a screen draws in colour, and a text marks with a sign.
package enum Tone: Sendable, Equatable, CaseIterable {
    /// Nothing to see.
    case faint
    case plain
    /// Something is there and is on its way.
    case good
    /// Something waits, as it should or not.
    case blocked
    /// Likely a fault: look here.
    case attention
    /// The guest has failed.
    case trouble
}
