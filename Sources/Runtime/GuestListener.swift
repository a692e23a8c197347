import Kernel

/// A listening socket that the guest finds open when it starts: a grant of its own, whatever the network policy says.
package enum GuestListener: Sendable, Equatable {
    /// Made for the guest. Port 0 lets the host choose.
    case address(SocketAddress)
    /// A TCP socket of the host that listens already; the guest's from now on.
    case hostDescriptor(Int32)
}
