import CLinux
import Trace
import WasixABI

extension GuestThread {
    /// A border: the thread stands still here while the guest is paused, unless it may step on. It serves what is asked of it
    /// meanwhile. Called on the thread, whose `pause` interrupt is set; no lock held.
    /// - Parameters:
    ///   - place: where the thread is.
    ///   - call: the call that is over.
    public func pause(_ place: PausePlace, of call: CallID? = nil) {
        let pausesOthers = kernel.locked {
            if place == .beforeCall, mayStep {
                mayStep = false
                kernel.settleClock()
            }
            let isEnd = kernel.pace == .untilWait && place == .afterCall && call?.isEventWait ?? false
            if isEnd { pauseAll() }
            return isEnd
        }
        if pausesOthers { kernel.nudgeAll() }
        kernel.locked {
            while isToStandStill {
                if pausedAt == nil { pausedSince = cl_monotonic_ns() }
                pausedAt = place
                serveRequests()
                guard isToStandStill else { break }
                kernel.unlock()
                _ = wakeWord.sleep(until: .max)
                kernel.lock()
            }
            pausedAt = nil
        }
    }

    /// Pauses the guest when the call that is over is one that whoever inspects it waits for; this thread stands still at the
    /// border that follows. Called on the thread, whose `pause` interrupt is set; no lock held.
    /// - Parameters:
    ///   - record: of the call.
    ///   - payload: of the record.
    public func lookForBreak(_ record: TraceRecord, _ payload: UnsafeRawBufferPointer) {
        // While it is paused this is a step.
        let conditions = kernel.locked { isPaused ? [] : kernel.breaks.all }
        guard !conditions.isEmpty else { return }
        let subject = BreakSubject(process: process.id, thread: id, record: record, payload: payload) { [kernel] in
            kernel.names(of: $0)
        }
        guard conditions.contains(where: { $0(subject) }) else { return }
        kernel.locked { pauseAll() }
        kernel.nudgeAll()
    }

    /// Lock held.
    private func pauseAll() {
        kernel.setPace(.paused)
        kernel.pausedBy = id
    }

    /// It makes a step, and does not wait for ever in it. Lock held.
    var letsTimePass: Bool { mayStep && (blockedSince == 0 || blockedUntil != .max) }

    /// Lock held.
    var isInTimedWait: Bool { blockedSince != 0 && blockedUntil != .max && blockedUntil != 0 }

    /// The guest or its process is to stand still. Lock held.
    var isPaused: Bool { kernel.pace == .paused || process.isPausedAlone }

    private var isToStandStill: Bool { isPaused && !mayStep && !mustLeave }

    /// It stands still, or sleeps in a call without having been woken. Lock held.
    var isSettled: Bool {
        kernel.assertLocked()
        if hasEnded { return true }
        if pausedAt != nil { return !mayStep }
        return blockedSince != 0 && !isServing && (isInHostWait || wakeWord.isAsleep)
    }

    /// It runs although it is paused, and not because it may step. Lock held.
    var isToBePaused: Bool {
        kernel.assertLocked()
        return isPaused && !mayStep && pausedAt == nil && hasBegun
    }
}
