/// The type of a value that crosses the border of a module.
public enum ValueType: Sendable, Equatable {
    case i32, i64, f32, f64, v128, funcref, externref
    /// A reference of the garbage-collection or exception proposals; no host function of ours takes one.
    case otherReference
}

public struct FunctionType: Sendable, Equatable {
    public let parameters: [ValueType]
    public let results: [ValueType]

    public init(parameters: [ValueType], results: [ValueType]) {
        self.parameters = parameters
        self.results = results
    }
}

/// Sizes in pages of 64 KiB.
public struct MemoryType: Sendable, Equatable {
    public let minimum: UInt64
    public let maximum: UInt64?
    public let isShared: Bool
    public let is64: Bool

    public init(minimum: UInt64, maximum: UInt64?, isShared: Bool = false, is64: Bool = false) {
        self.minimum = minimum
        self.maximum = maximum
        self.isShared = isShared
        self.is64 = is64
    }
}

/// What an import or export is. The types of globals, tables and tags are kept of imports alone, in `Module.importShapes`.
public enum ExternType: Sendable, Equatable {
    case function(FunctionType)
    case memory(MemoryType)
    case global
    case table
    case tag
}

public struct ModuleImport: Sendable, Equatable {
    public let module: String
    public let name: String
    public let type: ExternType
}

public struct ModuleExport: Sendable, Equatable {
    public let name: String
    public let type: ExternType
}

/// The type of an imported global, table or tag.
public enum ImportShape: Sendable, Equatable {
    case global(ValueType, isMutable: Bool)
    /// Sizes in elements.
    case table(ValueType, minimum: UInt64, maximum: UInt64?)
    case tag(FunctionType)
}
