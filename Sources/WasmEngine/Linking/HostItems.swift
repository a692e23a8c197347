import CWasmtime

/// Things that the host makes for modules to import.
extension Global {
    public init(_ value: Value, isMutable: Bool, in store: Store) throws(EngineError) {
        let kind: UInt8 =
            switch value {
            case .i32: CWASMTIME_I32
            case .i64: CWASMTIME_I64
            case .f32: CWASMTIME_F32
            case .f64: CWASMTIME_F64
            }
        let type = wasm_globaltype_new(wasm_valtype_new(kind), isMutable ? 1 : 0)
        defer { wasm_globaltype_delete(type) }
        var item = Self.item(value)
        var handle = wasmtime_global_t()
        try EngineError.check(wasmtime_global_new(store.context, type, &item, &handle))
        self.init(handle: handle, store: store)
    }
}

extension Table {
    /// A table of `count` empty places for functions, which grows up to `maximum`.
    public init(count: UInt32, maximum: UInt32?, in store: Store) throws(EngineError) {
        var limits = wasm_limits_t(min: count, max: maximum ?? .max)
        let type = wasm_tabletype_new(wasm_valtype_new(CWASMTIME_VALTYPE_FUNCREF), &limits)
        defer { wasm_tabletype_delete(type) }
        var none = cwasmtime_val_funcref(wasmtime_func_t())
        var handle = wasmtime_table_t()
        try EngineError.check(wasmtime_table_new(store.context, type, &none, &handle))
        self.init(handle: handle, store: store)
    }
}

extension Function {
    /// A function that calls the host.
    /// - Parameter environment: handed to every call; must live as long as the store.
    public init(
        _ type: FunctionType, environment: UnsafeMutableRawPointer?, callback: HostCallback, in store: Store
    ) {
        let signature = Linker.signature(type)
        defer { wasm_functype_delete(signature) }
        var function = wasmtime_func_t()
        wasmtime_func_new_unchecked(store.context, signature, callback, environment, nil, &function)
        self.init(handle: function, type: type, store: store)
    }

    /// Tells functions of one store apart: two that are the same give the same number.
    public var identity: UInt { UInt(bitPattern: handle.priv_) }
}

extension Linker {
    /// The host function that is defined under a name, for one store; nil when there is none.
    public func function(module: String, name: String, type: FunctionType, in store: Store) -> Function? {
        var item = wasmtime_extern_t()
        guard wasmtime_linker_get(handle, store.context, module, module.utf8.count, name, name.utf8.count, &item),
            item.kind == CWASMTIME_EXTERN_FUNC
        else { return nil }
        return Function(handle: item.of.func, type: type, store: store)
    }
}

/// The kind of an exception: what is thrown with one is caught where the same one is named. Belongs to a store.
public struct Tag {
    let handle: wasmtime_tag_t

    /// - Parameter type: the parameters, numbers all, are what an exception carries.
    public init(_ type: FunctionType, in store: Store) throws(EngineError) {
        let tagType = wasm_tagtype_new(Linker.signature(type))
        defer { wasm_tagtype_delete(tagType) }
        var tag = wasmtime_tag_t()
        try EngineError.check(wasmtime_tag_new(store.context, tagType, &tag))
        handle = tag
    }
}

extension Trap {
    /// A trap with a reason of the host's: the caller of the guest throws `.error` with this message.
    public static func make(message: String) -> HostTrap? {
        message.withCString { wasmtime_trap_new($0, message.utf8.count) }
    }
}
