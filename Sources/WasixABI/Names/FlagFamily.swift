/// A set of flag bits that travels as one number.
public enum FlagFamily: CaseIterable, Sendable {
    case fdFlags
    case fdFlagsExt
    case oFlags
    case lookupFlags
    case fstFlags
    case eventFdFlags
    case eventRwFlags
    case subclockFlags
    case riFlags
    case roFlags
    case siFlags
    case sdFlags
    case joinFlags
    case dlFlags
    case streamSecurity
    case epollEvents
    case rights

    /// Bytes on the wire. A wider argument is masked to it.
    public var width: Int {
        switch self {
        case .sdFlags, .streamSecurity: 1
        case .fdFlags, .fdFlagsExt, .oFlags, .fstFlags, .eventFdFlags, .eventRwFlags, .subclockFlags, .riFlags,
            .roFlags, .siFlags:
            2
        case .lookupFlags, .joinFlags, .dlFlags, .epollEvents: 4
        case .rights: 8
        }
    }

    /// One entry for each bit, lowest first.
    public var names: NameTable {
        switch self {
        case .fdFlags: Self.fdFlagNames
        case .fdFlagsExt: Self.fdFlagExtNames
        case .oFlags: Self.openNames
        case .lookupFlags: Self.lookupNames
        case .fstFlags: Self.timeNames
        case .eventFdFlags: Self.eventFdNames
        case .eventRwFlags: Self.eventRwNames
        case .subclockFlags: Self.subclockNames
        case .riFlags: Self.receiveNames
        case .roFlags: Self.receivedNames
        case .siFlags: Self.sendNames
        case .sdFlags: Self.shutdownNames
        case .joinFlags: Self.joinNames
        case .dlFlags: Self.dlNames
        case .streamSecurity: Self.streamSecurityNames
        case .epollEvents: Self.epollNames
        case .rights: Self.rightNames
        }
    }

    private static let fdFlagNames = NameTable(
        "O_", [1: "APPEND", 2: "DSYNC", 4: "NONBLOCK", 8: "RSYNC", 16: "SYNC"])
    private static let fdFlagExtNames = NameTable("FD_", [1: "CLOEXEC"])
    private static let openNames = NameTable("O_", [1: "CREAT", 2: "DIRECTORY", 4: "EXCL", 8: "TRUNC"])
    private static let lookupNames = NameTable("", [1: "SYMLINK_FOLLOW"])
    private static let timeNames = NameTable("", [1: "ATIM", 2: "ATIM_NOW", 4: "MTIM", 8: "MTIM_NOW"])
    // 4 is not a wire flag: libc lets its EFD_NONBLOCK through.
    private static let eventFdNames = NameTable("EFD_", [1: "SEMAPHORE", 4: "NONBLOCK"])
    private static let eventRwNames = NameTable("", [1: "HANGUP"])
    private static let subclockNames = NameTable("", [1: "ABSTIME"])
    private static let receiveNames = NameTable("MSG_", [1: "PEEK", 2: "WAITALL", 4: "TRUNC", 8: "DONTWAIT"])
    private static let receivedNames = NameTable("MSG_", [1: "TRUNC"])
    private static let sendNames = NameTable("MSG_", [1: "DONTWAIT"])
    private static let shutdownNames = NameTable("SHUT_", [1: "RD", 2: "WR"])
    private static let joinNames = NameTable("W", [1: "NOHANG", 2: "UNTRACED"])
    private static let dlNames = NameTable(
        "RTLD_", [1: "LAZY", 2: "NOW", 4: "GLOBAL", 8: "NOLOAD", 16: "NODELETE", 32: "DEEPBIND"])
    private static let streamSecurityNames = NameTable(
        "", [1: "UNENCRYPTED", 2: "ANY_ENCRYPTION", 4: "CLASSIC_ENCRYPTION", 8: "DOUBLE_ENCRYPTION"])
    private static let epollNames = NameTable(
        "EPOLL",
        [1: "IN", 2: "OUT", 4: "RDHUP", 8: "PRI", 16: "ERR", 32: "HUP", 64: "ET", 128: "ONESHOT"])
    private static let rightNames = NameTable(
        "",
        [
            1 << 0: "FD_DATASYNC", 1 << 1: "FD_READ", 1 << 2: "FD_SEEK", 1 << 3: "FD_FDSTAT_SET_FLAGS",
            1 << 4: "FD_SYNC", 1 << 5: "FD_TELL", 1 << 6: "FD_WRITE", 1 << 7: "FD_ADVISE",
            1 << 8: "FD_ALLOCATE", 1 << 9: "PATH_CREATE_DIRECTORY", 1 << 10: "PATH_CREATE_FILE",
            1 << 11: "PATH_LINK_SOURCE", 1 << 12: "PATH_LINK_TARGET", 1 << 13: "PATH_OPEN",
            1 << 14: "FD_READDIR", 1 << 15: "PATH_READLINK", 1 << 16: "PATH_RENAME_SOURCE",
            1 << 17: "PATH_RENAME_TARGET", 1 << 18: "PATH_FILESTAT_GET", 1 << 19: "PATH_FILESTAT_SET_SIZE",
            1 << 20: "PATH_FILESTAT_SET_TIMES", 1 << 21: "FD_FILESTAT_GET", 1 << 22: "FD_FILESTAT_SET_SIZE",
            1 << 23: "FD_FILESTAT_SET_TIMES", 1 << 24: "PATH_SYMLINK", 1 << 25: "PATH_REMOVE_DIRECTORY",
            1 << 26: "PATH_UNLINK_FILE", 1 << 27: "POLL_FD_READWRITE", 1 << 28: "SOCK_SHUTDOWN",
            1 << 29: "SOCK_ACCEPT", 1 << 30: "SOCK_CONNECT", 1 << 31: "SOCK_LISTEN", 1 << 32: "SOCK_BIND",
            1 << 33: "SOCK_RECV", 1 << 34: "SOCK_SEND", 1 << 35: "SOCK_ADDR_LOCAL",
            1 << 36: "SOCK_ADDR_REMOTE", 1 << 37: "SOCK_RECV_FROM", 1 << 38: "SOCK_SEND_TO",
        ])
}
