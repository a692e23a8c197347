import CWasmtime

/// A guest global in one store, such as `__stack_pointer`. Used on the store's thread only.
public struct Global {
    let handle: wasmtime_global_t
    private let store: Store

    init(handle: wasmtime_global_t, store: Store) {
        self.handle = handle
        self.store = store
    }

    /// nil when it holds a vector or a reference.
    public var value: Value? {
        var handle = handle
        var value = wasmtime_val_t()
        wasmtime_global_get(store.context, &handle, &value)
        switch value.kind {
        case CWASMTIME_I32: return .i32(value.of.i32)
        case CWASMTIME_I64: return .i64(value.of.i64)
        case CWASMTIME_F32: return .f32(value.of.f32)
        case CWASMTIME_F64: return .f64(value.of.f64)
        default: return nil
        }
    }

    /// Throws when the global is constant or of another type.
    public func set(_ value: Value) throws(EngineError) {
        var item = Self.item(value)
        var handle = handle
        try EngineError.check(wasmtime_global_set(store.context, &handle, &item))
    }

    static func item(_ value: Value) -> wasmtime_val_t {
        var item = wasmtime_val_t()
        switch value {
        case .i32(let number): (item.kind, item.of.i32) = (CWASMTIME_I32, number)
        case .i64(let number): (item.kind, item.of.i64) = (CWASMTIME_I64, number)
        case .f32(let number): (item.kind, item.of.f32) = (CWASMTIME_F32, number)
        case .f64(let number): (item.kind, item.of.f64) = (CWASMTIME_F64, number)
        }
        return item
    }
}
