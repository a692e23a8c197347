/// Why a guest thread is asked to leave what it does: one atomic word a thread, set by others and read without the lock.
public struct Interrupts: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The process ends: the thread leaves its call and does not come back. Never taken back.
    public static let ending = Interrupts(rawValue: 1 << 0)
    /// A signal is pending: the call ends with INTR unless what it waits for is there (signal(7)).
    public static let signal = Interrupts(rawValue: 1 << 1)
    /// The thread is to stop until it is let go on; its call goes on then.
    public static let pause = Interrupts(rawValue: 1 << 2)
    /// Someone wants to see the thread's stack; the call goes on.
    public static let stack = Interrupts(rawValue: 1 << 3)

    /// Those that end a wait. The others are requests, which are served in the middle of it.
    public static let leaving: Interrupts = [.ending, .signal]
    /// Those that `GuestRunner.serve` is called for.
    public static let requests: Interrupts = [.pause, .stack]
}
