import Trace
import WasixABI

/// Running other programs (article Processes).
extension GuestThread {
    /// Replaces the program of the thread's process. When that is done, the thread does not come back to its code, and
    /// neither do the process's other threads. No lock held.
    /// - Throws: what execve(2) answers; NOEXEC for what is no module that can be run here. The program runs on then.
    public func execute(_ request: ProgramRequest) throws(Errno) {
        let next = try process.load(request, by: self)
        try process.replace(with: next, by: self)
        giveBack()
    }
}

extension GuestProcess {
    /// Starts a child with a program of its own, which is told to ignore the signals `ignoring`. No lock held.
    /// - Throws: what the actions or execve(2) answer, AGAIN; there is no child then.
    public func spawn(
        _ request: ProgramRequest, actions: [SpawnAction], ignoring: [Signal], by thread: GuestThread
    ) throws(Errno) -> ProcessID {
        let child = try makeChild(kernel.locked { image })
        do throws(Errno) {
            try child.apply(actions, by: thread)
            let image = try child.load(request, by: thread)
            kernel.locked {
                child.adopt(image)
                child.ignoredSignals = ignoring
            }
            guard let main = child.makeThread(isMain: true, by: thread.id), let runner = image.runner,
                runner.hasRoomForThread, runner.startMain(main)
            else {
                throw .again
            }
        } catch {
            child.disown()
            throw error
        }
        return child.id
    }

    /// - Parameter thread: whose call it is, perhaps of the process's parent.
    fileprivate func load(_ request: ProgramRequest, by thread: GuestThread) throws(Errno) -> ProgramImage {
        guard let runner = thread.image.runner else { throw .noexec }
        let file = try ProgramSearch.find(request, thread, in: self, commands: kernel.commands)
        return try runner.load(file, for: self, by: thread)
    }

    /// Lock held.
    private func adopt(_ next: ProgramImage) {
        assertLocked()
        descriptors.closeOnExecute()
        image = next
        sharesImage = false
        isWasix = next.isWasix
        signalCallback = nil
        hasAskedForTerminal = false
        locals = ThreadLocals()
        release()
    }

    fileprivate func replace(with next: ProgramImage, by thread: GuestThread) throws(Errno) {
        guard let runner = next.runner, runner.hasRoomForThread else { throw .nomem }
        try kernel.locked { () throws(Errno) in
            // Another thread may have been first, with its program or with the end.
            guard !thread.isEnding else { throw .intr }
            adopt(next)
            // What waits for the thread that runs on waits for the program that takes its place (execve(2)).
            pendingSignals = pendingSignals.union(thread.pendingSignals)
            for other in liveThreads {
                other.isReplaced = true
                other.interrupt(.ending)
            }
        }
        if thread.lender == nil { thread.image.runner?.expel() }
        guard let main = makeThread(isMain: true, by: thread.id) else { return }
        if !runner.startMain(main) {
            // Too late to go back (Linux: past the point of no return).
            forget(main)
            end(.signalled(signal: Signal.kill.rawValue))
        }
    }
}
