import Trace
import WasixABI

/// Taking: handlers run on the thread itself, at the beginning and at the end of its calls, or where its code looks for
/// interrupts (Kernel.docc/Signals).
extension GuestThread {
    /// Runs the handler of each signal that waits for this thread. Called on the thread, no lock held; when it returns, the
    /// thread may have been told to leave its code.
    public func deliverSignals() {
        guard let runner = image.runner else { return }
        while !mustLeave {
            let next = kernel.locked {
                _ = takeInterrupts(.signals)
                return process.takeSignals(self)
            }
            guard let next else { return }
            for signal in next.signals {
                // A handler that jumps away leaves those below it, which have begun (sigreturn(2)).
                if !mustLeave {
                    let outer = firstInHandlers
                    kernel.locked { firstInHandlers = outer ?? signal }
                    record(signal)
                    _ = runner.deliver(signal.rawValue, to: next.handler, on: self)
                    kernel.locked { firstInHandlers = outer }
                }
                kernel.locked { signalsInHandlers.remove(signal) }
            }
            if mustLeave { kernel.locked { process.retargetSignals(to: self) } }
        }
    }

    /// The signal that ends the process when the thread sends itself SIGABRT once more: so does libc's `abort` in a handler,
    /// by which it takes the default action of the signal that came first. Nil elsewhere. Lock held.
    var signalGivenUpOn: Signal? {
        kernel.assertLocked()
        return signalsInHandlers.contains(.abrt) || pendingSignals.contains(.abrt) ? firstInHandlers : nil
    }

    /// A write to `fd` found nobody who will read it: SIGPIPE, as for every stream (write(2), send(2)). A program that has
    /// not said where signals go is of another interface, which has none. No lock held.
    public func raiseBrokenPipe(_ fd: FdNumber) {
        let isStream = kernel.locked {
            guard process.signalCallback != nil, let file = descriptors.slot(fd)?.pointee.file else { return false }
            return file._withUnsafeGuaranteedRef { $0.keepsNoBoundaries }
        }
        if isStream { process.send(.pipe, to: self) }
    }

    private func record(_ signal: Signal) {
        guard let channel else { return }
        var record = TraceRecord()
        record.kind = RecordKind.signal.rawValue
        record.result = UInt32(signal.rawValue)
        channel.push(record)
    }
}
