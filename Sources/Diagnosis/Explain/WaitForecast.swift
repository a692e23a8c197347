import Trace
import WasixABI

/// What the next wait on an instance will do, if nothing happens until then: the pass of the kernel over the ready list
/// (Kernel.docc/Epoll), done on a picture of it.
package struct WaitForecast: Sendable {
    /// Those of the ready list in its order, then the others in the order of addition.
    package private(set) var items: [LookedItem] = []
    /// Registrations on the ready list; of a long one more than `items` has.
    package let listed: Int
    /// The ready list after the wait.
    package private(set) var left: [LookedItem] = []

    /// - Parameter limit: the most events that it returns.
    package init(_ epoll: EpollSnapshot, limit: Int) {
        var rest = epoll.items
        var waiting: [LookedItem] = []
        // Of a number that is registered twice the older registration is taken for the one that is meant.
        for fd in epoll.readyOrder {
            guard let place = rest.firstIndex(where: { $0.fd == fd && $0.isOnReadyList }) else { continue }
            waiting.append(LookedItem(rest.remove(at: place)))
        }
        listed = waiting.count + rest.count { $0.isOnReadyList }
        var count = 0
        var requeued: [LookedItem] = []
        for var item in waiting {
            if count == limit {
                item.decision = .notReached
                left.append(item)
            } else if item.isArmed, !item.asked.isEmpty {
                count += 1
                item.decision = item.isOneShot ? .disarmed : item.isEdge ? .reported : .requeued
                if item.decision == .requeued { requeued.append(item) }
            } else {
                item.decision = .dropped
            }
            items.append(item)
        }
        left += requeued
        items += rest.map { LookedItem($0) }
    }

    /// The registrations that it returns, in order, with what it says of them.
    package var returned: [(fd: FdNumber, events: EpollEvents)] {
        items.filter(\.decision.isReported).map { ($0.fd, $0.asked) }
    }
}

extension LookedItem {
    /// A registration as it is now, not looked at.
    init(_ item: ItemSnapshot) {
        self.init(object: item.object, fd: item.fd, mask: item.mask)
        edge = UInt32(truncatingIfNeeded: item.edges)
        toldEdge = UInt32(truncatingIfNeeded: item.reportedEdge)
        toldWait = UInt32(truncatingIfNeeded: item.reportedWait)
        ready = item.ready
        isArmed = item.isArmed
        isGhost = item.isGhost
    }
}
