/// A set of mutually exclusive numbers with names.
public enum ConstantFamily: CaseIterable, Sendable {
    case clock
    case whence
    case whenceUnstable
    case advice
    case fileType
    case eventType
    case addressFamily
    case sockType
    case sockProto
    case sockOption
    case sockStatus
    case epollOp
    case stdioMode
    case disposition
    case fdOp
    case joinTag
    case valueType
    case preopenType

    /// Bytes on the wire. A wider argument is masked to it.
    public var width: Int {
        switch self {
        case .whence, .whenceUnstable, .advice, .fileType, .eventType, .addressFamily, .sockType, .sockOption,
            .sockStatus, .stdioMode, .disposition, .fdOp, .joinTag, .valueType, .preopenType:
            1
        case .sockProto: 2
        case .clock, .epollOp: 4
        }
    }

    public var names: NameTable {
        switch self {
        case .clock: Self.clockNames
        case .whence: Self.whenceNames
        case .whenceUnstable: Self.whenceUnstableNames
        case .advice: Self.adviceNames
        case .fileType: Self.fileTypeNames
        case .eventType: Self.eventTypeNames
        case .addressFamily: Self.addressFamilyNames
        case .sockType: Self.sockTypeNames
        case .sockProto: Self.sockProtoNames
        case .sockOption: Self.sockOptionNames
        case .sockStatus: Self.sockStatusNames
        case .epollOp: Self.epollOpNames
        case .stdioMode: Self.stdioModeNames
        case .disposition: Self.dispositionNames
        case .fdOp: Self.fdOpNames
        case .joinTag: Self.joinTagNames
        case .valueType: Self.valueTypeNames
        case .preopenType: Self.preopenTypeNames
        }
    }

    private static let clockNames = NameTable(
        "CLOCK_", [0: "REALTIME", 1: "MONOTONIC", 2: "PROCESS_CPUTIME_ID", 3: "THREAD_CPUTIME_ID"])
    private static let whenceNames = NameTable("SEEK_", [0: "SET", 1: "CUR", 2: "END"])
    private static let whenceUnstableNames = NameTable("SEEK_", [0: "CUR", 1: "END", 2: "SET"])
    private static let adviceNames = NameTable(
        "POSIX_FADV_",
        [0: "NORMAL", 1: "SEQUENTIAL", 2: "RANDOM", 3: "WILLNEED", 4: "DONTNEED", 5: "NOREUSE"])
    private static let fileTypeNames = NameTable(
        "",
        [
            0: "UNKNOWN", 1: "BLOCK_DEVICE", 2: "CHARACTER_DEVICE", 3: "DIRECTORY", 4: "REGULAR_FILE",
            5: "SOCKET_DGRAM", 6: "SOCKET_STREAM", 7: "SYMBOLIC_LINK", 8: "SOCKET_RAW", 9: "SOCKET_SEQPACKET",
        ])
    private static let eventTypeNames = NameTable("", [0: "CLOCK", 1: "FD_READ", 2: "FD_WRITE"])
    private static let addressFamilyNames = NameTable("AF_", [0: "UNSPEC", 1: "INET", 2: "INET6", 3: "UNIX"])
    private static let sockTypeNames = NameTable("SOCK_", [1: "STREAM", 2: "DGRAM", 3: "RAW", 4: "SEQPACKET"])
    private static let sockProtoNames = NameTable(
        "IPPROTO_",
        [
            0: "IP", 1: "ICMP", 2: "IGMP", 4: "IPIP", 6: "TCP", 8: "EGP", 12: "PUP", 17: "UDP", 22: "IDP",
            33: "DCCP", 41: "IPV6", 43: "ROUTING", 44: "FRAGMENT", 46: "RSVP", 47: "GRE", 50: "ESP", 51: "AH",
            58: "ICMPV6", 59: "NONE", 60: "DSTOPTS", 92: "MTP", 94: "BEETPH", 98: "ENCAP", 103: "PIM",
            108: "COMP", 132: "SCTP", 135: "MH", 136: "UDPLITE", 137: "MPLS", 143: "ETHERNET", 255: "RAW",
            262: "MPTCP", 263: "MAX",
        ])
    private static let sockOptionNames = NameTable(
        "",
        [
            0: "NOOP", 1: "SO_REUSEPORT", 2: "SO_REUSEADDR", 3: "TCP_NODELAY", 4: "SO_DONTROUTE",
            5: "IPV6_V6ONLY", 6: "SO_BROADCAST", 7: "IP_MULTICAST_LOOP", 8: "IPV6_MULTICAST_LOOP",
            9: "SO_PROMISCUOUS", 10: "SO_ACCEPTCONN", 11: "SO_ERROR", 12: "SO_KEEPALIVE", 13: "SO_LINGER",
            14: "SO_OOBINLINE", 15: "SO_RCVBUF", 16: "SO_SNDBUF", 17: "SO_RCVLOWAT", 18: "SO_SNDLOWAT",
            19: "SO_RCVTIMEO", 20: "SO_SNDTIMEO", 21: "SO_CONNTIMEO", 22: "SO_ACCPTIMEO", 23: "IP_TTL",
            24: "IP_MULTICAST_TTL", 25: "SO_TYPE", 26: "SO_PROTOCOL",
        ])
    private static let sockStatusNames = NameTable("", [0: "OPENING", 1: "OPENED", 2: "CLOSED", 3: "FAILED"])
    // On the wire; wasix-libc sends Linux's numbers instead (ADD 1, DEL 2, MOD 3), of which only 3 is unmistakable.
    private static let epollOpNames = NameTable("EPOLL_CTL_", [0: "ADD", 1: "MOD", 2: "DEL"])
    private static let stdioModeNames = NameTable("", [0: "PIPED", 1: "INHERIT", 2: "NULL", 3: "LOG"])
    private static let dispositionNames = NameTable("SIG_", [0: "DFL", 1: "IGN"])
    private static let fdOpNames = NameTable("", [0: "CLOSE", 1: "DUP2", 2: "OPEN", 3: "CHDIR", 4: "FCHDIR"])
    private static let joinTagNames = NameTable(
        "", [0: "NOTHING", 1: "EXIT_NORMAL", 2: "EXIT_SIGNAL", 3: "STOPPED"])
    private static let valueTypeNames = NameTable("", [0: "i32", 1: "i64", 2: "f32", 3: "f64", 4: "v128"])
    private static let preopenTypeNames = NameTable("", [0: "DIR"])
}
