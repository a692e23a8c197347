import Trace
import WasixABI

/// Sending: a signal waits in a set, of its process or of one thread, until a thread takes it (Kernel.docc/Signals).
extension GuestProcess {
    /// Sends `signal` to the process, or to one of its threads. No lock held. 0 asks nothing of anybody.
    public func send(_ signal: Signal, to target: GuestThread? = nil) {
        guard signal != .none else { return }
        let isHandled = kernel.locked {
            guard signalCallback != nil, signal.canBeHandled else { return false }
            post(signal, to: target)
            return true
        }
        guard isHandled else { return actByDefault(signal) }
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

    /// What has become of an offer so far. No lock held.
    public func offered(_ signal: Signal) -> Offer {
        kernel.locked { hasSignalHandler && pendingSignals.contains(signal) && !state.hasEnded ? .waiting : .taken }
    }

    /// Lock held.
    private func post(_ signal: Signal, to target: GuestThread?) {
        assertLocked()
        if let target { target.pendingSignals.insert(signal) } else { pendingSignals.insert(signal) }
        guard hasSignalHandler else { return }
        let taker = target ?? liveThreads.first { $0.isMain } ?? liveThreads.first
        taker?.interrupt(.signal)
    }

    /// Names the export that signals go to. Those that waited for one that exists are on their way when this returns. No
    /// lock held.
    public func setSignalCallback(_ name: [UInt8]) {
        let exists = runner?.hasHandler(name) ?? false
        kernel.locked {
            signalCallback = name
            hasSignalHandler = exists
            guard exists else { return }
            for thread in liveThreads where !thread.pendingSignals.isEmpty { thread.interrupt(.signal) }
        }
    }

    /// The signals for `thread`, taken out of the sets that they waited in, in the order in which their handlers run; and
    /// the export to call. Linux dequeues those of the thread and then those of the process, the lowest number first, and
    /// lays their frames one upon the other, so that the last one's handler runs first. One that the thread is handling
    /// waits until that is over (signal(7)). Lock held.
    func takeSignals(_ thread: GuestThread) -> (signals: [Signal], handler: [UInt8])? {
        assertLocked()
        guard hasSignalHandler, let handler = signalCallback else { return nil }
        let own = thread.pendingSignals.subtracting(thread.signalsInHandlers)
        let shared = pendingSignals.subtracting(thread.signalsInHandlers.union(own))
        guard !own.isEmpty || !shared.isEmpty else { return nil }
        thread.pendingSignals = thread.pendingSignals.subtracting(own)
        pendingSignals = pendingSignals.subtracting(shared)
        thread.signalsInHandlers = thread.signalsInHandlers.union(own).union(shared)
        return ((own.ascending + shared.ascending).reversed(), handler)
    }

    /// Without a handler: ends the process, or nothing. No lock held.
    private func actByDefault(_ signal: Signal) {
        switch signal.defaultAction {
        case .terminate, .abort: end(.signalled(signal: signal.rawValue))
        case .ignore, .stop, .resume, nil: break
        }
    }
}
