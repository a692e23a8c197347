import Trace

/// Pausing and stepping the guest, all of its processes at once or one of them (article Pause). Any thread but the guest's; no lock held.
extension Kernel {
    /// Threads stand still at the next border of a call, those that compute where they are.
    public func pauseGuest() {
        locked { setPace(.paused) }
        nudgeAll()
    }

    /// The guest runs on.
    public func resumeGuest() { locked { setPace(.free) } }

    /// Pauses one process, or lets it run on, whatever the others do. Processes that it makes are not paused with it.
    public func setPaused(_ isPaused: Bool, of id: ProcessID) {
        let process = locked {
            let process = processes.all.first { $0.id == id }
            process?.isPausedAlone = isPaused
            setPace(pace)
            return process
        }
        process?.nudge()
    }

    /// The guest runs on, and is paused after the first call that meets the condition.
    public func run(until condition: @escaping BreakCondition) {
        locked {
            breaks.once = condition
            setPace(.free)
        }
    }

    /// Calls that meet the condition pause the guest; nil for none.
    public func setBreak(_ condition: BreakCondition?) {
        locked {
            breaks.standing = condition
            setPace(pace)
        }
    }

    /// The guest runs until a wait for events returns in one of its threads, and is paused then.
    public func runToWait() { locked { setPace(.untilWait) } }

    /// A thread that is paused runs to its next call, while the others stay where they are.
    /// One that waits with a deadline in a guest whose clock stands is given the time for it.
    /// - Returns: false when it is not paused: it waits in a call, has ended, or is on its way.
    public func step(_ id: ThreadID) -> Bool {
        locked {
            guard let thread = allThreads.first(where: { $0.id == id }), thread.isPaused,
                thread.pausedAt != nil || freezesClock && thread.isInTimedWait
            else { return false }
            thread.mayStep = true
            pausedBy = nil
            stepsGiven &+= 1
            settleClock()
            thread.wake()
            return true
        }
    }

    /// The guest is paused, each thread stands still or sleeps in a call, and nothing that was done is about to move one:
    /// until the next step only a timeout, or what comes from outside, changes anything. Lock held.
    var isSettled: Bool {
        assertLocked()
        return pace == .paused && allThreads.allSatisfy(\.isSettled)
    }

    /// Lock held.
    func setPace(_ new: GuestPace) {
        assertLocked()
        pace = new
        if new == .paused { breaks.once = nil } else { pausedBy = nil }
        for thread in allThreads {
            thread.mayStep = false
            if isWatchingBorders || thread.process.isPausedAlone {
                thread.setInterrupt(.pause)
            } else {
                _ = thread.takeInterrupts(.pause)
            }
            if !thread.isPaused, thread.pausedAt != nil { thread.wake() }
        }
        settleClock()
    }

    /// The guest's clock stands while the guest is paused and no thread makes a step; a step into a wait without a deadline
    /// lets no time pass. Asked whenever one of these changes. Lock held.
    func settleClock() {
        assertLocked()
        guard freezesClock else { return }
        let stands = pace == .paused && !allThreads.contains(where: \.letsTimePass)
        guard stands != clock.stands else { return }
        if stands { clock.stop() } else { clock.start() }
        // How long they sleep in the host depends on it.
        for process in processes.all {
            process.signalTimers.lookAgain()
            for thread in process.liveThreads where thread.isInTimedWait { thread.wake() }
        }
    }

    /// Threads are to come by at every border. Lock held.
    var isWatchingBorders: Bool {
        assertLocked()
        return pace != .free || !breaks.isEmpty
    }

    /// Gets threads that compute to look whether they are to stand still. No lock held.
    func nudgeAll() { for process in allProcesses { process.nudge() } }

    /// Lock held.
    private var allThreads: [GuestThread] { processes.all.flatMap(\.liveThreads) }
}

/// Conditions on calls that pause the guest.
struct Breaks {
    /// Met as often as it comes to that.
    var standing: BreakCondition?
    /// Forgotten with the next pause.
    var once: BreakCondition?

    var isEmpty: Bool { standing == nil && once == nil }
    var all: [BreakCondition] { [standing, once].compactMap { $0 } }
}
