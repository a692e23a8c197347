import Trace
import WasixABI

extension Epoll {
    /// Registrations of a list that is looked through after each wait.
    private static let mostExplained = 64

    /// What is there, or may be, and the wait that is about to return does not report: kept with its record, so that
    /// somebody can ask later why. Room to write alone is nothing that a program misses. Lock held; the host is not asked.
    /// - Parameters:
    ///   - look: the delivery pass of the wait.
    ///   - isFull: it had no room for more.
    @inline(never)
    func notePassedOver(in log: ChangeLog, look: UInt64, isFull: Bool) {
        assertLocked()
        guard itemCount <= Self.mostExplained else { return }
        var next = firstItem
        while let item = next {
            next = item.pointee.nextItem
            guard item.pointee.reportedPass != look else { continue }
            item.pointee.file._withUnsafeGuaranteedRef { file in
                guard let change = passedOver(item, file, isFull: isFull) else { return }
                log.add(change)
            }
        }
    }

    private func passedOver(_ item: ItemPointer, _ file: OpenFile, isFull: Bool) -> ReadinessChange? {
        let isUnknown = file.isHostBacked
        let mask = item.pointee.mask
        // Of the host's objects no more is known than what was reported last, and whether it has gone since.
        let now = isUnknown ? item.pointee.lastReported.subtracting(file.knownIdle) : file.peekReadiness()
        let asked = now.intersection(mask)
        let reason: ReasonCode
        if item.pointee.isReady {
            guard isFull, item.pointee.isArmed, isUnknown || !asked.isEmpty else { return nil }
            reason = item.pointee.isEdge ? .reportedEdge : .reportedLevel
        } else if !asked.subtracting(.out).isEmpty {
            guard !item.pointee.isArmed || item.pointee.isEdge else { return nil }
            reason = item.pointee.isArmed ? .edgeSpent : .oneShotSpent
        } else {
            guard !isUnknown, item.pointee.isArmed, !now.subtracting(mask).subtracting(.out).isEmpty else { return nil }
            reason = .notInMask
        }
        var change = ReadinessChange()
        change.instance = id.rawValue
        change.object = file.id.rawValue
        change.fd = item.pointee.fd
        change.edge = UInt32(truncatingIfNeeded: item.pointee.edges)
        change.events = (reason == .notInMask ? now.subtracting(mask).subtracting(.out) : asked).rawValue
        change.reason = reason
        if isUnknown { change.events |= ReadinessChange.hostBit }
        return change
    }
}
