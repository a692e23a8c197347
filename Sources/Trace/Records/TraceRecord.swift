import WasixABI

/// What a record is about.
public enum RecordKind: UInt8, Sendable {
    /// A finished call; everything else in the record is about it.
    case call = 0
    /// Records of this thread were lost here: `result` says how many, `start` when the first was.
    case gap = 1
    /// This thread began; `result` is the thread that made it, 0 for the main thread.
    case threadStart = 2
    /// This thread ended; `ThreadEnd` reads how.
    case threadExit = 3
    /// This thread runs the handler of a signal; `result` is its number.
    case signal = 4
    /// Whoever inspects the guest has changed it; `WhatIf` reads how.
    case whatIf = 5
}

/// One fact about one guest thread: 64 bytes, plain data.
///
/// Times are in ticks of `TickClock`. The payload, when there is one, lies in the payload arena of the same ring at
/// `payloadPosition` and consists of `PayloadChunk`s.
public struct TraceRecord: Sendable {
    /// Argument words that the record itself holds.
    public static let inlineWords = ArgumentWords.inRecord

    /// When the call began, in ticks: one on a descriptor, when it looked that up. For other kinds when it happened.
    public var start: UInt64 = 0
    /// The duration in the low 48 bits (a day, at 3 GHz), above it how long after `start` the call took effect.
    @usableFromInline var timing: UInt64 = 0
    /// The raw value of the `CallID`.
    public var call: UInt16 = 0
    /// The raw value of the `RecordKind`.
    public var kind: UInt8 = 0
    /// Bits of `Flags`.
    public var flags: UInt8 = 0
    /// The errno in the low byte, the length of the payload above it.
    @usableFromInline var outcome: UInt32 = 0
    /// Where the payload begins. In a ring this is the low half of a position that only grows.
    public var payloadPosition: UInt32 = 0
    /// The first scalar the call wrote back (the `.out` argument) that `ScalarKind.fitsRecord`, when `Flags.hasResult`
    /// is set; the low half of the first one of 64 bits, when `Flags.hasWideResult` is.
    public var result: UInt32 = 0
    /// The open file descriptions of the first and second descriptor the call looked up; 0 for none.
    public var objects: (UInt32, UInt32) = (0, 0)
    /// The arguments, a 32-bit one in one word, a 64-bit one in two (low half first). What does not fit is in the
    /// payload as chunk `PayloadChunk.moreArguments`. With `Flags.hasWideResult` the last word is no argument but the
    /// high half of the result.
    public var words: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0, 0, 0)

    @inlinable
    public init() {}

    /// Bytes of payload that a record can refer to.
    public static let mostPayload = 1 << 24 - 1

    /// All numbers that WASIX has fit a byte.
    @inlinable
    public var errno: UInt16 {
        get { UInt16(truncatingIfNeeded: outcome & 0xff) }
        set { outcome = outcome & ~0xff | UInt32(newValue & 0xff) }
    }

    /// Bytes in the payload arena, at most `mostPayload`.
    @inlinable
    public var payloadLength: Int {
        get { Int(outcome >> 8) }
        set { outcome = outcome & 0xff | UInt32(truncatingIfNeeded: newValue) << 8 }
    }

    private static let longestDuration: UInt64 = 1 << 48 - 1
    private static let longestDelay: UInt64 = 1 << 16 - 1

    /// Ticks from `start` to the call's return.
    public var duration: UInt64 {
        get { timing & Self.longestDuration }
        set { timing = timing & ~Self.longestDuration | min(newValue, Self.longestDuration) }
    }

    /// Ticks from `start` until a call that did not wait took effect, cut at 65,535, some 20 microseconds; of one that waited,
    /// ticks from the end of its wait to its return, in units of `waitUnit`, cut at some 5 milliseconds.
    public var delay: UInt64 {
        get { timing >> 48 }
        set { timing = timing & Self.longestDuration | min(newValue, Self.longestDelay) << 48 }
    }

    /// When the call returned.
    public var end: UInt64 { start &+ duration }

    /// Ticks in a unit of `delay` of a call that waited.
    public static let waitUnit: UInt64 = 256

    /// When the call took effect: one that waited, when its wait was over; any other, when it looked up its object. So
    /// a call that ends another thread's wait has an earlier moment than that wait.
    public var moment: UInt64 {
        flags & Flags.waited != 0 ? end &- delay &* Self.waitUnit : start &+ delay
    }

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
        /// The process ended (or the trace did) while the call went on: it has no result.
        public static let unfinished: UInt8 = 32
        /// The thread slept in the call.
        public static let waited: UInt8 = 64
        /// The payload has a chunk of `PayloadChunk.changes`.
        public static let hasChanges: UInt8 = 128
    }
}

/// The head of one piece of guest memory kept with a record: 8 bytes, then `captured` bytes follow.
///
/// Chunks follow each other without padding. For `.iovecs` and `.texts` arguments the bytes are a list of
/// (length: UInt32, captured: UInt32, captured bytes) entries; for every other kind they are the guest's bytes.
///
/// The first word has the argument's index in the call's row in its low byte and `captured` above it; the second is how
/// many bytes (for arrays, iovecs and texts: elements) the guest's object has.
public enum PayloadChunk {
    public static let headerSize = 8
    /// `argument` of the chunk that holds the argument words beyond `TraceRecord.inlineWords`, as UInt32 each.
    public static let moreArguments: UInt8 = 0xff
    /// `argument` of the chunk that holds a `CallNote`.
    public static let note: UInt8 = 0xfe
    /// `argument` of the chunk that holds `ReportedItem`s: the registrations that an `epoll_wait` reported, in the order
    /// of its events.
    public static let reported: UInt8 = 0xfd
    /// `argument` of the chunk that holds `ReadinessChange`s: what the call did to others.
    public static let changes: UInt8 = 0xfc
    /// `argument` of the chunk that holds the stack of the call, as `StackBytes`.
    public static let stack: UInt8 = 0xfb
    /// Numbers in a chunk of `reported`: as many as events are kept.
    public static let mostReported = 16

    /// The first word.
    public static func head(argument: UInt8, captured: Int) -> UInt32 {
        UInt32(argument) | UInt32(truncatingIfNeeded: captured) << 8
    }

    /// The argument's index, from the first word of a chunk.
    public static func argument(_ head: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: head) }
    /// How many bytes follow, from the first word of a chunk.
    public static func captured(_ head: UInt32) -> Int { Int(head >> 8) }
}
