/// The type of a value that crosses the border of a module.
package enum ValueType: Sendable, Equatable {
    case i32, i64, f32, f64, v128, funcref, externref
    /// A reference of the garbage-collection or exception proposals; no host function of ours takes one.
    case otherReference
}

package struct FunctionType: Sendable, Equatable {
    package let parameters: [ValueType]
    package let results: [ValueType]

    package init(parameters: [ValueType], results: [ValueType]) {
        self.parameters = parameters
        self.results = results
    }
}

/// Sizes in pages of 64 KiB.
package struct MemoryType: Sendable, Equatable {
    package let minimum: UInt64
    package let maximum: UInt64?
    package let isShared: Bool
    package let is64: Bool

    package init(minimum: UInt64, maximum: UInt64?, isShared: Bool = false, is64: Bool = false) {
        self.minimum = minimum
        self.maximum = maximum
        self.isShared = isShared
        self.is64 = is64
    }
}

package enum ExternType: Sendable, Equatable {
    case function(FunctionType)
    case memory(MemoryType)
    case global
    case table
    case tag
}

package struct ModuleImport: Sendable, Equatable {
    package let module: String
    package let name: String
    package let type: ExternType
}

package struct ModuleExport: Sendable, Equatable {
    package let name: String
    package let type: ExternType
}
