import CWasmtime

/// A linear memory. Its base never moves, so it may be kept; its size only grows.
///
/// A shared memory may be used on any thread. A private one belongs to its store and to that store's thread, and
/// retains it.
public final class Memory: @unchecked Sendable {
    /// Constant for the memory's life. Bytes at and above `byteCount` must not be touched.
    public let base: UnsafeMutableRawPointer
    private let storage: Storage

    /// Handles stand at fixed addresses: the size is asked for in host calls, and copying them would retain the store.
    private enum Storage {
        case shared(UnsafeMutablePointer<wasmtime_sharedmemory_t>)
        case owned(UnsafeMutablePointer<wasmtime_memory_t>, in: UnsafeMutablePointer<wasmtime_context_t>)
    }

    /// Of a private memory.
    private let store: Store?

    /// A new memory, zeroed, of exactly this type: a shared one (which must have a maximum) for all stores of `store`'s
    /// engine, a private one in `store`.
    public convenience init(type: MemoryType, store: Store) throws(EngineError) {
        var memoryType: UnsafeMutablePointer<wasm_memorytype_t>?
        try EngineError.check(
            wasmtime_memorytype_new(
                type.minimum, type.maximum != nil, type.maximum ?? 0, type.is64, type.isShared, 16, &memoryType))
        defer { wasm_memorytype_delete(memoryType!) }
        if type.isShared {
            var memory: UnsafeMutablePointer<wasmtime_sharedmemory_t>?
            try EngineError.check(wasmtime_sharedmemory_new(store.engine.handle, memoryType!, &memory))
            self.init(owning: memory!)
        } else {
            var memory = wasmtime_memory_t()
            try EngineError.check(wasmtime_memory_new(store.context, memoryType!, &memory))
            self.init(memory, store: store)
        }
    }

    init(_ memory: wasmtime_memory_t, store: Store) {
        let handle = UnsafeMutablePointer<wasmtime_memory_t>.allocate(capacity: 1)
        handle.initialize(to: memory)
        storage = .owned(handle, in: store.context)
        self.store = store
        base = UnsafeMutableRawPointer(wasmtime_memory_data(store.context, handle))
    }

    init(owning memory: UnsafeMutablePointer<wasmtime_sharedmemory_t>) {
        storage = .shared(memory)
        store = nil
        base = UnsafeMutableRawPointer(wasmtime_sharedmemory_data(memory))
    }

    deinit {
        switch storage {
        case .shared(let memory): wasmtime_sharedmemory_delete(memory)
        case .owned(let memory, _): memory.deallocate()
        }
    }

    public var isShared: Bool {
        switch storage {
        case .shared: true
        case .owned: false
        }
    }

    /// Read anew each time: another guest thread, or the guest itself, may have grown the memory. A few nanoseconds.
    public var byteCount: Int {
        switch storage {
        case .shared(let memory): wasmtime_sharedmemory_data_size(memory)
        case .owned(let memory, let context): wasmtime_memory_data_size(context, memory)
        }
    }

    /// Adds pages of 64 KiB and answers how many there were. Throws at the maximum or the store's limit.
    @discardableResult
    public func grow(pages: UInt64) throws(EngineError) -> UInt64 {
        var previous: UInt64 = 0
        switch storage {
        case .shared(let memory):
            try EngineError.check(wasmtime_sharedmemory_grow(memory, pages, &previous))
        case .owned(let memory, let context):
            try EngineError.check(wasmtime_memory_grow(context, memory, pages, &previous))
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
            item.of.memory = memory.pointee
        }
        return item
    }
}
