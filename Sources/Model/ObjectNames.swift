import Trace

/// Short names of open file descriptions, as `tcp 127.0.0.1:41822`, remembered after they were closed. Bounded: of
/// the names that no open descriptor has, the oldest go first.
package struct ObjectNames: Sendable {
    static let limit = 32_768

    private var names: [ObjectID: String] = [:]

    package init() {}
    /// For states made by hand.
    package init(_ names: [ObjectID: String]) { self.names = names }

    package subscript(object: ObjectID) -> String? { names[object] }

    func contains(_ object: ObjectID) -> Bool { names[object] != nil }

    mutating func remember(_ name: String, for object: ObjectID) { names[object] = name }

    /// Forgets the oldest names beyond the limit; those of `open` stay.
    mutating func trim(keeping open: @autoclosure () -> Set<ObjectID>) {
        guard names.count > Self.limit else { return }
        let open = open()
        let closed = names.keys.filter { !open.contains($0) }.sorted()
        for object in closed.prefix(names.count - Self.limit / 2) { names[object] = nil }
    }
}
