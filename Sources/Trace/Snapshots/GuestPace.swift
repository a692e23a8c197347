/// How far whoever inspects the guest lets it run.
public enum GuestPace: Sendable, Equatable {
    case free
    /// Each thread stands still at the next border of a call, or where it computes; one that waits goes on waiting.
    case paused
    /// It runs until a wait for events returns, and is paused then.
    case untilWait
}

/// Where a thread of a paused guest stands still.
public enum PausePlace: Sendable, Equatable {
    /// It is about to make a call.
    case beforeCall
    /// A call is over, and the guest has not seen its result yet.
    case afterCall
    /// In code that computes.
    case insideCode
}
