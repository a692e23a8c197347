/// Gives an inspection its inputs, in order. Belongs to one thread.
public protocol InspectionSource {
    /// Replaces the contents of `input` by what has come since the last time.
    /// - Parameter withLook: whether the caller wants the exact state now. A source that cannot take a look at any time
    ///   sets `input.look` whenever it has one.
    mutating func next(into input: inout InspectionInput, withLook: Bool)
}
