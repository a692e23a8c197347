import WasixABI

/// How calls are written.
package struct DecodeOptions: Sendable {
    package enum NameStyle: Sendable {
        /// As in the guest's C source: `EPOLLIN|EPOLLET`.
        case full
        /// Without the family's prefix, for narrow panes: `IN|ET`.
        case short
    }

    /// Most bytes shown of one string or buffer.
    package var stringLimit = 64
    /// Most elements shown of one array.
    package var elementLimit = 16
    package var nameStyle = NameStyle.full
    /// All fields of the long structures.
    package var isVerbose = false
    /// `7<tcp 127.0.0.1:41822>` instead of `7`.
    package var namesObjects = true
    /// `= EAGAIN (Resource temporarily unavailable)`.
    package var explainsErrors = false

    package init() {}
}
