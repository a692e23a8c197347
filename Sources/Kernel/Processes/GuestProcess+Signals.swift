import Trace
import WasixABI

/// Sending: a signal waits in a set, of its process or of one thread, until a thread takes it (Kernel.docc/Signals).
extension GuestProcess {
    /// Sends `signal` to the process, or to one of its threads. No lock held. 0 asks nothing of anybody.
    public func send(_ signal: Signal, to target: GuestThread? = nil) {
        guard signal != .none else { return }
        if signal == .cont { resume() }
        if signal == .abrt, let target, let given = kernel.locked({ target.signalGivenUpOn }) {
            return end(.signalled(signal: given.rawValue))
        }
        guard kernel.locked({ post(signal, to: target) }) else { return actByDefault(signal) }
        nudge()
    }

    /// Gets threads that compute to look for signals. No lock held.
    func nudge() {
        let runner = kernel.locked { image.runner }
        runner?.nudge()
        // One that sets its next deadline at that moment misses the first.
        if kernel.locked({ liveThreads.contains { $0.isAskedWhileItRuns } }) { runner?.nudge() }
    }

    /// What becomes of a signal that the program itself was sent.
    public enum Offer: Sendable {
        /// A handler has run, or one will when the guest unblocks signals.
        case taken
        /// The guest has not said where signals go.
        case refused
        /// A thread is to take it and has not come by yet.
        case waiting
    }

    /// Sends a signal from outside, unless the guest has no place for signals. No lock held.
    public func offer(_ signal: Signal) -> Offer {
        guard kernel.locked({ signalCallback != nil }) else { return .refused }
        send(signal)
        return offered(signal)
    }

    /// Whether a thread is in the handler of the signal. No lock held.
    public func isHandling(_ signal: Signal) -> Bool {
        kernel.locked { liveThreads.contains { $0.signalsInHandlers.contains(signal) } }
    }

    /// What has become of an offer so far. No lock held.
    public func offered(_ signal: Signal) -> Offer {
        kernel.locked { pendingSignals.contains(signal) && !takers.isEmpty ? .waiting : .taken }
    }

    /// Sends a signal that has a handler. Lock held.
    /// - Returns: false when it has none: the default action is to be taken.
    func post(_ signal: Signal, to target: GuestThread? = nil) -> Bool {
        assertLocked()
        guard signalCallback != nil, signal.canBeHandled else { return false }
        if let target { target.pendingSignals.insert(signal) } else { pendingSignals.insert(signal) }
        // One that handles this very signal takes it when that is over.
        let takers = takers.filter { !$0.signalsInHandlers.contains(signal) }
        let taker = target ?? takers.first(where: \.isMain) ?? takers.first
        if let taker, takers.contains(where: { $0 === taker }) { taker.interrupt(signal.interrupt) }
        return true
    }

    /// A thread that was to take signals does not: others do (Linux: retarget_shared_pending). Lock held.
    func retargetSignals() {
        assertLocked()
        for signal in pendingSignals.ascending { _ = post(signal) }
    }

    /// `thread` has left handlers: it may take now what waited for that. Lock held.
    func retargetSignals(to thread: GuestThread) {
        assertLocked()
        guard thread.takesSignals else { return }
        let waiting = thread.pendingSignals.union(pendingSignals).subtracting(thread.signalsInHandlers)
        for signal in waiting.ascending { thread.interrupt(signal.interrupt) }
    }

    /// Threads that do not hold signals back. Lock held.
    private var takers: [GuestThread] { liveThreads.filter(\.takesSignals) }

    /// Names the export that signals go to on `thread`; one that exists is also for threads that have named none. No lock
    /// held.
    public func setSignalCallback(_ name: [UInt8], on thread: GuestThread) {
        let callback = SignalCallback(name: name, exists: thread.image.runner?.hasHandler(name) ?? false)
        kernel.locked {
            thread.ownSignalCallback = callback
            if callback.exists || signalCallback == nil { signalCallback = callback }
            // What it was to take others take, if it holds signals back now (Linux: set_current_blocked).
            retargetSignals()
        }
    }

    /// The signals for `thread`, taken out of the sets that they waited in, in the order in which their handlers run; and
    /// the export to call. Linux dequeues those of the thread and then those of the process, the lowest number first, and
    /// lays their frames one upon the other, so that the last one's handler runs first. One that the thread is handling
    /// waits until that is over (signal(7)). Lock held.
    func takeSignals(_ thread: GuestThread) -> (signals: [Signal], handler: [UInt8])? {
        assertLocked()
        guard let callback = thread.signalCallback, callback.exists else { return nil }
        let own = thread.pendingSignals.subtracting(thread.signalsInHandlers)
        let shared = pendingSignals.subtracting(thread.signalsInHandlers.union(own))
        guard !own.isEmpty || !shared.isEmpty else { return nil }
        thread.pendingSignals = thread.pendingSignals.subtracting(own)
        pendingSignals = pendingSignals.subtracting(shared)
        thread.signalsInHandlers = thread.signalsInHandlers.union(own).union(shared)
        return ((own.ascending + shared.ascending).reversed(), callback.name)
    }

    /// Without a handler: ends the process, or nothing. No lock held.
    private func actByDefault(_ signal: Signal) {
        let isOver = kernel.locked {
            if ignoredSignals.contains(signal), signal.canBeHandled { return true }
            // A stopped process takes only SIGKILL, and SIGCONT forgets what would stop it (signal(7)).
            guard isStopped, signal != .kill else { return false }
            if signal.defaultAction != .stop { heldSignals.insert(signal) }
            return true
        }
        guard !isOver else { return }
        switch signal.defaultAction {
        case .terminate, .abort: end(.signalled(signal: signal.rawValue))
        case .stop: stop(by: signal)
        case .ignore, .resume, nil: break
        }
    }

    // MARK: stopping

    /// Every thread stays where it is, until SIGCONT. No lock held.
    private func stop(by signal: Signal) {
        let parent: GuestProcess? = kernel.locked {
            guard !state.hasEnded, !isStopped else { return nil }
            isStopped = true
            stopNews = signal
            for thread in threads { thread.interrupt(.stop) }
            let parent = isOrphan ? nil : kernel.processes[self.parent]
            parent?.hearOfChild()
            return parent
        }
        nudge()
        parent?.nudge()
    }

    /// No lock held.
    private func resume() {
        let held: SignalSet = kernel.locked {
            guard isStopped else { return SignalSet() }
            isStopped = false
            stopNews = nil
            for thread in threads { thread.wake() }
            defer { heldSignals = SignalSet() }
            return heldSignals
        }
        for signal in held.ascending { actByDefault(signal) }
    }
}

extension Signal {
    /// How a thread that is to take it is told.
    fileprivate var interrupt: Interrupts {
        switch defaultAction {
        case .ignore, .resume: .quietSignal
        case .terminate, .abort, .stop, nil: .signal
        }
    }
}

/// An export that signals are to be delivered to. A name that no export has holds them back: so libc masks signals.
struct SignalCallback {
    let name: [UInt8]
    let exists: Bool
}

extension GuestThread {
    /// Lock held.
    var signalCallback: SignalCallback? { ownSignalCallback ?? process.signalCallback }
    /// It runs handlers, and does not hold signals back. Lock held.
    var takesSignals: Bool { !isReplaced && signalCallback?.exists ?? false }
}
