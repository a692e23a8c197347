import CWasmtime

/// A guest table in one store. Used on the store's thread only.
public struct Table {
    private let handle: wasmtime_table_t
    private let store: Store

    init(handle: wasmtime_table_t, store: Store) {
        self.handle = handle
        self.store = store
    }

    public var count: UInt64 {
        var handle = handle
        return wasmtime_table_size(store.context, &handle)
    }
}
