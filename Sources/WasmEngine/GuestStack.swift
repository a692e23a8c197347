import CWasmtime

/// The stack of the guest that is calling a host function, or that stands at its epoch handler.
///
/// The engine has no call for it; but a trap carries the stack, so a helper module beside the guest calls a host
/// function that traps, and the trap's frames below the helper's own are the guest's.
public enum GuestStack {
    /// The innermost frames (the engine reports 20, one of them the helper's), innermost first. On the store's thread,
    /// inside a host call or an epoch handler only. About 1 us and 0.5 us a frame. Empty when it cannot be had.
    public static func capture(_ store: Store) -> [StackFrame] {
        guard var probe = prepare(store) else { return [] }
        var trap: UnsafeMutablePointer<wasm_trap_t>?
        // The probe is guest code: at a passed deadline it would enter the epoch handler that may be asking.
        let error = store.withoutEpochs { wasmtime_func_call_unchecked(store.context, &probe, nil, 0, &trap) }
        if let error { wasmtime_error_delete(error) }
        guard let trap else { return [] }
        defer { wasm_trap_delete(trap) }
        var trace = wasm_frame_vec_t()
        wasm_trap_trace(trap, &trace)
        return Array(StackFrame.consume(&trace).dropFirst())
    }

    private static func prepare(_ store: Store) -> wasmtime_func_t? {
        if store.stackProbe == nil {
            store.stackProbe = try? store.engine.stackProbe().function(in: store)
        }
        return store.stackProbe
    }
}

/// The helper module of `GuestStack`, linked once for an engine.
final class StackProbe: Sendable {
    private static let text = """
        (module (import "host" "trap" (func $trap)) (func (export "probe") (call $trap)))
        """
    private let linked: LinkedModule

    init(engine: Engine) throws(EngineError) {
        let module = try Module(binary: Module.binary(fromFile: Array(Self.text.utf8)), engine: engine)
        let linker = Linker(engine: engine)
        try linker.define(
            module: "host", name: "trap", type: FunctionType(parameters: [], results: []), environment: nil
        ) { _, _, _, _ in Trap.make() }
        linked = try linker.link(module)
    }

    func function(in store: Store) throws(GuestFailure) -> wasmtime_func_t? {
        var instance = try linked.instantiateHandle(in: store)
        var item = wasmtime_extern_t()
        let name = "probe"
        guard wasmtime_instance_export_get(store.context, &instance, name, name.utf8.count, &item) else { return nil }
        return item.of.func
    }
}
