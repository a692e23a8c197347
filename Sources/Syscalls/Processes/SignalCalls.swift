import Kernel
import Trace
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

    /// `proc_signals_sizes_get(count)`: how many signals the process was told to ignore when it was started.
    static func procSignalsSizesGet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let count = thread.kernel.locked { thread.process.ignoredSignals.count }
        try thread.memory.storeSize(UInt64(count), at: call.pointer(0), call)
    }

    /// `proc_signals_get(buf)`: those signals, each with what is to happen to it.
    static func procSignalsGet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let signals = thread.kernel.locked { thread.process.ignoredSignals }
        let target = try thread.memory.range(call.pointer(0), UInt64(signals.count * SignalDispositionLayout.size))
        for (index, signal) in signals.enumerated() {
            let entry = target + index * SignalDispositionLayout.size
            entry.storeBytes(of: signal.rawValue, toByteOffset: SignalDispositionLayout.signal, as: UInt8.self)
            entry.storeBytes(
                of: SignalDisposition.ignore.rawValue, toByteOffset: SignalDispositionLayout.disposition, as: UInt8.self
            )
        }
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

    /// `proc_signal(pid, signal)`, as kill(2): the calling thread takes what its process sends itself. No call makes process
    /// groups, so all processes are in the group of the initial one.
    static func procSignal(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard let signal = Signal(number: call.u32(1)) else { throw .inval }
        let kernel = thread.kernel
        switch call.i32(0) {
        case let number where number > 0:
            let id = ProcessID(rawValue: call.u32(0))
            guard id != thread.process.id else { return send(signal, to: thread, thread) }
            guard let target = kernel.process(id) else { throw .srch }
            target.send(signal)
        case -1:
            // All but the initial process and the caller.
            let targets = kernel.allProcesses.filter { $0.id != .initial && $0.id != thread.process.id }
            guard !targets.isEmpty else { throw .srch }
            for target in targets { target.send(signal) }
        case 0:
            for target in kernel.allProcesses where target.id != thread.process.id { target.send(signal) }
            send(signal, to: thread, thread)
        default:
            throw .srch
        }
    }

    private static func send(_ signal: Signal, to target: GuestThread, _ thread: GuestThread) {
        thread.process.send(signal, to: target)
        if target === thread { thread.deliverSignals() }
    }
}
