import WasmEngine

/// An export by which programs of 2022-2023 are entered (WasixABI.docc/LegacyPrograms). All of its parameters are
/// 64-bit numbers; the first of these programs take each as two halves, the low one first, for hosts that had none.
enum LegacyExport: String {
    case startThread = "_start_thread"
    case react = "_react"
    case destroyLocal = "_thread_local_destroy"

    /// A thread's entry.
    init(isReactor: Bool) { self = isReactor ? .react : .startThread }

    private var whole: FunctionType {
        FunctionType(parameters: Array(repeating: .i64, count: self == .destroyLocal ? 2 : 1), results: [])
    }

    private var halves: FunctionType {
        FunctionType(parameters: Array(repeating: .i32, count: self == .destroyLocal ? 4 : 2), results: [])
    }

    func isExported(by module: Module) -> Bool {
        let type = module.exportType(named: rawValue)
        return type == .function(whole) || type == .function(halves)
    }

    /// Does nothing when there is no such export.
    func call(_ values: [UInt64], in instance: Instance) throws(GuestFailure) {
        if let function = instance.function(rawValue, type: whole) {
            try function.call(values.map { .i64(Int64(bitPattern: $0)) })
        } else if let function = instance.function(rawValue, type: halves) {
            try function.call(
                values.flatMap { value -> [Value] in
                    [.i32(Int32(truncatingIfNeeded: value)), .i32(Int32(truncatingIfNeeded: value >> 32))]
                })
        }
    }
}
