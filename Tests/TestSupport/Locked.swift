import Foundation

/// A value behind a lock that the thread sanitizer sees. It does not see Swift's `Mutex`, whose slow path lies in the runtime
/// library, and takes what two threads do one after the other for a race.
package final class Locked<Value>: @unchecked Sendable {
    // Safe to share: the value is touched under the lock alone.
    private let lock = NSLock()
    private var value: Value

    package init(_ value: sending Value) { self.value = value }

    package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
