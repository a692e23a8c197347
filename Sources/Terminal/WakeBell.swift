import CNcurses
import Glibc

/// An eventfd that ends another thread's wait. Any thread may ring it.
package final class WakeBell: Sendable {
    package let descriptor: Int32

    package init() {
        descriptor = cn_eventfd()
        precondition(descriptor >= 0, "no descriptor left for an eventfd")
    }

    deinit { close(descriptor) }

    package func ring() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Takes all rings so far.
    package func silence() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}
