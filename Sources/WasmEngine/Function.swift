import CWasmtime

/// A number that goes into or comes out of a guest function.
public enum Value: Sendable, Equatable {
    case i32(Int32)
    case i64(Int64)
    case f32(Float)
    case f64(Double)

    public var type: ValueType {
        switch self {
        case .i32: .i32
        case .i64: .i64
        case .f32: .f32
        case .f64: .f64
        }
    }
}

/// A guest function in one store. Called on the store's thread only, from outside or from within a host call.
public struct Function {
    let handle: wasmtime_func_t
    public let type: FunctionType
    private let store: Store

    init(handle: wasmtime_func_t, type: FunctionType, store: Store) {
        self.handle = handle
        self.type = type
        self.store = store
    }

    /// Runs the function and answers its results. The arguments must be of the function's types, and it must not return
    /// vectors or references: look it up by type, or ask `type` first.
    @discardableResult
    public func call(_ arguments: Value...) throws(GuestFailure) -> [Value] {
        try call(arguments)
    }

    @discardableResult
    public func call(_ arguments: [Value]) throws(GuestFailure) -> [Value] {
        precondition(arguments.map(\.type) == type.parameters, "arguments \(arguments) for a function of type \(type)")
        var slots = arguments.map(Self.slot)
        let missing = type.results.count - slots.count
        if missing > 0 { slots.append(contentsOf: repeatElement(wasmtime_val_raw_t(), count: missing)) }
        try run(&slots)
        return zip(type.results, slots).map(Self.value)
    }

    /// Runs the function on slots that hold its arguments, as many as it has of them or of results.
    func run(_ slots: inout [wasmtime_val_raw_t]) throws(GuestFailure) {
        var trap: UnsafeMutablePointer<wasm_trap_t>?
        var handle = handle
        let error = wasmtime_func_call_unchecked(store.context, &handle, &slots, slots.count, &trap)
        try GuestFailure.check(error, trap)
    }

    private static func slot(_ value: Value) -> wasmtime_val_raw_t {
        switch value {
        case .i32(let number): wasmtime_val_raw_t(i32: number)
        case .i64(let number): wasmtime_val_raw_t(i64: number)
        case .f32(let number): wasmtime_val_raw_t(f32: number)
        case .f64(let number): wasmtime_val_raw_t(f64: number)
        }
    }

    private static func value(_ type: ValueType, _ slot: wasmtime_val_raw_t) -> Value {
        switch type {
        case .i32: .i32(slot.i32)
        case .i64: .i64(slot.i64)
        case .f32: .f32(slot.f32)
        case .f64: .f64(slot.f64)
        case .v128, .funcref, .externref, .otherReference:
            preconditionFailure("a result of type \(type) has no value on the host's side")
        }
    }
}
