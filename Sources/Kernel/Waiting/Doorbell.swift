import CLinux
import Glibc

/// An eventfd that wakes a thread out of a wait on host descriptors. Registered edge-triggered and never read: each
/// write is a new edge, and the counter would need 2^64 of them to fill.
enum Doorbell {
    static func make() -> Int32 { eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)) }

    static func ring(_ fd: Int32) {
        var one: UInt64 = 1
        _ = Glibc.write(fd, &one, 8)
    }
}
