/// Offsets in bytes of the block a guest hands to a thread it starts. It lies on the new thread's own stack, and the
/// guest may reuse it as soon as that thread runs. Between `startArgument` and `stackSize` are ten words of libc's.

package enum ThreadStartLayout {
    package static let size = 64
    package static let alignment = 4
    /// Upper end of the shadow stack.
    package static let stack = 0
    package static let tlsBase = 4
    package static let startFunction = 8
    package static let startArgument = 12
    package static let reserved = 16
    package static let stackSize = 56
    package static let guardSize = 60
}

package enum ThreadStartLayout64 {
    package static let size = 128
    package static let alignment = 8
    /// Upper end of the shadow stack.
    package static let stack = 0
    package static let tlsBase = 8
    package static let startFunction = 16
    package static let startArgument = 24
    package static let reserved = 32
    package static let stackSize = 112
    package static let guardSize = 120
}
