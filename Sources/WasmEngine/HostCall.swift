import CWasmtime

/// The instance that called a host function; valid during that call only.
public typealias HostCaller = UnsafeMutablePointer<wasmtime_caller_t>

/// A host function: `(environment, caller, slots, slot count) -> trap or nil`.
///
/// Slots are `hostSlotStride` bytes each, aligned to 8. Arguments start at slot 0; results overwrite them from slot 0;
/// the count is the larger of both. The types have been checked when the module was linked. A returned trap
/// (`Trap.make`) ends the guest's call. Runs on the guest's thread.
public typealias HostCallback =
    @convention(c) (UnsafeMutableRawPointer?, HostCaller, UnsafeMutableRawPointer, Int) -> HostTrap?

/// Bytes from one argument or result of a host function to the next.
public let hostSlotStride = MemoryLayout<wasmtime_val_raw_t>.stride

/// The `data` of the store whose guest is calling. A few nanoseconds.
@inlinable @inline(__always)
public func hostData(of caller: HostCaller) -> UnsafeMutableRawPointer? {
    wasmtime_context_get_data(wasmtime_caller_context(caller))
}

/// The private memory that the calling guest exports, as it is now. For calls from a module's start function, when
/// there is no `Instance` to ask yet; slower than `Instance.memory`.
public func hostMemory(of caller: HostCaller, named name: String = "memory") -> UnsafeMutableRawBufferPointer? {
    var item = wasmtime_extern_t()
    guard wasmtime_caller_export_get(caller, name, name.utf8.count, &item) else { return nil }
    defer { wasmtime_extern_delete(&item) }
    guard item.kind == CWASMTIME_EXTERN_MEMORY else { return nil }
    let context = wasmtime_caller_context(caller)
    return UnsafeMutableRawBufferPointer(
        start: wasmtime_memory_data(context, &item.of.memory),
        count: wasmtime_memory_data_size(context, &item.of.memory))
}
