import Kernel
import WasixABI

/// The signal calls that every wasix-libc program makes before `main`, and a thread's signals to itself
/// (WasixABI.docc/Signals).
enum SignalCalls {
    static let bindings = [
        CallBinding(.callbackSignal, callbackSignal), CallBinding(.procSignalsSizesGet, procSignalsSizesGet),
        CallBinding(.procSignalsGet, procSignalsGet), CallBinding(.threadSignal, threadSignal),
        CallBinding(.procRaise, procRaise),
    ]

    /// `callback_signal(name, name_len)`: remembers the export; a name outside memory changes nothing.
    static func callbackSignal(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard call.size(1) <= 256 else { throw .inval }
        let name = try thread.memory.bytes(call.pointer(0), call.size(1))
        thread.kernel.locked { thread.process.signalCallback = name }
    }

    /// `proc_signals_sizes_get(count)`: nothing was inherited.
    static func procSignalsSizesGet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try thread.memory.storeSize(0, at: call.pointer(0), call)
    }

    /// `proc_signals_get(buf)`: as many pairs as announced, none.
    static func procSignalsGet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        _ = try thread.memory.range(call.pointer(0), 0)
    }

    /// `thread_signal(tid, signal)`: to itself only; the handler has run on return.
    static func threadSignal(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard call.u32(1) < 32 else { throw .inval }
        let isSelf = call.u32(0) == thread.id.rawValue
        guard isSelf || thread.kernel.locked({ thread.process.liveThreads.contains { $0.id.rawValue == call.u32(0) } })
        else { throw .srch }
        guard isSelf || call.u32(1) == 0 else { throw .nosys }
        raise(Signal(rawValue: call.u8(1)), thread)
    }

    /// `proc_raise(signal)`
    static func procRaise(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard call.u32(0) < 32 else { throw .inval }
        raise(Signal(rawValue: call.u8(0)), thread)
    }

    private static func raise(_ signal: Signal, _ thread: GuestThread) {
        guard signal.rawValue != 0 else { return }
        let process = thread.process
        let handler = thread.kernel.locked { process.signalCallback }
        if let handler, signal.canBeHandled,
            process.runner?.deliver(signal.rawValue, to: handler, on: thread) == true
        {
            return
        }
        switch signal.defaultAction {
        case .terminate, .abort: process.end(.signalled(signal: signal.rawValue))
        case .ignore, .stop, .resume, nil: break
        }
    }
}
