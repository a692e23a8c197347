import Trace
import WasixABI

/// A rule of epoll that decides what a wait does with an item, and where it is written.
package struct Rule: Sendable, Equatable {
    package enum ID: Sendable, Equatable, CaseIterable {
        case requeued, edgeReported, oneShotReported
        case notReached, dropped
        case edgeTold, oneShotSpent, peerClosed, drained, notInMask, notReady
        case ghost, fromHost
    }

    package let id: ID
    /// At most some 140 columns.
    package let text: String
    package let reference: String

    package static subscript(id: ID) -> Rule { Rule(id: id, text: text(id), reference: reference(id)) }

    /// The rule that has decided about the item.
    package static func deciding(_ item: LookedItem) -> Rule {
        switch item.decision {
        case .requeued: Self[item.isGhost ? .ghost : .requeued]
        case .reported: Self[item.isGhost ? .ghost : .edgeReported]
        case .disarmed: Self[item.isGhost ? .ghost : .oneShotReported]
        case .notReached: Self[.notReached]
        case .dropped: Self[.dropped]
        case .notListed: Self[unlisted(item)]
        }
    }

    private static func unlisted(_ item: LookedItem) -> ID {
        if !item.isArmed { return .oneShotSpent }
        if !item.asked.isEmpty {
            if item.isPeerGone { return .peerClosed }
            if item.isEdge { return .edgeTold }
            return item.isUncertain ? .fromHost : .notReady
        }
        if !item.isUncertain, !item.unasked.isEmpty { return .notInMask }
        return item.isEdge && item.edge != 0 ? .drained : .notReady
    }

    private static func text(_ id: ID) -> String {
        switch id {
        case .requeued:
            "A level-triggered item that was returned goes to the end of the ready list, so that others get their turn. The"
                + " next wait asks it again."
        case .edgeReported:
            "An edge-triggered item is returned once for what is new and leaves the ready list. More data, room again or"
                + " EPOLL_CTL_MOD brings it back."
        case .oneShotReported:
            "With EPOLLONESHOT one report is all: the item is off, whatever comes, until EPOLL_CTL_MOD arms it again."
        case .notReached:
            "A wait returns at most maxevents events. What it does not reach stays at the head of the list; the next waits"
                + " go round."
        case .dropped:
            "Being on the ready list only means: look here. The wait asks the object, and takes off the list what has"
                + " nothing any more."
        case .edgeTold:
            "With EPOLLET only something NEW puts the item on the list: more from the peer, or EPOLL_CTL_MOD. Bytes that"
                + " stay in the buffer are no edge: read until EAGAIN."
        case .oneShotSpent:
            "With EPOLLONESHOT the item is off after its report, though there is something: EPOLL_CTL_MOD arms it again."
        case .peerClosed:
            "The peer's end is an edge like any other, told once to an edge-triggered item. It stays true until the"
                + " descriptor is closed."
        case .drained:
            "Nothing is left of what the last edge brought, so there is nothing to tell until the next one. This is how it"
                + " should be."
        case .notInMask:
            "Only what the mask asks for is an event. EPOLLERR and EPOLLHUP are, whether asked for or not."
        case .notReady:
            "An item comes onto the ready list when its object has something that the mask asks for. This one has not."
        case .ghost:
            "A registration belongs to the open file description, not to the number: it lives until the last duplicate is"
                + " closed."
        case .fromHost:
            "Its object is the host's: what is new there comes as an edge of the host, and without one nobody asks again."
        }
    }

    private static func reference(_ id: ID) -> String {
        switch id {
        case .requeued, .dropped: "Linux: ep_send_events, fs/eventpoll.c"
        case .edgeReported, .edgeTold, .drained: "epoll(7), level-triggered and edge-triggered"
        case .oneShotReported, .oneShotSpent: "epoll_ctl(2), EPOLLONESHOT"
        case .notReached: "epoll_wait(2), notes"
        case .peerClosed: "epoll_ctl(2), EPOLLRDHUP, EPOLLHUP"
        case .notInMask: "epoll_ctl(2), EPOLLERR, EPOLLHUP"
        case .notReady: "epoll(7)"
        case .ghost: "epoll(7), questions and answers, 6"
        case .fromHost: "epoll(7)"
        }
    }
}

extension LookedItem {
    /// The peer has closed, or has failed.
    var isPeerGone: Bool { !asked.isDisjoint(with: [.rdhup, .hup, .err]) }
}
