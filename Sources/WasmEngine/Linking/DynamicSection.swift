/// What a dynamically linked module says of itself: its section `dylink.0`, as the tools' conventions have it.
public struct DynamicSection: Sendable, Equatable {
    /// What is told of a symbol beside its name.
    public struct SymbolFlags: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// An import that may stay undefined.
        public static let weak = SymbolFlags(rawValue: 0x1)
        /// Counted from the beginning of each thread's own storage.
        public static let threadLocal = SymbolFlags(rawValue: 0x100)
        /// A number, and no place in the module's memory.
        public static let absolute = SymbolFlags(rawValue: 0x200)
    }

    /// A region of the program's memory or table that the module fills.
    public struct Region: Sendable, Equatable {
        /// Bytes, or elements.
        public var size: UInt32 = 0
        /// The power of two that its beginning must be a multiple of, as its exponent.
        public var alignment: UInt32 = 0
    }

    private struct ImportName: Hashable {
        let module: String
        let name: String
    }

    public private(set) var memory = Region()
    public private(set) var table = Region()
    /// Names of the libraries that the module needs, in order.
    public private(set) var needed: [String] = []
    /// Where they are looked for.
    public private(set) var runtimePath: [String] = []
    private var exported: [String: SymbolFlags] = [:]
    private var imported: [ImportName: SymbolFlags] = [:]

    /// Alignments beyond this are no alignments: 2 to the power of it is a sixteenth of a 32-bit memory.
    private static let mostAlignment: UInt32 = 28

    private enum Part: UInt8 {
        case regions = 1
        case needed = 2
        case exports = 3
        case imports = 4
        case runtimePath = 5
    }

    public func flags(ofExport name: String) -> SymbolFlags { exported[name] ?? [] }
    public func flags(ofImport name: String, module: String) -> SymbolFlags {
        imported[ImportName(module: module, name: name)] ?? []
    }

    /// Reads the section of a binary module; nil when there is none.
    /// - Throws: what is wrong with the section. Any bytes may be given.
    public init?(binary: [UInt8]) throws(EngineError) {
        guard let contents = try Self.section(of: binary) else { return nil }
        try self.init(section: contents)
    }

    /// - Parameter section: the contents behind the section's name.
    init(section: ArraySlice<UInt8>) throws(EngineError) {
        var reader = BinaryReader(section)
        while !reader.isAtEnd {
            let part = Part(rawValue: try reader.byte())
            var contents = BinaryReader(try reader.bytes(Int(reader.u32())))
            switch part {
            case .regions:
                memory = try Self.region(&contents)
                table = try Self.region(&contents)
            case .needed: needed += try Self.names(&contents)
            case .runtimePath: runtimePath += try Self.names(&contents)
            case .exports:
                for _ in 0..<(try contents.u32()) {
                    let name = try contents.name()
                    exported[name] = SymbolFlags(rawValue: try contents.u32())
                }
            case .imports:
                for _ in 0..<(try contents.u32()) {
                    let name = ImportName(module: try contents.name(), name: try contents.name())
                    imported[name] = SymbolFlags(rawValue: try contents.u32())
                }
            case nil: continue
            }
        }
    }

    private static func region(_ reader: inout BinaryReader) throws(EngineError) -> Region {
        let region = Region(size: try reader.u32(), alignment: try reader.u32())
        guard region.alignment <= mostAlignment else {
            throw EngineError("its dylink.0 section asks for an alignment of 2 to the power of \(region.alignment)")
        }
        return region
    }

    private static func names(_ reader: inout BinaryReader) throws(EngineError) -> [String] {
        var names: [String] = []
        for _ in 0..<(try reader.u32()) { names.append(try reader.name()) }
        return names
    }

    /// The contents of the first custom section of that name, which conforming modules have at their beginning.
    private static func section(of binary: [UInt8]) throws(EngineError) -> ArraySlice<UInt8>? {
        var reader = BinaryReader(binary[...])
        try reader.skip(8)
        while !reader.isAtEnd {
            let id = try reader.byte()
            let contents = try reader.bytes(Int(reader.u32()))
            guard id == 0 else { continue }
            var custom = BinaryReader(contents)
            guard try custom.name() == "dylink.0" else { continue }
            return custom.rest
        }
        return nil
    }
}
