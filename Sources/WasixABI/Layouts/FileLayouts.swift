// Offsets and sizes in bytes of what `fd_*` and `path_*` read and write. Padding is written as zero.

/// `iovec` and `ciovec` where pointers have 32 bits.
public enum IovecLayout {
    public static let size = 8
    public static let alignment = 4
    public static let buffer = 0
    public static let length = 4
}

/// `iovec` and `ciovec` where pointers have 64 bits.
public enum IovecLayout64 {
    public static let size = 16
    public static let alignment = 8
    public static let buffer = 0
    public static let length = 8
}

public enum FdstatLayout {
    public static let size = 24
    public static let alignment = 8
    /// u8, `FileType`
    public static let fileType = 0
    /// u16, `FdFlags`
    public static let flags = 2
    /// u64, `Rights`
    public static let rightsBase = 8
    /// u64, `Rights`
    public static let rightsInheriting = 16
}

/// Times are nanoseconds since the epoch.
public enum FilestatLayout {
    public static let size = 64
    public static let alignment = 8
    public static let device = 0
    public static let inode = 8
    /// u8, `FileType`
    public static let fileType = 16
    /// u64
    public static let links = 24
    public static let fileSize = 32
    public static let accessTime = 40
    public static let modifyTime = 48
    public static let changeTime = 56
}

/// Snapshot 0: the link count has 32 bits, so everything after it moves up.
public enum FilestatUnstableLayout {
    public static let size = 56
    public static let alignment = 8
    public static let device = 0
    public static let inode = 8
    /// u8, `FileType`
    public static let fileType = 16
    /// u32
    public static let links = 20
    public static let fileSize = 24
    public static let accessTime = 32
    public static let modifyTime = 40
    public static let changeTime = 48
}

/// `dirent`. The name follows at once, not NUL-terminated, and after it the next entry, unaligned.
public enum DirentLayout {
    public static let size = 24
    public static let alignment = 8
    /// u64, the cookie that continues after this entry
    public static let next = 0
    public static let inode = 8
    /// u32
    public static let nameLength = 16
    /// u8, `FileType`
    public static let fileType = 20
}

public enum PrestatLayout {
    public static let size = 8
    public static let alignment = 4
    /// u8, always 0 (a directory)
    public static let tag = 0
    /// u32
    public static let nameLength = 4
}
