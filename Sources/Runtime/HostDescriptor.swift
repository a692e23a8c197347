import Glibc

/// A descriptor of the host that is closed when nobody needs it any more.
final class HostDescriptor: Sendable {
    let number: Int32

    /// - Parameter number: from now on this one's to close.
    init(_ number: Int32) { self.number = number }

    deinit { close(number) }
}
