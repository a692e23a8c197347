import Trace

/// Short names of open file descriptions, as `tcp 127.0.0.1:41822`, those that they had before included, remembered
/// after they were closed. Bounded: of the names that no open descriptor has, the oldest go first.
package struct ObjectNames: Sendable {
    static let limit = 32_768

    private var names: [ObjectID: [ObjectName]] = [:]

    package init() {}
    /// For states made by hand.
    package init(_ names: [ObjectID: String]) { self.names = names.mapValues { [ObjectName($0)] } }

    /// The name that it has now or had last.
    package subscript(object: ObjectID) -> String? { names[object]?.last?.text }

    /// The name that it had at an instant in ticks.
    package subscript(object: ObjectID, at moment: UInt64) -> String? { names[object]?.text(at: moment) }

    func contains(_ object: ObjectID) -> Bool { names[object] != nil }

    mutating func remember(_ names: [ObjectName], for object: ObjectID) { self.names[object] = names }

    /// Once there are more than the limit, forgets the oldest until half the limit is left; those of `open` stay.
    mutating func trim(keeping open: @autoclosure () -> Set<ObjectID>) {
        guard names.count > Self.limit else { return }
        let open = open()
        let closed = names.keys.filter { !open.contains($0) }.sorted()
        for object in closed.prefix(names.count - Self.limit / 2) { names[object] = nil }
    }
}
