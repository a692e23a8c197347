/// Why a guest thread is to leave what it does: one atomic word a thread, read without the lock.
public struct Interrupts: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The process ends: the thread leaves its call and does not come back. Never taken back.
    public static let ending = Interrupts(rawValue: 1 << 0)
    /// A signal is pending: the call ends with INTR unless what it waits for is there (signal(7)).
    public static let signal = Interrupts(rawValue: 1 << 1)
    /// The process was stopped by a signal: the thread stops wherever it is, until SIGCONT; its call goes on then.
    public static let stop = Interrupts(rawValue: 1 << 2)
    /// Someone wants to see the thread's stack; the call goes on.
    public static let stack = Interrupts(rawValue: 1 << 3)

    /// A signal is pending that a process without a handler ignores, such as SIGCHLD: the kernel does not know whether
    /// there is a handler. It ends waits for events and for time; other calls go on, as after a handler with SA_RESTART.
    public static let quietSignal = Interrupts(rawValue: 1 << 4)
    // The following are set by the thread itself (article Stacks).
    /// The guest's code is on its way out, frame by frame, and keeps what it needs to come back.
    public static let unwinding = Interrupts(rawValue: 1 << 5)
    /// The guest's code is on its way back to the call that it left.
    public static let rewinding = Interrupts(rawValue: 1 << 6)
    /// The guest's code is left for a checkpoint further out.
    public static let jumping = Interrupts(rawValue: 1 << 7)
    /// Guest code that a call has run was left by a trap or an exception, and so is the code that has made the call.
    public static let failing = Interrupts(rawValue: 1 << 8)

    /// Another thread has changed its table of functions: this one's is to follow before it runs guest code again.
    public static let functions = Interrupts(rawValue: 1 << 9)

    /// Another thread has changed the modules of the program: this one has to catch up before it runs the guest's code on.
    public static let link = Interrupts(rawValue: 1 << 10)
    /// Whoever did so wants to know when this thread goes to sleep.
    public static let linkNotice = Interrupts(rawValue: 1 << 11)

    /// Whoever inspects the guest wants to be asked at every border of a call (article Pause). Stays until the guest runs
    /// freely again.
    public static let pause = Interrupts(rawValue: 1 << 12)

    /// A signal is to be taken.
    public static let signals: Interrupts = [.signal, .quietSignal]
    /// Those that are looked at before a call is made.
    public static let beforeCalls: Interrupts = [.ending, .signal, .quietSignal, .rewinding, .functions, .pause]
    /// Those that end a wait. The others are requests, which are served in the middle of it.
    public static let leaving: Interrupts = [.ending, .signal]
    /// Those that are served in the middle of a wait.
    public static let requests: Interrupts = [.stop, .stack, .linkNotice]
}
