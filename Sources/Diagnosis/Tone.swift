/// How much something needs a look. Screens draw it as a colour.
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
