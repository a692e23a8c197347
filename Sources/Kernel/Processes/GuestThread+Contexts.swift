import CLinux
import WasixABI

/// Contexts: the code of one guest thread on several host threads, of which one runs at a time (WasixABI.docc/Contexts).
extension GuestThread {
    /// The frame of code that is in no call.
    public var outermost: UnsafeMutablePointer<CallFrame> { outermostFrame }

    /// Its code is a child's by `forkEnvironment`, which goes back to its parent.
    public var isBorrowed: Bool { lender != nil }

    /// Prepares the calling host thread for the thread's code.
    public static func prepareHostThread() {
        cl_block_signals()
        cl_precise_timers()
    }

    /// The calling host thread runs the thread's code from now on, in the call whose frame is `frame`. No other does: whoever
    /// ran it has handed over. No lock held.
    public func takeOver(_ frame: UnsafeMutablePointer<CallFrame>) {
        kernel.locked {
            hostThread = cl_gettid()
            self.frame = frame
        }
    }
}
