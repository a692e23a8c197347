import Kernel
import WasixABI

/// Signals (WasixABI.docc/Signals).
enum SignalCalls {
    static let bindings = [
        CallBinding(.callbackSignal, callbackSignal), CallBinding(.procSignalsSizesGet, procSignalsSizesGet),
        CallBinding(.procSignalsGet, procSignalsGet), CallBinding(.threadSignal, threadSignal),
        CallBinding(.procRaise, procRaise), CallBinding(.procRaiseInterval, procRaiseInterval),
        CallBinding(.procSignal, procSignal),
    ]

    /// `callback_signal(name, name_len)`: remembers the export, for the calling thread; a name outside memory changes nothing. libc blocks
    /// signals by naming an export that does not exist. Signals that came meanwhile are delivered here, before the call
    /// returns, once an export is named that exists.
    static func callbackSignal(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard call.size(1) <= 256 else { throw .inval }
        let name = try thread.memory.bytes(call.pointer(0), call.size(1))
        thread.process.setSignalCallback(name, on: thread)
        thread.deliverSignals()
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
        guard let target = thread.kernel.locked({ thread.process.liveThread(call.u32(0)) }) else { throw .srch }
        send(signal, to: target, thread)
    }

    /// `proc_raise(signal)`. Other modules than those of WASIX number signals as preview1 does.
    static func procRaise(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard var signal = Signal(number: call.u32(0)) else { throw .inval }
        if !thread.process.isWasix {
            guard let meant = Signal(preview1: signal.rawValue) else { throw .inval }
            signal = meant
        }
        send(signal, to: thread, thread)
    }

    /// `proc_raise_interval(signal, interval, repeat)`: 0 nanoseconds end the signal's timer.
    static func procRaiseInterval(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard let signal = Signal(number: call.u32(0)), signal != .none else { throw .inval }
        try thread.process.setTimer(signal, call.u64(1), repeats: call.u32(2) & 0xff != 0)
    }

    /// `proc_signal(pid, signal)`: the calling thread takes what its process sends itself. Number 0 is the caller's
    /// process group, in which there is no other process.
    static func procSignal(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard let signal = Signal(number: call.u32(1)) else { throw .inval }
        guard call.u32(0) == 0 || call.u32(0) == thread.process.id.rawValue else { throw .srch }
        send(signal, to: thread, thread)
    }

    private static func send(_ signal: Signal, to target: GuestThread, _ thread: GuestThread) {
        thread.process.send(signal, to: target)
        if target === thread { thread.deliverSignals() }
    }
}
