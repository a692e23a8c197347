import Trace
import WasixABI

/// Hears of each item that a delivery pass takes off the ready list. Passes that nobody listens to are compiled without.
protocol DeliveryWitness {
    /// The item is about to be reported: nothing of it has changed yet.
    func reports(_ item: ItemPointer, _ now: EpollEvents)
    /// The item was ready for nothing that it asks for, and is not on the list any more.
    func drops(_ item: ItemPointer, _ now: EpollEvents)
}

/// Nobody listens.
struct NoWitness: DeliveryWitness {
    @inline(__always)
    func reports(_ item: ItemPointer, _ now: EpollEvents) {}
    @inline(__always)
    func drops(_ item: ItemPointer, _ now: EpollEvents) {}
}

/// Writes one look into its slot. Lock held for everything.
struct LookRecorder: DeliveryWitness {
    let look: UnsafeMutablePointer<WaitLook>
    let items: UnsafeMutablePointer<LookedItem>
    let order: UnsafeMutablePointer<UInt8>
    let capacity: Int
    /// Whose number it is that a registration stands under.
    var descriptors: Unmanaged<FdTable>?

    var count: Int { look.pointee.itemCount }

    @inline(__always)
    func reports(_ item: ItemPointer, _ now: EpollEvents) {
        let decision: ItemDecision =
            item.pointee.isOneShot ? .disarmed : item.pointee.isEdge ? .reported : .requeued
        add(item, now, decision)
        item.pointee.reportedWait = look.pointee.wait
    }

    @inline(__always)
    func drops(_ item: ItemPointer, _ now: EpollEvents) { add(item, now, .dropped) }

    /// Adds an item as it is now; a list that is longer than the slot is cut.
    @inline(__always)
    func add(_ item: ItemPointer, _ now: EpollEvents, _ decision: ItemDecision, isUncertain: Bool = false) {
        item.pointee.lookedPass = look.pointee.sequence
        let place = count
        guard place < capacity else { return }
        var mask = item.pointee.mask
        if item.pointee.isEdge { mask.insert(.et) }
        if item.pointee.isOneShot { mask.insert(.oneshot) }
        var seen = item.pointee.file._withUnsafeGuaranteedRef { file in
            var seen = LookedItem(object: file.id, fd: FdNumber(rawValue: item.pointee.fd), mask: mask)
            seen.isGhost = isGhost(item.pointee.fd, file)
            return seen
        }
        seen.edge = UInt32(truncatingIfNeeded: item.pointee.edges)
        seen.toldEdge = UInt32(truncatingIfNeeded: item.pointee.reportedEdge)
        seen.toldWait = UInt32(truncatingIfNeeded: item.pointee.reportedWait)
        seen.ready = now
        seen.decision = decision
        seen.isArmed = item.pointee.isArmed
        seen.isUncertain = isUncertain
        (items + place).initialize(to: seen)
        look.pointee.itemCount = place + 1
    }

    @inline(__always)
    private func isGhost(_ fd: UInt32, _ file: OpenFile) -> Bool {
        guard let descriptors else { return false }
        return descriptors._withUnsafeGuaranteedRef {
            $0.slot(FdNumber(rawValue: fd))?.pointee.file?.toOpaque() != Unmanaged.passUnretained(file).toOpaque()
        }
    }

    /// What the pass has left on the list, in order: what it did not reach, and what it put back at the end.
    func leaves(_ ready: ReadyList) {
        var requeued = 0
        var current = ready.head
        while let item = current, look.pointee.orderCount < capacity {
            current = item.pointee.nextReady
            guard item.pointee.lookedPass == look.pointee.sequence else {
                let (now, isUncertain) = item.pointee.presentReadiness
                let place = count
                add(item, now, .notReached, isUncertain: isUncertain)
                if place < count { append(place) }
                continue
            }
            // Those that were put back stand in the order in which they were reported.
            let fd = item.pointee.fd
            while requeued < count, items[requeued].fd.rawValue != fd || items[requeued].decision != .requeued {
                requeued += 1
            }
            if requeued < count { append(requeued) }
            requeued += 1
        }
    }

    private func append(_ place: Int) {
        (order + look.pointee.orderCount).initialize(to: UInt8(truncatingIfNeeded: place))
        look.pointee.orderCount += 1
    }
}

extension InterestItem {
    /// What its object is ready for as far as is known without asking the host, and whether the host would have to say.
    @inline(__always)
    var presentReadiness: (EpollEvents, isUncertain: Bool) {
        file._withUnsafeGuaranteedRef { file in
            file.isHostBacked ? (lastReported.subtracting(file.knownIdle), true) : (file.peekReadiness(), false)
        }
    }
}
