import CWasmtime

/// Names for a module's imports. Host functions belong to no store, so one linker serves all threads of a process and,
/// by `copy()`, all processes.
///
/// Define on one thread; once nothing is defined any more it may be used by all.
public final class Linker: @unchecked Sendable {
    let handle: UnsafeMutablePointer<wasmtime_linker_t>

    public init(engine: Engine) {
        handle = wasmtime_linker_new(engine.handle)
    }

    private init(owning handle: UnsafeMutablePointer<wasmtime_linker_t>) {
        self.handle = handle
    }

    deinit {
        wasmtime_linker_delete(handle)
    }

    /// A linker with the same definitions, for a process that adds a memory of its own.
    public func copy() -> Linker { Linker(owning: wasmtime_linker_clone(handle)) }

    /// `environment` is handed to every call and must live as long as the linker, its copies and what they linked.
    public func define(
        module: String, name: String, type: FunctionType, environment: UnsafeMutableRawPointer?,
        callback: HostCallback
    ) throws(EngineError) {
        let signature = Self.signature(type)
        defer { wasm_functype_delete(signature) }
        try EngineError.check(
            wasmtime_linker_define_func_unchecked(
                handle, module, module.utf8.count, name, name.utf8.count, signature, callback, environment, nil))
    }

    /// A shared memory can then be used from every store; `store` is any of them. A private memory ties the linker, and
    /// what it links, to the memory's own store, which must be `store`.
    public func define(module: String, name: String, memory: Memory, store: Store) throws(EngineError) {
        var item = memory.external
        try EngineError.check(
            wasmtime_linker_define(
                handle, store.context, module, module.utf8.count, name, name.utf8.count, &item))
    }

    /// Resolves every import of `module`. Throws what is missing or of another type; the engine names the first only.
    public func link(_ module: Module) throws(EngineError) -> LinkedModule {
        var linked: UnsafeMutablePointer<wasmtime_instance_pre_t>?
        try EngineError.check(wasmtime_linker_instantiate_pre(handle, module.handle, &linked))
        return LinkedModule(owning: linked!, module: module)
    }

    /// The engine's form of a type; the caller deletes it.
    static func signature(_ type: FunctionType) -> UnsafeMutablePointer<wasm_functype_t> {
        var parameters = vector(of: type.parameters)
        var results = vector(of: type.results)
        return wasm_functype_new(&parameters, &results)
    }

    private static func vector(of types: [ValueType]) -> wasm_valtype_vec_t {
        let types = types.map { type -> UnsafeMutablePointer<wasm_valtype_t>? in
            switch type {
            case .i32: wasm_valtype_new(CWASMTIME_I32)
            case .i64: wasm_valtype_new(CWASMTIME_I64)
            case .f32: wasm_valtype_new(CWASMTIME_F32)
            case .f64: wasm_valtype_new(CWASMTIME_F64)
            case .funcref: wasm_valtype_new(CWASMTIME_VALTYPE_FUNCREF)
            case .externref: wasm_valtype_new(CWASMTIME_VALTYPE_EXTERNREF)
            case .v128, .otherReference:
                preconditionFailure("the engine's C API cannot express a host function of type \(type)")
            }
        }
        var vector = wasm_valtype_vec_t()
        wasm_valtype_vec_new(&vector, types.count, types)
        return vector
    }
}
