import Kernel
import Syscalls
import WasixABI
import WasmEngine

/// Entered for every call of a guest, on its thread: `environment` is the `CallSite`, the store's data the
/// `GuestThread`.
let hostEntry: HostCallback = { environment, caller, slots, _ in
    let site = Unmanaged<CallSite>.fromOpaque(environment!)
    let thread = Unmanaged<GuestThread>.fromOpaque(hostData(of: caller)!)
    let values = slots.assumingMemoryBound(to: UInt64.self)
    return thread._withUnsafeGuaranteedRef { thread in
        site._withUnsafeGuaranteedRef { CallRoad.enter($0, thread, values) ? nil : leavingTrap(thread) }
    }
}

/// What takes the guest out of its code: the trap or exception of code that the call has run, or one of ours.
@inline(never)
private func leavingTrap(_ thread: GuestThread) -> HostTrap? {
    (thread.runnerState as? GuestExecution)?.takeFailure(thread) ?? Trap.make()
}

/// Entered where the code of a rewritten module would wait or wake by an instruction (article InstructionWaits).
let waitEntry: HostCallback = { environment, caller, slots, _ in
    let site = Unmanaged<CallSite>.fromOpaque(environment!)
    let thread = Unmanaged<GuestThread>.fromOpaque(hostData(of: caller)!)
    let values = slots.assumingMemoryBound(to: UInt64.self)
    return thread._withUnsafeGuaranteedRef { thread in
        switch site._withUnsafeGuaranteedRef({ AtomicCalls.run($0, thread, values) }) {
        case .done: nil
        case .left: leavingTrap(thread)
        case .misaligned: Trap.make(.misalignedAtomic)
        case .outOfBounds: Trap.make(.memoryOutOfBounds)
        }
    }
}

extension Instance {
    /// See `begin(_:environment:)`. The thread's memory is known by now: the start function may wait in it.
    func begin() throws(GuestFailure) {
        try begin(waitEntry) { instruction in
            let call: CallID =
                switch instruction {
                case .notify: .atomicNotify
                case .wait32: .atomicWait32
                case .wait64: .atomicWait64
                }
            return Unmanaged.passUnretained(CallSite.of(call, .bits64)).toOpaque()
        }
    }
}

/// As `hostEntry`, for modules whose start function may call before the instance can be asked for its memory.
let startEntry: HostCallback = { environment, caller, slots, count in
    let thread = Unmanaged<GuestThread>.fromOpaque(hostData(of: caller)!)
    thread._withUnsafeGuaranteedRef { thread in
        guard thread.runnerState == nil, let memory = hostMemory(of: caller), let base = memory.baseAddress else {
            return
        }
        thread.memory.attach(base: base) { UInt64(memory.count) }
    }
    return hostEntry(environment, caller, slots, count)
}
