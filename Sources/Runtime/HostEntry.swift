import Kernel
import Syscalls
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
