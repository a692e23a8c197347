import Trace
import WasixABI

/// Taking: handlers run on the thread itself, at the beginning and at the end of its calls, or where its code looks for
/// interrupts (Kernel.docc/Signals).
extension GuestThread {
    /// Runs the handler of each signal that waits for this thread. Called on the thread, no lock held; when it returns, the
    /// thread may have been told to leave its code.
    public func deliverSignals() {
        guard let runner = process.runner else { return }
        while !isEnding, !wantsExit {
            let next = kernel.locked {
                _ = takeInterrupts(.signal)
                return process.takeSignals(self)
            }
            guard let next else { return }
            for signal in next.signals where !isEnding && !wantsExit {
                record(signal)
                _ = runner.deliver(signal.rawValue, to: next.handler, on: self)
                kernel.locked { signalsInHandlers.remove(signal) }
            }
        }
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
