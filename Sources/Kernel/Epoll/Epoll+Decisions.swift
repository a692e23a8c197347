import Trace
import WasixABI

/// Keeping what waits decide, while somebody may ask (Kernel.docc/Decisions). Lock held for everything.
extension Epoll {
    /// One look of a wait that is recorded; does what `look(into:limit:...)` does.
    @inline(never)
    func recordedLook(
        into output: UnsafeMutablePointer<DeliveredEvent>, limit: Int, _ wait: WaitInProgress, _ thread: GuestThread
    ) -> Int {
        assertLocked()
        let log = waitLog ?? .passRetained(WaitLog())
        waitLog = log
        return log._withUnsafeGuaranteedRef { recordedLook(in: $0, into: output, limit: limit, wait, thread) }
    }

    @inline(__always)
    private func recordedLook(
        in log: WaitLog, into output: UnsafeMutablePointer<DeliveredEvent>, limit: Int, _ wait: WaitInProgress,
        _ thread: GuestThread
    ) -> Int {
        var recorder = log.begin(items: itemCount)
        recorder.descriptors = .passUnretained(thread.descriptors)
        begin(recorder, limit, wait, thread, log.next)
        if let notifier, wait.isToDrain { collect(from: notifier, mayWait: !wait.isLastLook, recorder) }
        let pass = pass
        recorder.look.pointee.listed = UInt32(truncatingIfNeeded: recorder.count + readyCount)
        let count = deliver(into: output, limit: limit, recorder)
        let isOver = count > 0 || wait.isLastLook
        if isOver {
            recorder.leaves(ready)
            notePassedOver(in: ChangeLog.current, look: pass, isFull: count == limit, recorder)
        }
        guard isOver || recorder.count > 0 else { return count }
        recorder.look.pointee.count = UInt32(truncatingIfNeeded: count)
        recorder.look.pointee.outcome =
            count > 0 ? .returned : !isOver ? .asleep : wait.isInterrupted ? .interrupted : .timedOut
        log.keep(recorder)
        return count
    }

    private func begin(
        _ recorder: LookRecorder, _ limit: Int, _ wait: WaitInProgress, _ thread: GuestThread, _ sequence: UInt64
    ) {
        var look = WaitLook()
        look.sequence = sequence
        look.wait = wait.number
        look.thread = thread.id
        // In a traced call the tick is that of the lock's last taking.
        let tick = thread.frame.pointee.lookupTick
        look.at = tick > 1 ? tick : TickClock.now()
        look.deadline = wait.deadline
        look.limit = UInt32(truncatingIfNeeded: limit)
        look.earlierLooks = wait.looks
        look.interest = UInt32(truncatingIfNeeded: itemCount)
        recorder.look.initialize(to: look)
    }

    /// What its last waits did, taken in portions. No lock held; the instance is held.
    func history(portion: Int) -> WaitHistory {
        var history = WaitHistory(instance: id)
        var next: UInt64? = 0
        while let sequence = next {
            next = kernel.locked {
                waitLog?._withUnsafeGuaranteedRef { $0.copy(from: sequence, limit: portion, to: &history) }
            }
        }
        return history
    }
}

/// A wait between two looks.
struct WaitInProgress {
    /// Its number on the instance.
    let number: UInt64
    let deadline: UInt64
    /// Looks so far.
    var looks: UInt32 = 0
    var isLastLook: Bool
    var isInterrupted = false
    /// The notifier may have something that is not on the ready list yet.
    var isToDrain = true
}
