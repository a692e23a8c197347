import WasmEngine

/// What an import of a dynamically linked module stands for (WasixABI.docc/DynamicLinking).
enum LinkedImport: Sendable {
    /// A function of the host.
    case call(FunctionType)
    /// A function of another module.
    case function(FunctionType)
    case memory(MemoryType)
    case table(maximum: UInt64?)
    case memoryBase
    case tableBase
    case stackPointer
    /// A variable that holds the address of a symbol.
    case address
    /// A variable that holds the place of a function in the table.
    case place
    /// A kind of exception, the same one for all modules.
    case tag(FunctionType)

    private static let environment = "env"
    private static let variable = ImportShape.global(.i32, isMutable: true)
    private static let constant = ImportShape.global(.i32, isMutable: false)

    /// nil for what nobody can give to a module.
    init?(_ item: ModuleImport, _ shape: ImportShape?) {
        switch (item.module, item.name, item.type) {
        case (Self.environment, _, .function(let type)): self = .function(type)
        case (_, _, .function(let type)):
            guard GuestModule.problem(item, type) == nil else { return nil }
            self = .call(type)
        case (Self.environment, "memory", .memory(let type)) where !type.is64: self = .memory(type)
        case (Self.environment, "__indirect_function_table", .table):
            guard case .table(.funcref, _, let maximum)? = shape else { return nil }
            self = .table(maximum: maximum)
        case (Self.environment, "__memory_base", .global) where shape == Self.constant: self = .memoryBase
        case (Self.environment, "__table_base", .global) where shape == Self.constant: self = .tableBase
        case (Self.environment, GuestModule.stackPointer, .global) where shape == Self.variable: self = .stackPointer
        case ("GOT.mem", _, .global) where shape == Self.variable: self = .address
        case ("GOT.func", _, .global) where shape == Self.variable: self = .place
        case (Self.environment, _, .tag):
            guard case .tag(let type)? = shape, type.results.isEmpty, type.parameters.allSatisfy(\.isNumber) else {
                return nil
            }
            self = .tag(type)
        default: return nil
        }
    }

    /// It says that the module is to be linked while the program runs.
    var needsLinking: Bool {
        switch self {
        case .call, .memory: false
        default: true
        }
    }
}

extension ValueType {
    fileprivate var isNumber: Bool { [.i32, .i64, .f32, .f64].contains(self) }
}
