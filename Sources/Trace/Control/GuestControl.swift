/// Acts on a running guest. Every function may be called from any thread.
public protocol GuestControl: AnyObject, Sendable {
    /// Bytes for the guest's standard input.
    func sendInput(_ bytes: [UInt8])
    /// End of file on the guest's standard input.
    func closeInput()
    /// Its threads stand still at their next calls, those that compute where they are.
    func pause()
    /// It runs on.
    func resume()
    /// One of its processes stands still, or runs on, whatever the others do.
    func setPaused(_ isPaused: Bool, of process: ProcessID)
    /// A thread that is paused runs to its next call. Does nothing when it is not.
    func step(_ thread: ThreadID)
    /// It runs until a wait for events returns, and is paused then.
    func runToWait()
    /// It runs until a call meets the condition, and is paused then.
    func run(until condition: @escaping BreakCondition)
    /// It is paused whenever a call meets the condition; nil for never.
    func setBreak(_ condition: BreakCondition?)
    /// From the next state on, states tell what the waits on this instance did; nil for none.
    func explain(_ instance: ObjectID?)
    /// Changes the guest, which is recorded.
    func act(_ action: WhatIf) -> WhatIfOutcome
    /// Ends the guest, whatever its threads are doing.
    func terminate()
}
