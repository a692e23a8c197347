import CWasmtime

/// What a module's import is given.
public enum External {
    case memory(Memory)
    case table(Table)
    case global(Global)
    case function(Function)
    case tag(Tag)

    fileprivate var item: wasmtime_extern_t {
        var item = wasmtime_extern_t()
        switch self {
        case .memory(let memory): return memory.external
        case .table(let table): (item.kind, item.of.table) = (CWASMTIME_EXTERN_TABLE, table.handle)
        case .global(let global): (item.kind, item.of.global) = (CWASMTIME_EXTERN_GLOBAL, global.handle)
        case .function(let function): (item.kind, item.of.func) = (CWASMTIME_EXTERN_FUNC, function.handle)
        case .tag(let tag): return cwasmtime_extern_tag(tag.handle)
        }
        return item
    }
}

extension Module {
    /// Makes an instance with things of `store`, one for each import in the module's order, and runs its start function.
    public func instantiate(in store: Store, _ imports: [External]) throws(GuestFailure) -> Instance {
        let items = imports.map(\.item)
        var instance = wasmtime_instance_t()
        var trap: UnsafeMutablePointer<wasm_trap_t>?
        let error = wasmtime_instance_new(store.context, handle, items, items.count, &instance, &trap)
        try GuestFailure.check(error, trap)
        return Instance(handle: instance, module: self, store: store)
    }
}
