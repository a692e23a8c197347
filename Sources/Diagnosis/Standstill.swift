import Model
import Trace
import WasixABI

/// All threads of all processes wait, and nothing but one of them could wake one. Where it is not known what a wait
/// depends on (a poll of many descriptors, a descriptor that is closed by now), it counts as one that may be ended from
/// outside: no alarm is better than a wrong one.
struct Standstill {
    /// When the last thread went to sleep, in CLOCK_MONOTONIC nanoseconds.
    private(set) var since: UInt64 = 0

    /// Nil while somebody runs or may be woken.
    init?(_ model: ModelState) {
        let alive = model.threads.filter { $0.thread.state != .ended }
        guard !alive.isEmpty else { return nil }
        let reach = Reach(model)
        for row in alive {
            guard row.thread.state == .blocked, row.thread.deadline == nil, !reach.leadsOutside(row.thread) else {
                return nil
            }
            since = max(since, row.thread.blockedSince)
        }
    }
}

/// Which waits something outside of the guest can end.
private struct Reach {
    private let kinds: [ObjectID: ObjectKind]
    private let instances: [ObjectID: EpollRow]

    init(_ model: ModelState) {
        kinds = Dictionary(model.descriptors.lazy.map { ($0.descriptor.object, $0.descriptor.kind) }) { first, _ in
            first
        }
        instances = Dictionary(model.epolls.lazy.map { ($0.id, $0) }) { first, _ in first }
    }

    func leadsOutside(_ thread: ThreadSnapshot) -> Bool {
        switch thread.call {
        case .futexWait, .threadJoin, .procJoin, .procJoinLegacy: return false
        case .epollWait: return isReachable(thread.objects.0, [])
        case .fdRead, .fdWrite, .sockRecv, .sockSend, .sockAccept, .sockAcceptV2, .sockAcceptWasix:
            return isReachable(thread.objects.0, [])
        default: return true
        }
    }

    /// - Parameter seen: instances that were gone through on the way here: they may watch each other.
    private func isReachable(_ object: ObjectID, _ seen: Set<ObjectID>) -> Bool {
        switch kinds[object] {
        case .pipeRead, .pipeWrite, .socketPair, .eventCounter: return false
        case .epoll:
            guard let instance = instances[object] else { return true }
            guard !seen.contains(object) else { return false }
            return instance.items.contains { row in
                !row.mark.isClosed && row.item.reason != .oneShotSpent
                    && isReachable(row.id.object, seen.union([object]))
            }
        case .file, .directory, .terminal, .hostPipe, .device, .tcp, .tcpListener, .udp, .unixSocket, .unixListener,
            .unixDatagram, nil:
            return true
        }
    }
}
