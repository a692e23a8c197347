/// Offsets and sizes in bytes of what `fd_*` and `path_*` read and write. Padding is written as zero.

/// `iovec` and `ciovec` where pointers have 32 bits.
package enum IovecLayout {
    package static let size = 8
    package static let alignment = 4
    package static let buffer = 0
    package static let length = 4
}

/// `iovec` and `ciovec` where pointers have 64 bits.
package enum IovecLayout64 {
    package static let size = 16
    package static let alignment = 8
    package static let buffer = 0
    package static let length = 8
}

package enum FdstatLayout {
    package static let size = 24
    package static let alignment = 8
    /// u8, `FileType`
    package static let fileType = 0
    /// u16, `FdFlags`
    package static let flags = 2
    /// u64, `Rights`
    package static let rightsBase = 8
    /// u64, `Rights`
    package static let rightsInheriting = 16
}

/// Times are nanoseconds since the epoch.
package enum FilestatLayout {
    package static let size = 64
    package static let alignment = 8
    package static let device = 0
    package static let inode = 8
    /// u8, `FileType`
    package static let fileType = 16
    /// u64
    package static let links = 24
    package static let fileSize = 32
    package static let accessTime = 40
    package static let modifyTime = 48
    package static let changeTime = 56
}

/// Snapshot 0: the link count has 32 bits, so everything after it moves up.
package enum FilestatUnstableLayout {
    package static let size = 56
    package static let alignment = 8
    package static let device = 0
    package static let inode = 8
    /// u8, `FileType`
    package static let fileType = 16
    /// u32
    package static let links = 20
    package static let fileSize = 24
    package static let accessTime = 32
    package static let modifyTime = 40
    package static let changeTime = 48
}

/// The name follows at once, not NUL-terminated, and after it the next entry, unaligned.
package enum DirentLayout {
    package static let size = 24
    package static let alignment = 8
    /// u64, the cookie that continues after this entry
    package static let next = 0
    package static let inode = 8
    /// u32
    package static let nameLength = 16
    /// u8, `FileType`
    package static let fileType = 20
}

package enum PrestatLayout {
    package static let size = 8
    package static let alignment = 4
    /// u8, always 0 (a directory)
    package static let tag = 0
    /// u32
    package static let nameLength = 4
}
