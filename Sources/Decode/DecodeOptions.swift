import WasixABI

/// How calls are written.
package struct DecodeOptions: Sendable {
    package enum NameStyle: Sendable {
        /// As in the guest's C source: `EPOLLIN|EPOLLET`.
        case full
        /// Without the family's prefix, for narrow panes: `IN|ET`.
        case short
    }

    /// How flags and constants are written (`strace -X`).
    package enum ConstantStyle: Sendable {
        /// `EPOLLIN`
        case names
        /// `0x1`
        case numbers
        /// `0x1 /* EPOLLIN */`
        case both
    }

    /// Most bytes shown of one string or buffer; names of files and hosts are always shown whole.
    package var stringLimit = 64
    /// Most elements shown of one array.
    package var elementLimit = 16
    package var nameStyle = NameStyle.full
    package var constantStyle = ConstantStyle.names
    /// All fields of the long structures.
    package var isVerbose = false
    /// `7<tcp 127.0.0.1:41822>` instead of `7`.
    package var namesObjects = true
    /// `= EAGAIN (Resource temporarily unavailable)`.
    package var explainsErrors = false

    package init() {}
}
