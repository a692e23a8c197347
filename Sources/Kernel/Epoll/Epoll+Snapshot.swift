import Trace
import WasixABI

extension Epoll {
    /// The whole instance, without side effects. Lock held.
    /// - Parameter time: CLOCK_MONOTONIC nanoseconds of a time stamp.
    func snapshot(fd: FdNumber, descriptors: FdTable, time: (UInt64) -> UInt64) -> EpollSnapshot {
        if let notifier { drain(notifier, announcing: true) }
        var items: [ItemSnapshot] = []
        forEachItem { item in
            item.pointee.file._withUnsafeGuaranteedRef { file in
                items.append(describe(item, file, descriptors, time))
            }
        }
        var order: [FdNumber] = []
        var current = ready.head
        while let item = current {
            order.append(FdNumber(rawValue: item.pointee.fd))
            current = item.pointee.nextReady
        }
        return EpollSnapshot(
            object: id, fd: fd, items: items, readyOrder: order, waiters: waitingThreads, waits: waits,
            eventsDelivered: eventsDelivered, timeouts: timeouts, interruptions: interruptions)
    }

    private func describe(
        _ item: ItemPointer, _ file: OpenFile, _ descriptors: FdTable, _ time: (UInt64) -> UInt64
    ) -> ItemSnapshot {
        let now = file.peekReadiness()
        let number = FdNumber(rawValue: item.pointee.fd)
        let isGhost =
            descriptors.slot(number)?.pointee.file?.toOpaque() != Unmanaged.passUnretained(file).toOpaque()
        var mask = item.pointee.mask
        if item.pointee.isEdge { mask.insert(.et) }
        if item.pointee.isOneShot { mask.insert(.oneshot) }
        return ItemSnapshot(
            fd: number, object: file.id, kind: file.kind, mask: mask, data: item.pointee.data.data2, ready: now,
            lastReported: item.pointee.lastReported, reports: item.pointee.reports,
            lastReportedAt: time(item.pointee.lastReportedAt), edges: item.pointee.edges,
            reportedEdge: item.pointee.reportedEdge, isOnReadyList: item.pointee.isReady, isGhost: isGhost,
            reason: item.pointee.reason(now), levelWouldReport: !now.isDisjoint(with: item.pointee.mask))
    }
}

extension InterestItem {
    /// Why a wait that looked now would or would not report it, given what its object is ready for.
    func reason(_ now: EpollEvents) -> ReasonCode {
        guard isArmed else { return .oneShotSpent }
        guard !now.isDisjoint(with: mask) else { return now.isEmpty ? .notReady : .notInMask }
        guard isEdge else { return .reportedLevel }
        return isReady ? .reportedEdge : .edgeSpent
    }
}
