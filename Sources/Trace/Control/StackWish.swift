import WasixABI

/// The stack of the next call of a kind that a thread makes is wanted: for what shows only in how often something happens,
/// long after the calls that made it so.
public struct StackWish: Sendable, Hashable {
    public let thread: ThreadID
    public let call: CallID
    /// What the call must have answered; nil for whatever it answers.
    public let errno: Errno?
    /// Nanoseconds that it must have slept at least.
    public let leastWait: UInt64

    public init(thread: ThreadID, call: CallID, errno: Errno? = nil, leastWait: UInt64 = 0) {
        self.thread = thread
        self.call = call
        self.errno = errno
        self.leastWait = leastWait
    }
}

/// A wish in one word, so that a call asks for it with one load. 0 is none.
struct PackedWish {
    static let none: UInt64 = 0
    /// Ticks of a wait are counted in such units.
    private static let waitShift: UInt64 = 16
    private static let anyErrno: UInt64 = 0xffff

    let word: UInt64

    init(word: UInt64) { self.word = word }

    init(_ wish: StackWish, ticksPerNanosecond: Double) {
        let ticks = UInt64(min(Double(wish.leastWait) * ticksPerNanosecond, Double(1 << 47 as UInt64)))
        word =
            UInt64(wish.call.rawValue) &+ 1 | (wish.errno.map { UInt64($0.rawValue) } ?? Self.anyErrno) << 16
            | (ticks >> Self.waitShift) << 32
    }

    func isMet(by call: UInt16, errno: Errno, waitTicks: UInt64) -> Bool {
        let wanted = word >> 16 & Self.anyErrno
        return word & 0xffff == UInt64(call) &+ 1 && (wanted == Self.anyErrno || wanted == UInt64(errno.rawValue))
            && waitTicks >> Self.waitShift >= word >> 32
    }
}
