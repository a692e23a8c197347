import Trace
import WasixABI

/// What a parent learns of a child.
public enum ChildNews: Sendable, Equatable {
    /// There are such children, and nothing to tell of any.
    case nothing
    /// It has ended, and is forgotten from now on.
    case ended(ProcessID, GuestState)
    /// A signal has stopped it.
    case stopped(ProcessID, Signal)
}

/// Parents and children (article Processes).
extension GuestProcess {
    /// A child with copies of everything but the program's memory, as fork(2) makes it: the descriptors share their
    /// descriptions. It has no thread yet. No lock held.
    /// - Throws: AGAIN when there are too many processes, INTR when this one has ended.
    func makeChild(_ image: ProgramImage) throws(Errno) -> GuestProcess {
        let child = GuestProcess(kernel: kernel, parent: id, image: image, workingDirectory: [])
        child.isWasix = image.isWasix
        try kernel.locked { () throws(Errno) in
            guard !state.hasEnded, kernel.processes.count <= kernel.mostProcesses else {
                kernel.processes.remove(child.id)
                throw state.hasEnded ? .intr : .again
            }
            descriptors.copy(into: child.descriptors)
            child.workingDirectory = workingDirectory
            child.mounts = mounts
            child.capturedTerminal = capturedTerminal
            child.ignoredSignals = ignoredSignals
            child.clockOffsets.update(from: clockOffsets, count: Self.clockCount)
            children.append(child)
        }
        return child
    }

    /// A child for `thread`, which forks: `image` is its program with a copied memory. No lock held.
    /// - Returns: the child and its only thread, which is not started yet.
    /// - Throws: AGAIN when there is no room, INTR when the process has ended.
    public func fork(_ image: ProgramImage, by thread: GuestThread) throws(Errno) -> GuestThread {
        let child = try makeChild(image)
        kernel.locked {
            child.signalCallback = thread.signalCallback
            child.hasAskedForTerminal = hasAskedForTerminal
        }
        guard let main = child.makeThread(isMain: true, by: thread.id) else {
            child.disown()
            throw .intr
        }
        kernel.locked {
            main.ownSignalCallback = thread.ownSignalCallback
            main.signalsInHandlers = thread.signalsInHandlers
        }
        return main
    }

    /// Takes back a process that could not be started: it is as if it had never been. No lock held.
    public func disown() {
        let parent = kernel.locked { kernel.processes[self.parent] }
        kernel.locked {
            for thread in threads { forgetUnstarted(thread) }
            parent?.forgetChild(self)
        }
        while kernel.locked({ descriptors.closeForGood(limit: Self.closedAtOnce) }) {}
    }

    /// Waits for news of the child `wanted`, or of any. Lock held, released while asleep.
    /// - Throws: CHILD when there is no such child, INTR.
    public func join(_ wanted: ProcessID?, _ flags: JoinFlags, _ thread: GuestThread) throws(Errno) -> ChildNews {
        assertLocked()
        while true {
            let meant = children.filter { wanted == nil || $0.id == wanted }
            guard !meant.isEmpty else { throw .child }
            if let child = meant.first(where: \.isJoinable) {
                forgetChild(child)
                return .ended(child.id, child.state)
            }
            if flags.contains(.wakeStopped), let child = meant.first(where: { $0.stopNews != nil }) {
                defer { child.stopNews = nil }
                return .stopped(child.id, child.stopNews ?? .stop)
            }
            if flags.contains(.nonBlocking) { return .nothing }
            // Each of several waiters looks for a child of its own.
            guard thread.wait(in: childWaiters, isExclusive: false, until: .max) != .interrupted else { throw .intr }
        }
    }

    /// Waits until the process runs a program of its own or has ended, as the parent of vfork(2) does: no signal ends the
    /// wait. No lock held.
    public func waitForRelease(_ thread: GuestThread) {
        kernel.locked { _ = thread.waitUndisturbed(in: releaseWaiters) { isReleased } }
    }

    /// Lock held.
    func release() {
        assertLocked()
        isReleased = true
        releaseWaiters.wake(key: [])
    }

    /// The process has ended and closed everything: its parent may join it, and nobody joins its children any more. With
    /// the initial process all others end, as in a process namespace (pid_namespaces(7)). No lock held.
    func leaveFamily() {
        let (parent, others): (GuestProcess?, [GuestProcess]) = kernel.locked {
            isJoinable = true
            release()
            for child in children {
                // Their parent is the system's first process now, which the guest's initial process only plays: it must
                // not hear of children that it has not made.
                child.parent = .initial
                child.isOrphan = true
                if child.isJoinable { kernel.processes.remove(child.id) }
            }
            children = []
            let parent = isOrphan ? nil : kernel.processes[self.parent]
            parent?.hearOfChild()
            if isOrphan { kernel.processes.remove(id) }
            guard id == .initial else { return (parent, []) }
            return (parent, kernel.processes.all.filter { $0 !== self })
        }
        parent?.nudge()
        // All that compute leave first: they keep the processors from whoever ends the others.
        let killed = GuestState.signalled(signal: Signal.kill.rawValue)
        let computing = kernel.locked { others.filter(\.computes) }.map { ($0, $0.beginEnd(killed)) }
        for (other, observers) in computing {
            if let observers { other.finishEnd(killed, observers) }
        }
        for other in others { other.end(killed) }
    }

    /// One of its threads is not asleep. Lock held.
    private var computes: Bool { liveThreads.contains { $0.blockedSince == 0 } }

    /// A child has ended or was stopped: whoever joins looks, and SIGCHLD is sent, which a process without a handler ignores.
    /// Lock held.
    func hearOfChild() {
        assertLocked()
        guard !state.hasEnded else { return }
        childWaiters.wake(key: [])
        _ = post(.chld)
    }

    /// Nobody asks for it any more. Lock held.
    private func forgetChild(_ child: GuestProcess) {
        assertLocked()
        children.removeAll { $0 === child }
        kernel.processes.remove(child.id)
    }
}
