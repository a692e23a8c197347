import WasixABI

/// What a record tells.
public enum RecordKind: UInt8, Sendable {
    /// A finished call; everything else in the record is about it.
    case call = 0
    /// Records of this thread were lost here: `result` says how many, `start` when the first was.
    case gap = 1
    /// This thread began; `result` is the thread that made it.
    case threadStart = 2
    /// This thread ended.
    case threadExit = 3
    /// The process ended: `result` is its exit code.
    case processExit = 4
}

/// One fact about one guest thread: 64 bytes, plain data.
///
/// Times are in ticks of `TickClock`. The payload, when there is one, lies in the payload arena of the same ring at
/// `payloadPosition` and consists of `PayloadChunk`s.
public struct TraceRecord: Sendable {
    public static let inlineWords = 6

    public var start: UInt64 = 0
    public var duration: UInt64 = 0
    public var call: UInt16 = 0
    public var kind: UInt8 = 0
    public var flags: UInt8 = 0
    public var errno: UInt16 = 0
    public var payloadLength: UInt16 = 0
    public var payloadPosition: UInt32 = 0
    /// The first scalar the call wrote back (the `.out` argument) that `ScalarKind.fitsRecord`, when `Flags.hasResult` is
    /// set; the low half of the first one of 64 bits, when `Flags.hasWideResult` is.
    public var result: UInt32 = 0
    /// The open file descriptions of the first and second descriptor the call looked up; 0 for none.
    public var objects: (UInt32, UInt32) = (0, 0)
    /// The arguments, a 32-bit one in one word, a 64-bit one in two (low half first). What does not fit is in the
    /// payload as chunk `PayloadChunk.moreArguments`. With `Flags.hasWideResult` the last word is no argument but the high
    /// half of the result.
    public var words: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0, 0, 0)

    @inlinable
    public init() {}

    /// The result that travels in the record itself, whatever its width.
    public var inlineResult: UInt64? {
        if flags & Flags.hasResult != 0 { return UInt64(result) }
        return flags & Flags.hasWideResult != 0 ? UInt64(result) | UInt64(words.5) << 32 : nil
    }

    public enum Flags {
        /// `result` holds the call's first small result.
        public static let hasResult: UInt8 = 1
        /// Part of the payload did not fit and was left out.
        public static let payloadCut: UInt8 = 2
        /// `epoll_ctl` numbers its operations as Linux does (ADD 1, DEL 2, MOD 3), not as the wire does.
        public static let linuxDialect: UInt8 = 4
        /// The guest's pointers and sizes have 64 bits (`wasix_64v1`).
        public static let wide: UInt8 = 8
        /// `result` and the last of `words` hold the call's first result of 64 bits; it has no small one.
        public static let hasWideResult: UInt8 = 16
    }
}

/// The head of one piece of guest memory kept with a record: 8 bytes, then `captured` bytes follow.
///
/// Chunks follow each other without padding. For `.iovecs` arguments the bytes are a list of
/// (length: UInt32, captured: UInt32, captured bytes) entries; for every other kind they are the guest's bytes.
public struct PayloadChunk {
    public static let headerSize = 8
    /// `argument` of the chunk that holds the argument words beyond `TraceRecord.inlineWords`, as UInt32 each.
    public static let moreArguments: UInt8 = 0xff
    /// `argument` of the chunk that holds a `CallNote`.
    public static let note: UInt8 = 0xfe

    /// Index of the argument in the call's row.
    public var argument: UInt8
    public var reserved: UInt8 = 0
    /// How many bytes follow.
    public var captured: UInt16
    /// How many bytes (for arrays and iovecs: elements) the guest's object has.
    public var total: UInt32
}
