import Kernel
import WasixABI

/// The signal calls that every wasix-libc program makes before `main`, and the signals that a process sends itself
/// (WasixABI.docc/Signals). A signal for a handler on another thread is not implemented yet: NOSYS.
enum SignalCalls {
    static let bindings = [
        CallBinding(.callbackSignal, callbackSignal), CallBinding(.procSignalsSizesGet, procSignalsSizesGet),
        CallBinding(.procSignalsGet, procSignalsGet), CallBinding(.threadSignal, threadSignal),
        CallBinding(.procRaise, procRaise), CallBinding(.procSignal, procSignal),
    ]

    /// `callback_signal(name, name_len)`: remembers the export; a name outside memory changes nothing. libc blocks
    /// signals by naming an export that does not exist. Signals that came meanwhile are delivered here, before the call
    /// returns, once an export is named that exists.
    static func callbackSignal(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard call.size(1) <= 256 else { throw .inval }
        let name = try thread.memory.bytes(call.pointer(0), call.size(1))
        thread.kernel.locked { thread.process.signalCallback = name }
        deliverPending(thread)
    }

    /// `proc_signals_sizes_get(count)`: nothing was inherited.
    static func procSignalsSizesGet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try thread.memory.storeSize(0, at: call.pointer(0), call)
    }

    /// `proc_signals_get(buf)`: there are none to write.
    static func procSignalsGet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        _ = try thread.memory.range(call.pointer(0), 0)
    }

    /// `thread_signal(tid, signal)`: the handler of a thread's signal to itself has run on return.
    static func threadSignal(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard let signal = Signal(number: call.u32(1)) else { throw .inval }
        let process = thread.process
        let (target, hasHandler) = thread.kernel.locked {
            (process.liveThread(call.u32(0)), process.signalCallback != nil)
        }
        guard let target else { throw .srch }
        if target === thread { return raise(signal, thread) }
        guard signal != .none else { return }
        guard !hasHandler || !signal.canBeHandled else { throw .nosys }
        actByDefault(signal, process)
    }

    /// `proc_raise(signal)`. Other modules than those of WASIX number signals as preview1 does.
    static func procRaise(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard var signal = Signal(number: call.u32(0)) else { throw .inval }
        if !thread.process.isWasix {
            guard let meant = Signal(preview1: signal.rawValue) else { throw .inval }
            signal = meant
        }
        raise(signal, thread)
    }

    /// `proc_signal(pid, signal)`: the calling thread takes what its process sends itself. Number 0 is the caller's
    /// process group, in which there is no other process.
    static func procSignal(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard let signal = Signal(number: call.u32(1)) else { throw .inval }
        guard call.u32(0) == 0 || call.u32(0) == thread.process.id.rawValue else { throw .srch }
        raise(signal, thread)
    }

    private static func raise(_ signal: Signal, _ thread: GuestThread) {
        guard signal != .none else { return }
        let process = thread.process
        let handler = thread.kernel.locked { process.signalCallback }
        guard let handler, signal.canBeHandled else { return actByDefault(signal, process) }
        guard process.runner?.deliver(signal.rawValue, to: handler, on: thread) != true else { return }
        thread.kernel.locked { process.pendingSignals |= bit(signal) }
    }

    /// Delivers the pending signals, lowest number first, until none is left or the named export does not exist.
    private static func deliverPending(_ thread: GuestThread) {
        let process = thread.process
        while !thread.isInterrupted, !thread.wantsExit {
            let next: (signal: Signal, handler: [UInt8])? = thread.kernel.locked {
                guard process.pendingSignals != 0, let handler = process.signalCallback else { return nil }
                let signal = Signal(rawValue: UInt8(process.pendingSignals.trailingZeroBitCount + 1))
                process.pendingSignals &= ~bit(signal)
                return (signal, handler)
            }
            guard let next else { return }
            guard process.runner?.deliver(next.signal.rawValue, to: next.handler, on: thread) == true else {
                return thread.kernel.locked { process.pendingSignals |= bit(next.signal) }
            }
        }
    }

    private static func bit(_ signal: Signal) -> UInt64 { 1 << UInt64(signal.rawValue - 1) }

    private static func actByDefault(_ signal: Signal, _ process: GuestProcess) {
        switch signal.defaultAction {
        case .terminate, .abort: process.end(.signalled(signal: signal.rawValue))
        case .ignore, .stop, .resume, nil: break
        }
    }
}
