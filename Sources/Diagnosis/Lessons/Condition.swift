import Trace
import WasixABI

/// Something that holds of a guest that stands still, or does not: where a lesson stops.
package indirect enum Condition: Sendable, Equatable {
    /// Nothing of the guest has run.
    case start
    case exited
    /// Every thread sleeps in a call, and none of the calls has a timeout.
    case asleep
    case thread(ThreadID, Stand)
    case registered(epoll: FdNumber, fd: FdNumber)
    case onReadyList(epoll: FdNumber, fd: FdNumber)
    case readyListIsEmpty(FdNumber)
    case compare(Number, Comparison, Number)
    case not(Condition)
    case and(Condition, Condition)
    case or(Condition, Condition)

    /// Where a thread is.
    package enum Stand: Sendable, Equatable {
        case before(CallMatch)
        case after(CallMatch)
        case inside(CallMatch)
        case asleep
        case ended
    }

    /// A call, and the descriptor that it is on; nil for any.
    package struct CallMatch: Sendable, Equatable {
        package var calls: Set<CallID>
        package var fd: FdNumber?

        func matches(_ call: PendingCall) -> Bool { calls.contains(call.call) && (fd == nil || fd == call.fd) }
    }

    /// A number of the kernel's state. An `epoll` of nil is any instance.
    package enum Number: Sendable, Equatable {
        case literal(UInt64)
        case queue(FdNumber)
        case waits(FdNumber)
        case item(ItemNumber, epoll: FdNumber?, fd: FdNumber)
    }

    package enum ItemNumber: String, Sendable, CaseIterable { case edges, told, reports, armed }

    package enum Comparison: String, Sendable, CaseIterable {
        case equal = "=="
        case unequal = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="

        func holds(_ a: UInt64, _ b: UInt64) -> Bool {
            switch self {
            case .equal: a == b
            case .unequal: a != b
            case .less: a < b
            case .lessOrEqual: a <= b
            case .greater: a > b
            case .greaterOrEqual: a >= b
            }
        }
    }
}

/// A call that a thread is about to make, sleeps in, or has made.
package struct PendingCall: Sendable, Equatable {
    package var call: CallID
    /// The descriptor it is on: its first argument.
    package var fd: FdNumber

    /// Of a thread that stands before a call or sleeps in one.
    package init?(_ thread: ThreadSnapshot) {
        guard thread.pausedAt == .beforeCall || thread.state == .blocked, let call = thread.call else { return nil }
        self.call = call
        fd = FdNumber(rawValue: thread.words.first ?? 0)
    }
}

extension PendingCall {
    /// It sleeps until somebody else acts, or its time is over: threads that are about to make such a call move last.
    var isWait: Bool {
        switch call {
        case .epollWait, .pollOneoff, .pollOneoffUnstable, .futexWait, .atomicWait32, .atomicWait64, .threadSleep,
            .threadJoin, .procJoin:
            true
        default: false
        }
    }

    /// The calls of a name: of a host function, or of the call of Linux that it serves. Empty for none.
    package static func calls(named name: String) -> Set<CallID> {
        if let known = linux[name] { return known }
        return Set(CallTable.all.filter { $0.name == name }.map(\.id))
    }

    package static let names: [String] = linux.keys.sorted() + CallTable.all.map(\.name)

    private static let linux: [String: Set<CallID>] = [
        "read": [.fdRead], "write": [.fdWrite], "close": [.fdClose], "pipe": [.fdPipe], "socketpair": [.sockPair],
        "eventfd": [.fdEvent], "epoll_create1": [.epollCreate], "futex": [.futexWait], "nanosleep": [.threadSleep],
    ]
}
