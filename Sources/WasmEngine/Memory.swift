import CWasmtime

/// A linear memory. Its base never moves, so it may be kept; its size only grows.
///
/// A shared memory may be used on any thread. A private one belongs to its store and to that store's thread, and retains it.
package final class Memory: @unchecked Sendable {
    /// Constant for the memory's life. Bytes at and above `byteCount` must not be touched.
    package let base: UnsafeMutableRawPointer
    private let storage: Storage

    private enum Storage {
        case shared(UnsafeMutablePointer<wasmtime_sharedmemory_t>)
        case owned(wasmtime_memory_t, Store)
    }

    /// A new memory, zeroed, of exactly this type: a shared one (which must have a maximum) for all stores of `store`'s
    /// engine, a private one in `store`.
    package init(type: MemoryType, store: Store) throws(EngineError) {
        var memoryType: UnsafeMutablePointer<wasm_memorytype_t>?
        try EngineError.check(
            wasmtime_memorytype_new(
                type.minimum, type.maximum != nil, type.maximum ?? 0, type.is64, type.isShared, 16, &memoryType))
        defer { wasm_memorytype_delete(memoryType!) }
        if type.isShared {
            var memory: UnsafeMutablePointer<wasmtime_sharedmemory_t>?
            try EngineError.check(wasmtime_sharedmemory_new(store.engine.handle, memoryType!, &memory))
            storage = .shared(memory!)
            base = UnsafeMutableRawPointer(wasmtime_sharedmemory_data(memory!))
        } else {
            var memory = wasmtime_memory_t()
            try EngineError.check(wasmtime_memory_new(store.context, memoryType!, &memory))
            storage = .owned(memory, store)
            base = UnsafeMutableRawPointer(wasmtime_memory_data(store.context, &memory))
        }
    }

    init(_ memory: wasmtime_memory_t, store: Store) {
        var memory = memory
        storage = .owned(memory, store)
        base = UnsafeMutableRawPointer(wasmtime_memory_data(store.context, &memory))
    }

    init(owning memory: UnsafeMutablePointer<wasmtime_sharedmemory_t>) {
        storage = .shared(memory)
        base = UnsafeMutableRawPointer(wasmtime_sharedmemory_data(memory))
    }

    deinit {
        if case .shared(let memory) = storage { wasmtime_sharedmemory_delete(memory) }
    }

    package var isShared: Bool {
        switch storage {
        case .shared: true
        case .owned: false
        }
    }

    /// Read anew each time: another guest thread, or the guest itself, may have grown the memory.
    package var byteCount: Int {
        switch storage {
        case .shared(let memory):
            return wasmtime_sharedmemory_data_size(memory)
        case .owned(var memory, let store):
            return wasmtime_memory_data_size(store.context, &memory)
        }
    }

    /// Adds pages of 64 KiB and answers how many there were. Throws at the maximum or the store's limit.
    @discardableResult
    package func grow(pages: UInt64) throws(EngineError) -> UInt64 {
        var previous: UInt64 = 0
        switch storage {
        case .shared(let memory):
            try EngineError.check(wasmtime_sharedmemory_grow(memory, pages, &previous))
        case .owned(var memory, let store):
            try EngineError.check(wasmtime_memory_grow(store.context, &memory, pages, &previous))
        }
        return previous
    }

    /// For a linker, which copies what it needs.
    var external: wasmtime_extern_t {
        var item = wasmtime_extern_t()
        switch storage {
        case .shared(let memory):
            item.kind = CWASMTIME_EXTERN_SHAREDMEMORY
            item.of.sharedmemory = memory
        case .owned(let memory, _):
            item.kind = CWASMTIME_EXTERN_MEMORY
            item.of.memory = memory
        }
        return item
    }
}
