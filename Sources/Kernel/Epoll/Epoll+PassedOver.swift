import Trace
import WasixABI

extension Epoll {
    /// After a look that ends its wait: what is there, or may be, and is not reported goes into the wait's record, so that
    /// somebody can ask later why; room to write alone is nothing that a program misses. A recorder gets every item that was
    /// not on the ready list. Lock held; the host is not asked.
    /// - Parameters:
    ///   - log: the changes of the call; nil when it has no record.
    ///   - look: the delivery pass of the wait.
    ///   - isFull: it had no room for more.
    @inline(never)
    func notePassedOver(in log: ChangeLog?, look: UInt64, isFull: Bool, _ recorder: LookRecorder?) {
        assertLocked()
        let isShort = itemCount <= WaitLook.mostItems
        // Of a long list, while the guest is stepped, what has something to say comes before what has not.
        let isWanted = isShort || (recorder != nil && kernel.pace != .free)
        if let recorder { recorder.look.pointee.isWhole = isWanted }
        guard isWanted else { return }
        var next = firstItem
        while let item = next {
            next = item.pointee.nextItem
            let isReported = item.pointee.reportedPass == look
            guard !isReported else { continue }
            let (now, isUnknown) = item.pointee.presentReadiness
            if isShort, let log, let change = passedOver(item, now, isUnknown: isUnknown, isFull: isFull) {
                log.add(change)
            }
            guard let recorder, !item.pointee.isReady, item.pointee.lookedPass != recorder.look.pointee.sequence
            else { continue }
            let isTelling = isShort || !item.pointee.isArmed || !now.subtracting(.out).isEmpty
            if isTelling { recorder.add(item, now, .notListed, isUncertain: isUnknown) }
        }
    }

    private func passedOver(
        _ item: ItemPointer, _ now: EpollEvents, isUnknown: Bool, isFull: Bool
    ) -> ReadinessChange? {
        let mask = item.pointee.mask
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
        change.object = item.pointee.file._withUnsafeGuaranteedRef { $0.id.rawValue }
        change.fd = item.pointee.fd
        change.edge = UInt32(truncatingIfNeeded: item.pointee.edges)
        change.events = (reason == .notInMask ? now.subtracting(mask).subtracting(.out) : asked).rawValue
        change.reason = reason
        if isUnknown { change.events |= ReadinessChange.hostBit }
        return change
    }
}
