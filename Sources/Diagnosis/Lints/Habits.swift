import Decode
import Model
import Trace
import WasixABI

/// What the calls so far tell: learnt from trace entries, each looked at once. Where records were lost it knows less, so
/// whatever is concluded from an absence must ask `hasLost`.
package struct Habits: Sendable {
    /// Descriptions, or threads, that are remembered; then all are forgotten.
    static let limit = 16_384

    package internal(set) var users = ObjectUsers()
    /// By description.
    var objects: [ObjectID: ObjectHabits] = [:]
    var threads: [ThreadID: ThreadHabits] = [:]
    /// Calls that were to wake who waits for a word and found nobody, newest last.
    var emptyWakes: [EmptyWake] = []
    /// Words on which a thread has waited.
    var sleptOn: Set<UInt64> = []
    /// Additions and changes by `epoll_ctl` that failed and were not followed by another step for the same descriptor.
    var failedControls: [FailedControl] = []
    /// Registrations whose user data the C library changes.
    var rewritten: [Rewritten] = []
    /// What each registration was made for: by instance and number.
    var registered: [RegistrationKey: ObjectID] = [:]
    /// Who made the last edge of each registration: by instance and number. What the host told of is nobody's doing.
    var makers: [RegistrationKey: EdgeMaker] = [:]
    /// Calls that used a number after an event led to it though it stands for something else.
    var staleUses: [StaleUse] = []
    /// Calls that are looked out for, with the stack of one of them.
    var offences: [StackWish: [GuestFrame]] = [:]
    /// The last wait of each registration's instance that passed it over although something was there, because its last
    /// edge was reported before: by instance and number.
    var passedOver: [RegistrationKey: ObjectHabits.Moment] = [:]
    /// The last call of each kind that does not work here.
    var refused: [CallID: ObjectHabits.Moment] = [:]
    /// Records were lost since the last look, or were too many to be looked at.
    package internal(set) var hasLost = false
    /// When the guest was last seen not to run freely, in CLOCK_MONOTONIC nanoseconds: how long a call slept that began
    /// before says nothing of the guest.
    var pausedUntil: UInt64 = 0
    /// How many entries each that is looked at stands for.
    var weight = 1.0

    struct RegistrationKey: Hashable, Sendable {
        var instance: ObjectID
        var fd: FdNumber
    }

    struct EdgeMaker: Sendable {
        /// How many edges there were with it (the low half).
        var edge: UInt32
        var moment: ObjectHabits.Moment
    }

    struct EmptyWake: Sendable {
        var address: UInt64
        var call: CallID
        var thread: ThreadID
        /// CLOCK_MONOTONIC nanoseconds: of the first in a row, and of the last.
        var first: UInt64
        var at: UInt64
        var entry: UInt64
        var count: UInt64 = 1
    }

    struct FailedControl: Sendable {
        var key: RegistrationKey
        var thread: ThreadID
        var errno: Errno
        var at: UInt64
        var entry: UInt64
        /// The thread has waited for events of that instance since.
        var wentOn = false
    }

    struct Rewritten: Sendable {
        var key: RegistrationKey
        var data: UInt64
        var at: UInt64
        var entry: UInt64
    }

    struct StaleUse: Sendable {
        var fd: FdNumber
        var thread: ThreadID
        var call: CallID
        var errno: Errno
        var at: UInt64
        var entry: UInt64
        var delivery: UInt64
    }

    package init() {}
}

/// What is known of the calls on one description.
struct ObjectHabits: Sendable {
    /// Calls on it other than waits and registrations: how many, the first and the last.
    var touches: UInt64 = 0
    var firstTouch: UInt64 = 0
    var lastTouch: UInt64 = 0
    /// A read that answered AGAIN, if nothing was done with it since.
    var again: Moment?
    /// A write that took less than asked, if nothing was written since.
    var shortWrite: ShortWrite?
    /// Who last got something out of it.
    var lastTaker: ThreadID?
    var lastTaken: UInt64 = 0
    /// First reads after a report that found something, that found nothing because another thread was faster, and that
    /// found nothing at all.
    var useful: UInt64 = 0
    var raced: UInt64 = 0
    var spurious: UInt64 = 0
    var lastRead: Moment?
    var lastWrite: Moment?
    /// Who last found nothing after a report, and with which call.
    var lastInVain: (thread: ThreadID, call: CallID)?

    struct Moment: Sendable {
        var thread: ThreadID
        /// CLOCK_MONOTONIC nanoseconds.
        var at: UInt64
        var entry: UInt64
    }

    struct ShortWrite: Sendable {
        var moment: Moment
        var asked: UInt64
        var taken: UInt64
    }
}

/// What is known of the calls of one thread.
struct ThreadHabits: Sendable {
    // Its event loop.
    var waits: UInt64 = 0
    /// When its last wait returned, with what, and the entry; 0 before the first, `.max` where later calls are missing.
    var waitEnd: UInt64 = 0
    var waitEntry: UInt64 = 0
    var instance = ObjectID.none
    /// Numbers that the last wait reported and that the thread has not used since.
    var reported: [FdNumber] = []
    /// Nanoseconds asleep in other calls since the last wait returned.
    var asleep: UInt64 = 0
    /// The longest such call since then.
    var longestSleep: Slow?
    var slowTicks: UInt64 = 0
    var slowest: Slow?
    var blocks: UInt64 = 0
    var longestBlock: Slow?
    /// Waits in a row that got as many events as they asked for, and how many that were.
    var fullWaits: UInt64 = 0
    var mostEvents: UInt64 = 0

    // Rates.
    var emptyPolls = RateCounter()
    var usefulPolls = RateCounter()
    var largePolls = RateCounter()
    var shortSleeps = RateCounter()
    var interrupted = RateCounter()
    /// Calls that are neither waits nor clocks.
    var work = RateCounter()
    /// The last large poll's number of subscriptions.
    var polled = 0
    /// The call by which it asked last without waiting, or for many; and by which it slept last for a moment.
    var asking: CallID?
    var dozing: CallID?

    struct Slow: Sendable {
        var nanoseconds: UInt64
        var call: CallID?
        var at: UInt64
        var entry: UInt64
    }
}

/// Counts by the second.
struct RateCounter: Sendable {
    private var current = 0.0
    private var began: UInt64 = 0
    /// Of the last whole second.
    private(set) var perSecond: Double = 0

    /// - Parameter weight: how many it stands for.
    mutating func count(_ weight: Double = 1) { current += weight }

    /// Call it at every look. Nanoseconds.
    mutating func roll(at now: UInt64) {
        guard began != 0 else {
            began = now
            return
        }
        guard now >= began &+ 1_000_000_000 else { return }
        perSecond = current * 1e9 / Double(now &- began)
        current = 0
        began = now
    }
}
