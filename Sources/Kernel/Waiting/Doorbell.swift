import CLinux
import Glibc

/// An eventfd that wakes a thread out of a wait on host descriptors. Registered edge-triggered and never read: each
/// write is a new edge, and the counter would need 2^64 of them to fill.
///
/// An object, because it is rung after the lock is released: a thread that is about to ring holds a reference, so the
/// descriptor stays open and its number cannot be given to something else meanwhile.
final class Doorbell {
    let hostFd: Int32

    /// Nil when the host has no descriptor left.
    init?() {
        hostFd = Int32(HostCall.answer(.epollCreate) { eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)) })
        guard hostFd >= 0 else { return nil }
    }

    deinit { if hostFd >= 0 { close(hostFd) } }

    /// Any thread, no lock needed.
    func ring() {
        var one: UInt64 = 1
        _ = Glibc.write(hostFd, &one, 8)
    }
}
