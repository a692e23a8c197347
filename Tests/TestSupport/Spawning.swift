import Synchronization

/// Between its fork and its exec a new process has every descriptor of the tests, also those that are closed at exec. What a test
/// closes in that time is open for a while longer (a watched description goes on to report, a reader does not see the end), and a
/// file that it has open to write cannot be run ("Text file busy").
package enum Spawning {
    private static let turn = Mutex(())

    /// While `body` runs, no test starts a process by `Command`. The body does not either.
    package static func withheld<Result>(during body: () throws -> Result) rethrows -> Result {
        try turn.withLock { _ in try body() }
    }
}
