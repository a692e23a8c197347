import CWasmtime

/// A compiled module. Immutable, may be shared by all threads and instantiated any number of times.
public final class Module: @unchecked Sendable {
    /// Reference counted and thread-safe in the engine; immutable here.
    let handle: UnsafeMutablePointer<wasmtime_module_t>
    public let imports: [ModuleImport]
    public let exports: [ModuleExport]
    /// Imported ones first.
    public let memories: [MemoryType]
    /// It has a function that runs with every instantiation.
    public let hasStartFunction: Bool
    /// It has the section by which dynamically linked modules say what they need.
    public let isDynamic: Bool
    /// As it calls itself in its name section; the guest's text.
    public let name: String?
    /// Of imported globals, tables and tags, by their position among the imports.
    public let importShapes: [Int: ImportShape]
    private let exportTypes: [String: ExternType]

    /// Compiles a binary module.
    public convenience init(binary: [UInt8], engine: Engine) throws(EngineError) {
        var module: UnsafeMutablePointer<wasmtime_module_t>?
        try EngineError.check(wasmtime_module_new(engine.handle, binary, binary.count, &module))
        try self.init(owning: module!, binary: binary)
    }

    /// Revives what `serialized` gave for the same `binary`. The engine trusts these bytes: they are code.
    convenience init(serialized: UnsafeRawBufferPointer, binary: [UInt8], engine: Engine) throws(EngineError) {
        var module: UnsafeMutablePointer<wasmtime_module_t>?
        let bytes = serialized.assumingMemoryBound(to: UInt8.self)
        try EngineError.check(wasmtime_module_deserialize(engine.handle, bytes.baseAddress, bytes.count, &module))
        try self.init(owning: module!, binary: binary)
    }

    private init(owning handle: UnsafeMutablePointer<wasmtime_module_t>, binary: [UInt8]) throws(EngineError) {
        self.handle = handle
        let interface: ModuleInterface
        do {
            interface = try ModuleInterface(binary: binary)
        } catch {
            wasmtime_module_delete(handle)
            throw error
        }
        imports = interface.imports
        exports = interface.exports
        memories = interface.memories
        hasStartFunction = interface.hasStartFunction
        isDynamic = interface.isDynamic
        importShapes = interface.importShapes
        name = interface.name
        exportTypes = Dictionary(interface.exports.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
    }

    deinit {
        wasmtime_module_delete(handle)
    }

    /// The type of an export; nil when there is none of this name.
    public func exportType(named name: String) -> ExternType? { exportTypes[name] }

    /// The memories that a binary module declares or imports; none for what is no module.
    public static func memories(of binary: [UInt8]) -> [MemoryType] {
        (try? ModuleInterface(binary: binary))?.memories ?? []
    }

    /// Whether a binary module exports a function of that name; not for what is no module.
    public static func exports(_ name: String, binary: [UInt8]) -> Bool {
        guard let interface = try? ModuleInterface(binary: binary) else { return false }
        return interface.exports.contains { export in
            guard export.name == name, case .function = export.type else { return false }
            return true
        }
    }

    /// The binary form of a `.wasm` or `.wat` file's contents: text is what does not start with the binary magic and
    /// holds no zero byte.
    public static func binary(fromFile contents: [UInt8]) throws(EngineError) -> [UInt8] {
        guard !contents.isEmpty else { throw EngineError("the file is empty") }
        if contents.starts(with: [0x00, 0x61, 0x73, 0x6d]) || contents.contains(0) { return contents }
        var binary = wasm_byte_vec_t()
        let result = contents.withUnsafeBytes { text in
            wasmtime_wat2wasm(text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count, &binary)
        }
        try EngineError.check(result)
        defer { wasm_byte_vec_delete(&binary) }
        return [UInt8](UnsafeRawBufferPointer(start: binary.data, count: binary.size))
    }

    /// The compiled form, to be kept in a file only its owner can write.
    func withSerialized<R>(_ body: (UnsafeRawBufferPointer) -> R) throws(EngineError) -> R {
        var bytes = wasm_byte_vec_t()
        try EngineError.check(wasmtime_module_serialize(handle, &bytes))
        defer { wasm_byte_vec_delete(&bytes) }
        return body(UnsafeRawBufferPointer(start: bytes.data, count: bytes.size))
    }
}
