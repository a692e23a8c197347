import Kernel
import Trace
import WasixABI

/// Calls of functions by their place in the module's table, and functions that the host makes
/// (WasixABI.docc/DynamicLinking).
enum DynamicCalls {
    static let bindings = [
        CallBinding(.callDynamic, callDynamic), CallBinding(.reflectSignature, reflectSignature),
        CallBinding(.closureAllocate, closureAllocate), CallBinding(.closurePrepare, closurePrepare),
        CallBinding(.closureFree, closureFree),
    ]

    private static func runner(_ thread: GuestThread) throws(Errno) -> any GuestRunner {
        guard let runner = thread.image.runner else { throw .notsup }
        return runner
    }

    /// `call_dynamic(function_id, values, values_len, results, results_len, strict)`
    private static func callDynamic(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let runner = try runner(thread)
        let values = try thread.memory.range(call.pointer(1), call.size(2))
        let results = try thread.memory.range(call.pointer(3), call.size(4))
        let isStrict = call.u32(5) != 0
        guard case .function(let signature, _) = try runner.functionSlot(UInt64(call.u32(0)), on: thread),
            let parameterBytes = signature.parameterBytes, signature.resultBytes != nil,
            !isStrict || parameterBytes == call.size(2)
        else { throw .inval }
        let given = UnsafeRawBufferPointer(start: values, count: min(parameterBytes, Int(call.size(2))))
        let answer = try runner.callFunction(UInt64(call.u32(0)), given, on: thread)
        guard !isStrict || answer.count == call.size(4) else { throw .inval }
        results.copyMemory(from: answer, byteCount: min(answer.count, Int(call.size(4))))
    }

    /// `reflect_signature(function_id, argument_types, argument_types_len, result_types, result_types_len, ret)`
    private static func reflectSignature(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let memory = thread.memory
        let result = call.pointer(5)
        _ = try memory.range(result, UInt64(ReflectionResultLayout.size))
        let slot = try runner(thread).functionSlot(UInt64(call.u32(0)), on: thread)
        guard case .function(let signature, let isClosure) = slot else {
            var isCacheable = false
            if case .empty(let isClosure) = slot { isCacheable = !isClosure }
            try store(isCacheable, 0, 0, at: result, memory)
            throw .inval
        }
        let (parameters, results) = (signature.parameters, signature.results)
        let fits = parameters.count <= call.u16(2) && results.count <= call.u16(4)
        let hasReferences = parameters.contains(nil) || results.contains(nil)
        if fits, !hasReferences {
            let room = try memory.range(call.pointer(1), UInt64(parameters.count))
            let resultRoom = try memory.range(call.pointer(3), UInt64(results.count))
            room.copyMemory(from: parameters.compactMap { $0?.rawValue }, byteCount: parameters.count)
            resultRoom.copyMemory(from: results.compactMap { $0?.rawValue }, byteCount: results.count)
        }
        try store(!isClosure, parameters.count, results.count, at: result, memory)
        guard fits else { throw .overflow }
        guard !hasReferences else { throw .inval }
    }

    private static func store(
        _ isCacheable: Bool, _ arguments: Int, _ results: Int, at pointer: GuestPointer, _ memory: GuestMemory
    ) throws(Errno) {
        typealias Layout = ReflectionResultLayout
        try memory.store(UInt16(isCacheable ? 1 : 0), at: pointer + Layout.cacheable)
        try memory.store(UInt16(clamping: arguments), at: pointer + Layout.arguments)
        try memory.store(UInt16(clamping: results), at: pointer + Layout.results)
    }

    // MARK: closures

    /// `closure_allocate(ret_id)`
    private static func closureAllocate(_ call: Call, _ thread: GuestThread) throws(Errno) {
        _ = try thread.memory.range(call.pointer(0), 4)
        let index = try runner(thread).allocateClosure(on: thread)
        try thread.memory.store(UInt32(truncatingIfNeeded: index), at: call.pointer(0))
    }

    /// `closure_prepare(backing, closure, argument_types, argument_types_len, result_types, result_types_len, user_data)`
    private static func closurePrepare(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let signature = FunctionSignature(
            parameters: try types(call, 2, thread.memory), results: try types(call, 4, thread.memory))
        try runner(thread).prepareClosure(
            UInt64(call.u32(1)),
            Closure(signature, backing: UInt64(call.u32(0)), userData: call.pointer(6).rawValue), on: thread)
    }

    /// `closure_free(id)`
    private static func closureFree(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try runner(thread).freeClosure(UInt64(call.u32(0)), on: thread)
    }

    /// The types at argument `index`, whose count is the next one.
    private static func types(_ call: Call, _ index: Int, _ memory: GuestMemory) throws(Errno) -> [ValueType?] {
        let bytes = try memory.range(call.pointer(index), call.size(index + 1))
        let count = call.size(index + 1)
        guard count <= FunctionSignature.most else { throw .inval }
        var types: [ValueType?] = []
        for byte in UnsafeRawBufferPointer(start: bytes, count: Int(count)) {
            let type = ValueType(rawValue: byte)
            guard type.size != nil else { throw .inval }
            types.append(type)
        }
        return types
    }
}
