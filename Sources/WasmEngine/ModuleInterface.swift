/// What a module imports and exports, read from its binary.
///
/// Ours because the engine's C API aborts the process when asked for the type of a function with a v128 or a
/// garbage-collected reference among its parameters, which any guest can have.
struct ModuleInterface: Sendable {
    private(set) var imports: [ModuleImport] = []
    private(set) var exports: [ModuleExport] = []

    /// nil stands for a type that is not a function's.
    private var types: [FunctionType?] = []
    private var functions: [FunctionType] = []
    private(set) var memories: [MemoryType] = []
    private(set) var hasStartFunction = false
    /// It is one of several that make a program (the tools' dynamic linking convention).
    private(set) var isDynamic = false

    private enum Section: UInt8 {
        case custom = 0
        case types = 1
        case imports = 2
        case functions = 3
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
            case .custom: if ["dylink.0", "dylink"].contains(try contents.name()) { isDynamic = true }
            case .types: try readTypes(&contents)
            case .imports: try readImports(&contents)
            case .functions:
                for _ in 0..<(try contents.u32()) { functions.append(try functionType(at: contents.u32())) }
            case .memories:
                for _ in 0..<(try contents.u32()) { memories.append(try Self.limits(&contents)) }
            case .exports: try readExports(&contents)
            case .start: hasStartFunction = true
            case nil: continue
            }
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
                _ = try Self.valueType(&reader)
                _ = try Self.limits(&reader)
                type = .table
            case 2:
                let memory = try Self.limits(&reader)
                memories.append(memory)
                type = .memory(memory)
            case 3:
                _ = try Self.valueType(&reader)
                try reader.skip(1)
                type = .global
            case 4:
                try reader.skip(1)
                _ = try reader.u32()
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
            case 2 where index < memories.count: type = .memory(memories[index])
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

/// A cursor over a part of a binary module. Every read is checked, though the engine has validated the module before.
private struct BinaryReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() throws(EngineError) -> UInt8 {
        guard let byte = rest.popFirst() else { throw EngineError("the module ends in the middle of a section") }
        return byte
    }

    mutating func bytes(_ count: Int) throws(EngineError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw EngineError("the module ends in the middle of a section") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func skip(_ count: Int) throws(EngineError) { _ = try bytes(count) }

    /// Consumes the next byte if it is one of `expected`.
    mutating func take(_ expected: UInt8...) -> Bool {
        guard let next = rest.first, expected.contains(next) else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func u64() throws(EngineError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw EngineError("the module holds a number that is too long")
    }

    mutating func u32() throws(EngineError) -> UInt32 {
        guard let value = UInt32(exactly: try u64()) else {
            throw EngineError("the module holds a number that is too large")
        }
        return value
    }

    mutating func skipSigned() throws(EngineError) {
        while try byte() & 0x80 != 0 {}
    }

    mutating func name() throws(EngineError) -> String {
        String(decoding: try bytes(Int(u32())), as: UTF8.self)
    }
}
