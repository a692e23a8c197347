import WasixABI

/// What no single call shows, because it takes another thread, a timeout or a full table: which test does.
struct ConformanceReference: Sendable {
    let errno: Errno
    let calls: [CallID]
    /// The name of the test function.
    let test: String
}

extension ConformanceTable {
    static let references: [ConformanceReference] = [
        ConformanceReference(
            errno: .mfile,
            calls: [.fdDup, .fdDup2, .fdPipe, .fdEvent, .epollCreate, .pathOpen, .sockOpen, .sockPair, .sockAccept],
            test: "descriptorsRunOutWithMfileAndNothingLeaks"),
        ConformanceReference(
            errno: .intr, calls: [.fdRead, .fdWrite], test: "theEndOfTheProcessInterruptsBothEnds"),
        ConformanceReference(errno: .intr, calls: [.epollWait], test: "theEndOfTheProcessInterruptsEveryWaiter"),
        ConformanceReference(
            errno: .intr, calls: [.sockAccept, .sockConnect, .sockRecv, .sockSend],
            test: "theEndOfTheProcessGetsThreadsOutOfEveryWait"),
        ConformanceReference(errno: .intr, calls: [.sockRecvFrom], test: "anInterruptEndsAWaitForADatagram"),
        ConformanceReference(
            errno: .intr, calls: [.resolve], test: "anInterruptEndsTheWaitAndTheLateAnswerIsDropped"),
        ConformanceReference(errno: .again, calls: [.resolve], test: "theHostsFailureIsPassedOn"),
        ConformanceReference(errno: .timedout, calls: [.sockAccept], test: "anExpiredAcceptTimeoutIsTimedOut"),
        ConformanceReference(errno: .timedout, calls: [.sockConnect], test: "connectGivesUpWhenItsTimeoutPasses"),
        ConformanceReference(
            errno: .connreset, calls: [.fdRead, .sockRecv], test: "anErrorBehindBytesIsReportedByTheNextCall"),
        ConformanceReference(errno: .loop, calls: [.epollCtl], test: "chainsAreAsLongAsTheHostsOwn"),
    ]
}
