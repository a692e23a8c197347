/// What a module imports and exports, read from its binary.
///
/// Ours because the engine's C API aborts the process when asked for the type of a function with a v128 or a
/// garbage-collected reference among its parameters, which any guest can have.
struct ModuleInterface: Sendable {
    private(set) var imports: [ModuleImport] = []
    private(set) var exports: [ModuleExport] = []

    var typeCount: Int { types.count }
    /// Imported ones among them.
    var functionCount: Int { functions.count }

    /// The start function, if there is one, takes nothing and answers nothing.
    var hasPlainStartFunction: Bool {
        guard let startFunction else { return true }
        return functions.indices.contains(Int(startFunction))
            && functions[Int(startFunction)] == FunctionType(parameters: [], results: [])
    }

    /// nil stands for a type that is not a function's.
    private var types: [FunctionType?] = []
    private var functions: [FunctionType] = []
    private(set) var memories: [MemoryType] = []
    /// Runs with every instantiation.
    private(set) var startFunction: UInt32?
    private(set) var tableCount = 0
    /// Position of the memory that the host takes for the program's: the imported one, else the one exported as `memory`.
    private(set) var programMemory: Int?
    /// It is one of several that make a program (the tools' dynamic linking convention).
    private(set) var isDynamic = false
    /// By position among the imports.
    private(set) var importShapes: [Int: ImportShape] = [:]
    /// As the module calls itself; the guest's text.
    private(set) var name: String?

    private enum Section: UInt8 {
        case custom = 0
        case types = 1
        case imports = 2
        case functions = 3
        case tables = 4
        case memories = 5
        case exports = 7
        case start = 8
    }

    init(binary: [UInt8]) throws(EngineError) {
        var reader = BinaryReader(binary[...])
        try reader.skip(8)
        while !reader.isAtEnd {
            let id = try reader.byte()
            var contents = BinaryReader(try reader.bytes(Int(reader.u32())))
            switch Section(rawValue: id) {
            case .custom: readCustom(&contents)
            case .types: try readTypes(&contents)
            case .imports: try readImports(&contents)
            case .functions:
                for _ in 0..<(try contents.u32()) { functions.append(try functionType(at: contents.u32())) }
            case .tables: tableCount += Int(try contents.u32())
            case .memories:
                for _ in 0..<(try contents.u32()) { memories.append(try Self.limits(&contents)) }
            case .exports: try readExports(&contents)
            case .start: startFunction = try contents.u32()
            case nil: continue
            }
        }
    }

    /// Sections that the engine does not look at: what is wrong in one says nothing about the module.
    private mutating func readCustom(_ reader: inout BinaryReader) {
        switch try? reader.name() {
        case "dylink.0"?, "dylink"?: isDynamic = true
        case "name"?:
            guard (try? reader.byte()) == 0, (try? reader.u32()) != nil else { return }
            name = try? reader.name()
        default: return
        }
    }

    private mutating func readTypes(_ reader: inout BinaryReader) throws(EngineError) {
        for _ in 0..<(try reader.u32()) {
            if reader.take(0x4e) {
                for _ in 0..<(try reader.u32()) { types.append(try Self.subtype(&reader)) }
            } else {
                types.append(try Self.subtype(&reader))
            }
        }
    }

    private static func subtype(_ reader: inout BinaryReader) throws(EngineError) -> FunctionType? {
        if reader.take(0x50, 0x4f) {
            for _ in 0..<(try reader.u32()) { _ = try reader.u32() }
        }
        switch try reader.byte() {
        case 0x60:
            return FunctionType(parameters: try valueTypes(&reader), results: try valueTypes(&reader))
        case 0x5f:
            for _ in 0..<(try reader.u32()) { try skipField(&reader) }
        case 0x5e:
            try skipField(&reader)
        case 0x5d:
            try reader.skipSigned()
        default:
            throw EngineError("the module defines a type of an unknown form")
        }
        return nil
    }

    private static func skipField(_ reader: inout BinaryReader) throws(EngineError) {
        if !reader.take(0x78, 0x77) { _ = try valueType(&reader) }
        try reader.skip(1)
    }

    private static func valueTypes(_ reader: inout BinaryReader) throws(EngineError) -> [ValueType] {
        var result: [ValueType] = []
        for _ in 0..<(try reader.u32()) { result.append(try valueType(&reader)) }
        return result
    }

    private static func valueType(_ reader: inout BinaryReader) throws(EngineError) -> ValueType {
        switch try reader.byte() {
        case 0x7f: return .i32
        case 0x7e: return .i64
        case 0x7d: return .f32
        case 0x7c: return .f64
        case 0x7b: return .v128
        case 0x70: return .funcref
        case 0x6f: return .externref
        case 0x63, 0x64:
            try reader.skipSigned()
            return .otherReference
        default: return .otherReference
        }
    }

    private static func limits(_ reader: inout BinaryReader) throws(EngineError) -> MemoryType {
        let flags = try reader.byte()
        let minimum = try reader.u64()
        let maximum = flags & 1 != 0 ? try reader.u64() : nil
        if flags & 8 != 0 { _ = try reader.u32() }
        return MemoryType(minimum: minimum, maximum: maximum, isShared: flags & 2 != 0, is64: flags & 4 != 0)
    }

    private mutating func readImports(_ reader: inout BinaryReader) throws(EngineError) {
        for _ in 0..<(try reader.u32()) {
            let module = try reader.name()
            let name = try reader.name()
            let type: ExternType
            switch try reader.byte() {
            case 0:
                let function = try functionType(at: reader.u32())
                functions.append(function)
                type = .function(function)
            case 1:
                let element = try Self.valueType(&reader)
                let limits = try Self.limits(&reader)
                tableCount += 1
                importShapes[imports.count] = .table(element, minimum: limits.minimum, maximum: limits.maximum)
                type = .table
            case 2:
                let memory = try Self.limits(&reader)
                if programMemory == nil { programMemory = memories.count }
                memories.append(memory)
                type = .memory(memory)
            case 3:
                let value = try Self.valueType(&reader)
                importShapes[imports.count] = .global(value, isMutable: try reader.byte() & 1 != 0)
                type = .global
            case 4:
                try reader.skip(1)
                importShapes[imports.count] = .tag(try functionType(at: reader.u32()))
                type = .tag
            default:
                throw EngineError("the module imports something of an unknown kind")
            }
            imports.append(ModuleImport(module: module, name: name, type: type))
        }
    }

    private mutating func readExports(_ reader: inout BinaryReader) throws(EngineError) {
        for _ in 0..<(try reader.u32()) {
            let name = try reader.name()
            let kind = try reader.byte()
            let index = Int(try reader.u32())
            let type: ExternType
            switch kind {
            case 0 where index < functions.count: type = .function(functions[index])
            case 1: type = .table
            case 2 where index < memories.count:
                type = .memory(memories[index])
                if programMemory == nil, name == "memory" { programMemory = index }
            case 3: type = .global
            case 4: type = .tag
            default: throw EngineError("the module exports something of an unknown kind")
            }
            exports.append(ModuleExport(name: name, type: type))
        }
    }

    private func functionType(at index: UInt32) throws(EngineError) -> FunctionType {
        guard Int(index) < types.count, let type = types[Int(index)] else {
            throw EngineError("the module refers to a type it does not define")
        }
        return type
    }
}
