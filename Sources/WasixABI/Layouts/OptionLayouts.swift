/// Offsets and sizes in bytes of optional values: the tag (u8) is 0 for none, 1 for some.

package enum OptionTimestampLayout {
    package static let size = 16
    package static let alignment = 8
    package static let tag = 0
    /// u64
    package static let value = 8
}

package enum OptionHashLayout {
    package static let size = 24
    package static let alignment = 8
    package static let tag = 0
    /// u64
    package static let low = 8
    /// u64
    package static let high = 16
}

package enum OptionPidLayout {
    package static let size = 8
    package static let alignment = 4
    package static let tag = 0
    /// u32
    package static let pid = 4
}

package enum OptionFdLayout {
    package static let size = 8
    package static let alignment = 4
    package static let tag = 0
    /// u32
    package static let fd = 4
}

/// `hash` and `hugesize`.
package enum HashLayout {
    package static let size = 16
    package static let alignment = 8
    /// u64
    package static let low = 0
    /// u64
    package static let high = 8
}
