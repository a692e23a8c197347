/// Gives an inspection its inputs, in order: a live guest, a recording, a socket. Belongs to one thread.
public protocol InspectionSource {
    /// Fills `input`, whatever it holds, with what has come since the last time.
    /// - Parameter withLook: a state is about to be made. Sources that cannot look when they like answer when they do.
    mutating func next(into input: inout InspectionInput, withLook: Bool)
}
