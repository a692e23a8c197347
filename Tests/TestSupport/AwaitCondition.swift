import Glibc

/// A condition did not come to hold in time.
package struct ConditionNotMet: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

/// Yields the processor until `condition` holds.
/// - Throws: `ConditionNotMet` when it does not in half a minute.
package func awaitCondition(
    _ what: String, file: StaticString = #fileID, line: UInt = #line, _ condition: () -> Bool
) throws {
    let limit = ContinuousClock.now + .seconds(30)
    while !condition() {
        guard ContinuousClock.now < limit else {
            throw ConditionNotMet(description: "\(file):\(line): not within half a minute: \(what)")
        }
        sched_yield()
    }
}
