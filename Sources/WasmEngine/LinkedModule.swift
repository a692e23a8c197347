import CWasmtime

/// A module with its imports resolved: making an instance of it, and so a guest thread, takes about a microsecond.
/// Immutable, may be used on any thread.
public final class LinkedModule: @unchecked Sendable {
    public let module: Module
    /// Immutable and thread-safe in the engine.
    private let handle: UnsafeMutablePointer<wasmtime_instance_pre_t>

    init(owning handle: UnsafeMutablePointer<wasmtime_instance_pre_t>, module: Module) {
        self.handle = handle
        self.module = module
    }

    deinit {
        wasmtime_instance_pre_delete(handle)
    }

    /// Makes an instance in `store` and runs the module's start function, if it has one, on the calling thread.
    public func instantiate(in store: Store) throws(GuestFailure) -> Instance {
        Instance(handle: try instantiateHandle(in: store), module: module, store: store)
    }

    func instantiateHandle(in store: Store) throws(GuestFailure) -> wasmtime_instance_t {
        var instance = wasmtime_instance_t()
        var trap: UnsafeMutablePointer<wasm_trap_t>?
        let error = wasmtime_instance_pre_instantiate(handle, store.context, &instance, &trap)
        try GuestFailure.check(error, trap)
        return instance
    }
}

extension GuestFailure {
    /// Takes over whichever of the two is there.
    static func check(
        _ error: wasmtime_result_t?, _ trap: UnsafeMutablePointer<wasm_trap_t>?
    ) throws(GuestFailure) {
        if let error { throw .error(EngineError(consuming: error)) }
        if let trap { throw .trap(Trap(consuming: trap)) }
    }
}
