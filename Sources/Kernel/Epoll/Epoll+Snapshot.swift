import Trace
import WasixABI

extension Epoll {
    /// How many registrations of the ready list a snapshot names, from its head.
    private static let shownReady = 256

    /// The whole instance, without side effects a guest could see; times of reports are in ticks. No lock held, and
    /// every hold of it looks at up to `portion` registrations. One snapshot at a time, of an instance that is held.
    func snapshot(_ descriptors: FdTable, fd: FdNumber, portion: Int) -> EpollSnapshot {
        // Events that the host holds ready join the ready list before the snapshot looks at it.
        while kernel.locked({ notifier.map { drain($0, wakes: true, batches: 1) } ?? false }) {}
        var items: [ItemSnapshot] = []
        var questions = HostQuestions()
        items.reserveCapacity(
            kernel.locked {
                snapshotCursor = firstItem
                return itemCount
            })
        var isMore = true
        while isMore {
            kernel.locked {
                for _ in 0..<portion {
                    guard let item = snapshotCursor else { break }
                    snapshotCursor = item.pointee.nextItem
                    items.append(describe(item, descriptors, items.count, &questions))
                }
                isMore = snapshotCursor != nil
            }
            questions.ask(readiness: { items[$0].look($1) })
        }
        return kernel.locked {
            EpollSnapshot(
                object: id, fd: fd, items: items, readyOrder: shownReadyOrder, waiters: waitingThreads, waits: waits,
                eventsDelivered: eventsDelivered, timeouts: timeouts, interruptions: interruptions,
                crowdedWaits: crowdedWaits)
        }
    }

    private var shownReadyOrder: [FdNumber] {
        var order: [FdNumber] = []
        var current = ready.head
        while let item = current, order.count < Self.shownReady {
            order.append(FdNumber(rawValue: item.pointee.fd))
            current = item.pointee.nextReady
        }
        return order
    }

    private func describe(
        _ item: ItemPointer, _ descriptors: FdTable, _ index: Int, _ questions: inout HostQuestions
    ) -> ItemSnapshot {
        item.pointee.file._withUnsafeGuaranteedRef { file in
            let number = FdNumber(rawValue: item.pointee.fd)
            let isGhost =
                descriptors.slot(number)?.pointee.file?.toOpaque() != Unmanaged.passUnretained(file).toOpaque()
            var mask = item.pointee.mask
            if item.pointee.isEdge { mask.insert(.et) }
            if item.pointee.isOneShot { mask.insert(.oneshot) }
            var picture = ItemSnapshot(
                fd: number, object: file.id, kind: file.kind, mask: mask, isArmed: item.pointee.isArmed,
                data: item.pointee.data.data2, ready: [], lastReported: item.pointee.lastReported,
                reports: item.pointee.reports, lastReportedAt: item.pointee.lastReportedAt,
                edges: item.pointee.edges, reportedEdge: item.pointee.reportedEdge,
                isOnReadyList: item.pointee.isReady, isGhost: isGhost, reason: .notReady, levelWouldReport: false)
            picture.reportedWait = item.pointee.reportedWait
            if item.pointee.isEdge, !item.pointee.isReady, item.pointee.edges != 0 {
                picture.shortRead = kernel.shortRead(of: file.id)
            }
            if file.isHostBacked, let hostFd = file.hostPollFd {
                questions.askReadiness(hostFd, for: index)
            } else {
                picture.look(file.peekReadiness())
            }
            return picture
        }
    }
}

extension ItemSnapshot {
    /// Why a wait that looked now would or would not report it, given what its object is ready for.
    fileprivate mutating func look(_ now: EpollEvents) {
        ready = now
        let isWanted = !now.isDisjoint(with: mask.subtracting([.et, .oneshot]))
        levelWouldReport = isWanted
        if !isArmed {
            reason = .oneShotSpent
        } else if !isWanted {
            reason = now.isEmpty ? .notReady : .notInMask
        } else if mask.contains(.et) {
            reason = isOnReadyList ? .reportedEdge : .edgeSpent
        } else {
            reason = .reportedLevel
        }
    }
}
