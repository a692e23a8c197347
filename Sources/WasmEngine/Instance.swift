import CWasmtime

/// A module at work in one store. Used on the store's thread only; retains the store.
public struct Instance {
    private let handle: wasmtime_instance_t
    public let module: Module
    public let store: Store

    init(handle: wasmtime_instance_t, module: Module, store: Store) {
        self.handle = handle
        self.module = module
        self.store = store
    }

    /// The exported function; nil if there is none.
    public func function(_ name: String) -> Function? {
        guard case .function(let type)? = module.exportType(named: name), let item = export(name) else { return nil }
        return Function(handle: item.of.func, type: type, store: store)
    }

    /// The exported function if it has exactly this type: how to look for an entry point whose arguments are ours.
    public func function(_ name: String, type: FunctionType) -> Function? {
        guard module.exportType(named: name) == .function(type) else { return nil }
        return function(name)
    }

    /// The exported memory, shared or private; nil if there is none.
    public func memory(_ name: String = "memory") -> Memory? {
        guard case .memory? = module.exportType(named: name), let item = export(name) else { return nil }
        return item.kind == CWASMTIME_EXTERN_SHAREDMEMORY
            ? Memory(owning: item.of.sharedmemory) : Memory(item.of.memory, store: store)
    }

    /// The exported global; nil if there is none.
    public func global(_ name: String) -> Global? {
        guard module.exportType(named: name) == .global, let item = export(name) else { return nil }
        return Global(handle: item.of.global, store: store)
    }

    /// The exported table; nil if there is none.
    public func table(_ name: String) -> Table? {
        guard module.exportType(named: name) == .table, let item = export(name) else { return nil }
        return Table(handle: item.of.table, store: store)
    }

    /// An export that the module's own types do not have: one of ours, a table.
    func hiddenTable(_ name: String) -> Table {
        guard let item = export(name) else { preconditionFailure("a rewritten module exports \(name)") }
        return Table(handle: item.of.table, store: store)
    }

    /// As `hiddenTable`, of a function without parameters and results.
    func hiddenFunction(_ name: String) -> Function {
        guard let item = export(name) else { preconditionFailure("a rewritten module exports \(name)") }
        return Function(handle: item.of.func, type: FunctionType(parameters: [], results: []), store: store)
    }

    /// Callers know the kind from the module's own types. Only a shared memory's item owns anything, and `memory` takes
    /// it.
    private func export(_ name: String) -> wasmtime_extern_t? {
        var item = wasmtime_extern_t()
        var handle = handle
        guard wasmtime_instance_export_get(store.context, &handle, name, name.utf8.count, &item) else { return nil }
        return item
    }
}
