import CWasmtime

/// What a place in a table of functions holds.
public enum TableElement {
    /// There is no such place.
    case outside
    case null
    case function(Function)
    /// A reference to something else.
    case other
}

/// A guest table in one store. Used on the store's thread only.
public struct Table {
    let handle: wasmtime_table_t
    private let store: Store

    init(handle: wasmtime_table_t, store: Store) {
        self.handle = handle
        self.store = store
    }

    public var count: UInt64 {
        var handle = handle
        return wasmtime_table_size(store.context, &handle)
    }

    public subscript(index: UInt64) -> TableElement {
        var handle = handle
        var value = wasmtime_val_t()
        guard wasmtime_table_get(store.context, &handle, index, &value) else { return .outside }
        guard value.kind == CWASMTIME_FUNCREF else {
            wasmtime_val_unroot(&value)
            return .other
        }
        guard value.of.funcref.store_id != 0 else { return .null }
        return .function(Function(handle: value.of.funcref, store: store))
    }

    /// Throws outside of the table, and when it does not take the function's type.
    public func set(_ function: Function?, at index: UInt64) throws(EngineError) {
        var handle = handle
        var value = Self.value(function)
        try EngineError.check(wasmtime_table_set(store.context, &handle, index, &value))
    }

    /// Adds empty places. Throws at the table's maximum or the store's limit.
    public func grow(by count: UInt64) throws(EngineError) {
        var handle = handle
        var value = Self.value(nil)
        var before: UInt64 = 0
        try EngineError.check(wasmtime_table_grow(store.context, &handle, count, &value, &before))
    }

    private static func value(_ function: Function?) -> wasmtime_val_t {
        var value = wasmtime_val_t()
        value.kind = CWASMTIME_FUNCREF
        value.of.funcref = function?.handle ?? wasmtime_func_t()
        return value
    }
}
