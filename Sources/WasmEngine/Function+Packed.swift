import CWasmtime

extension ValueType {
    /// Bytes of a value; nil for a reference, which is none outside of its store.
    public var size: Int? {
        switch self {
        case .i32, .f32: 4
        case .i64, .f64: 8
        case .v128: 16
        case .funcref, .externref, .otherReference: nil
        }
    }
}

/// Calls of functions whose types are known only while running.
extension Function {
    /// A function that was found in `store`; its type is asked for.
    init(handle: wasmtime_func_t, store: Store) {
        self.init(handle: handle, type: FunctionType(of: handle, in: store), store: store)
    }

    /// Runs the function with arguments that lie side by side, and answers its results so. There must be as many bytes as
    /// the arguments have, and no references among them or the results.
    public func call(packed arguments: [UInt8]) throws(GuestFailure) -> [UInt8] {
        precondition(
            arguments.count == type.parameters.reduce(0) { $0 + $1.size! },
            "\(arguments.count) bytes for a function of type \(type)")
        var slots = [wasmtime_val_raw_t](
            repeating: wasmtime_val_raw_t(), count: max(type.parameters.count, type.results.count))
        slots.withUnsafeMutableBytes { slots in
            var place = 0
            for (index, parameter) in type.parameters.enumerated() {
                let end = place + parameter.size!
                UnsafeMutableRawBufferPointer(rebasing: slots[(index * hostSlotStride)...])
                    .copyBytes(from: arguments[place..<end])
                place = end
            }
        }
        try run(&slots)
        return slots.withUnsafeBytes { slots in
            var results: [UInt8] = []
            for (index, result) in type.results.enumerated() {
                let start = index * hostSlotStride
                results += slots[start..<start + result.size!]
            }
            return results
        }
    }
}

extension FunctionType {
    /// The type of a function of any module.
    init(of function: wasmtime_func_t, in store: Store) {
        var function = function
        let type = wasmtime_func_type(store.context, &function)
        defer { wasm_functype_delete(type) }
        self.init(
            parameters: Self.types(wasm_functype_params(type).pointee),
            results: Self.types(wasm_functype_results(type).pointee))
    }

    private static func types(_ vector: wasm_valtype_vec_t) -> [ValueType] {
        UnsafeBufferPointer(start: vector.data, count: vector.size).map { type in
            KnownTypes.all.first { wasmtime_wasm_valtype_equal(type!, $0.handle) }?.type ?? .otherReference
        }
    }
}

/// The engine's types that have names here, to compare others with: it tells what a type is only by that.
private struct KnownTypes: @unchecked Sendable {
    // Safe to share: made once, never changed or deleted.
    let type: ValueType
    let handle: UnsafeMutablePointer<wasm_valtype_t>

    static let all: [KnownTypes] = [
        KnownTypes(type: .i32, handle: wasm_valtype_new(CWASMTIME_I32)),
        KnownTypes(type: .i64, handle: wasm_valtype_new(CWASMTIME_I64)),
        KnownTypes(type: .f32, handle: wasm_valtype_new(CWASMTIME_F32)),
        KnownTypes(type: .f64, handle: wasm_valtype_new(CWASMTIME_F64)),
        KnownTypes(type: .v128, handle: wasmtime_wasm_valtype_v128()),
        KnownTypes(type: .funcref, handle: wasm_valtype_new(CWASMTIME_VALTYPE_FUNCREF)),
        KnownTypes(type: .externref, handle: wasm_valtype_new(CWASMTIME_VALTYPE_EXTERNREF)),
    ]
}
