/// One kind of fault that is looked for.
package struct Lint: Sendable {
    package enum Severity: Int, Sendable, Comparable, CaseIterable {
        /// Could be better.
        case hint
        /// Likely a fault.
        case warning
        /// Almost certainly a fault, or a dead stop.
        case error

        package static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }

        package var name: String {
            switch self {
            case .hint: "hint"
            case .warning: "warning"
            case .error: "error"
            }
        }
    }

    /// `E01`: for narrow columns.
    package let code: String
    package let id: LintID
    /// What is wrong when it fires, in one sentence.
    package let summary: String
    /// What to change.
    package let advice: String
    /// A few lines of a program that has the fault.
    package let example: String
    /// Nanoseconds that what it looks for must have held: shorter than this it may be about to pass.
    package let hold: UInt64
    /// How sure it is that something has to be changed.
    package let severity: Severity

    package var name: String { id.rawValue }

    /// The lint of that name or code, as people type them; nil for none.
    package static func called(_ word: some StringProtocol) -> Lint? {
        all.first { $0.name == word || $0.code == word.uppercased() }
    }

    init(
        _ code: String, severity: Severity? = nil, _ id: LintID, hold milliseconds: UInt64 = 0, _ summary: String,
        advice: String, example: String
    ) {
        self.code = code
        self.id = id
        self.summary = summary
        self.advice = advice
        self.example = example
        hold = milliseconds * 1_000_000
        self.severity = severity ?? (code.hasPrefix("E") ? .error : .warning)
    }
}

/// The stable names of the lints, as options take them.
package enum LintID: String, Sendable, CaseIterable, Hashable {
    case etNotDrained = "et-not-drained"
    case oneshotNotRearmed = "oneshot-not-rearmed"
    case nothingCanWake = "nothing-can-wake"
    case waitCycle = "wait-cycle"
    case allBlocked = "all-blocked"
    case lostWakeup = "lost-wakeup"
    case selfPipeFull = "self-pipe-full"
    case staleUserData = "stale-user-data"
    case writeEndStillOpen = "write-end-still-open"
    case guestBuiltWithoutWaker = "guest-built-without-waker"
    case peerGoneStillOpen = "peer-gone-still-open"
    case ltStorm = "lt-storm"
    case writableAlways = "writable-always"
    case busyPoll = "busy-poll"
    case eventNoWaiter = "event-no-waiter"
    case fdLeak = "fd-leak"
    case hupNotClosed = "hup-not-closed"
    case userDataRewritten = "user-data-rewritten"
    case waitClamped = "wait-clamped"
    case ctlErrorUnseen = "ctl-error-unseen"
    case slowHandler = "slow-handler"
    case blockingCallInLoop = "blocking-call-in-loop"
    case thunderingHerd = "thundering-herd"
    case acceptStarved = "accept-starved"
    case spuriousEvents = "spurious-events"
    case shortWriteLost = "short-write-lost"
    case ghostItem = "ghost-item"
    case waitOrderStarvation = "wait-order-starvation"
    case eintrStorm = "eintr-storm"
    case pollForMany = "poll-for-many"
    case sleepLoop = "sleep-loop"
    case unwatchedNonblock = "unwatched-nonblock"
    case missingCall = "missing-call"

    package var lint: Lint { Lint.byID[self]! }
}
