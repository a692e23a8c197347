import CLinux
import Glibc
import WasixABI

/// What `filestat` tells of a file. Times are nanoseconds since the epoch.
public struct FileStatus: Sendable {
    public var device: UInt64 = 0
    public var inode: UInt64 = 0
    public var type: FileType
    public var links: UInt64 = 1
    public var size: UInt64 = 0
    public var accessTime: UInt64 = 0
    public var modifyTime: UInt64 = 0
    public var changeTime: UInt64 = 0

    /// The status of an object of this process, which has a number and a type and nothing else.
    init(type: FileType, id: UInt32) {
        self.type = type
        inode = UInt64(id)
    }

    init(host status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        type = FileType(hostMode: status.st_mode)
        links = UInt64(status.st_nlink)
        size = UInt64(clamping: status.st_size)
        accessTime = Self.nanoseconds(status.st_atim)
        modifyTime = Self.nanoseconds(status.st_mtim)
        changeTime = Self.nanoseconds(status.st_ctim)
    }

    /// - Throws: the host's reason.
    public init(hostFd: Int32) throws(Errno) {
        var status = stat()
        try HostCall.value(.status) { fstat(hostFd, &status) }
        self.init(host: status)
    }

    /// A time before the epoch cannot be expressed; it becomes the epoch.
    private static func nanoseconds(_ time: timespec) -> UInt64 {
        guard time.tv_sec >= 0 else { return 0 }
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}

extension FileType {
    init(hostMode mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFREG: self = .regularFile
        case S_IFDIR: self = .directory
        case S_IFLNK: self = .symbolicLink
        case S_IFCHR: self = .characterDevice
        case S_IFBLK: self = .blockDevice
        case S_IFSOCK: self = .socketStream
        default: self = .unknown
        }
    }

    /// From a directory entry's `d_type`; nil when the file system does not say.
    init?(hostEntryType type: UInt8) {
        guard type != 0 else { return nil }
        self.init(hostMode: mode_t(type) << 12)
    }
}

/// The times a guest wants set.
public struct FileTimes {
    // UTIME_NOW and UTIME_OMIT (utimensat(2)).
    private static let now = 0x3fff_ffff
    private static let keep = 0x3fff_fffe

    var access: timespec
    var modify: timespec

    /// - Throws: INVAL when a time is to be set both to a value and to now.
    public init(access: UInt64, modify: UInt64, flags: FstFlags) throws(Errno) {
        guard flags.isConsistent, flags.isSubset(of: [.accessTime, .accessTimeNow, .modifyTime, .modifyTimeNow])
        else { throw .inval }
        self.access = Self.time(access, given: flags.contains(.accessTime), now: flags.contains(.accessTimeNow))
        self.modify = Self.time(modify, given: flags.contains(.modifyTime), now: flags.contains(.modifyTimeNow))
    }

    /// Whether both stay as they are.
    public var isEmpty: Bool { access.tv_nsec == Self.keep && modify.tv_nsec == Self.keep }

    private static func time(_ nanoseconds: UInt64, given: Bool, now isNow: Bool) -> timespec {
        if isNow { return timespec(tv_sec: 0, tv_nsec: now) }
        guard given else { return timespec(tv_sec: 0, tv_nsec: keep) }
        return timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }

    /// Sets them on what `hostFd` stands for, which may have been opened O_PATH. No lock held.
    func apply(to hostFd: Int32) throws(Errno) {
        try HostCall.value(.change) { hostCall(on: hostFd) }
    }

    /// - Returns: as utimensat(2) answers, -1 for a failure.
    func hostCall(on hostFd: Int32) -> Int32 {
        withUnsafeTemporaryAllocation(of: timespec.self, capacity: 2) { times in
            times[0] = access
            times[1] = modify
            return utimensat(hostFd, "", times.baseAddress!, CL_AT_EMPTY_PATH)
        }
    }
}
