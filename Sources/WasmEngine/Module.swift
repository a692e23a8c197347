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
    /// How the code differs from that of the binary module; nil for one whose code is compiled as it is.
    let waits: WaitRewriting?
    private let exportTypes: [String: ExternType]

    /// Compiles a binary module. Its waits by instruction are the host's (`Instance.begin`).
    public convenience init(binary: [UInt8], engine: Engine) throws(EngineError) {
        try self.init(binary: binary, engine: engine, rewritesWaits: true)
    }

    /// - Parameter rewritesWaits: false leaves them to the engine, where nothing ends them.
    convenience init(binary: [UInt8], engine: Engine, rewritesWaits: Bool) throws(EngineError) {
        let interface = Self.interface(of: binary)
        let waits = rewritesWaits ? Self.waits(of: binary, interface) : nil
        let code = waits?.binary ?? binary
        var module: UnsafeMutablePointer<wasmtime_module_t>?
        try EngineError.check(wasmtime_module_new(engine.handle, code, code.count, &module))
        try self.init(owning: module!, interface, waits)
    }

    /// Revives what `serialized` gave for the same `binary`. The engine trusts these bytes: they are code.
    convenience init(serialized: UnsafeRawBufferPointer, binary: [UInt8], engine: Engine) throws(EngineError) {
        let interface = Self.interface(of: binary)
        var module: UnsafeMutablePointer<wasmtime_module_t>?
        let bytes = serialized.assumingMemoryBound(to: UInt8.self)
        try EngineError.check(wasmtime_module_deserialize(engine.handle, bytes.baseAddress, bytes.count, &module))
        try self.init(owning: module!, interface, Self.waits(of: binary, interface))
    }

    private static func interface(of binary: [UInt8]) -> Result<ModuleInterface, EngineError> {
        Result { () throws(EngineError) in try ModuleInterface(binary: binary) }
    }

    private static func waits(
        of binary: [UInt8], _ interface: Result<ModuleInterface, EngineError>
    ) -> WaitRewriting? {
        if case .success(let interface) = interface { WaitRewriting(binary, interface) } else { nil }
    }

    private init(
        owning handle: UnsafeMutablePointer<wasmtime_module_t>, _ interface: Result<ModuleInterface, EngineError>,
        _ waits: WaitRewriting?
    ) throws(EngineError) {
        self.handle = handle
        self.waits = waits
        let known: ModuleInterface
        do {
            known = try interface.get()
        } catch {
            wasmtime_module_delete(handle)
            throw error
        }
        imports = known.imports
        exports = known.exports
        memories = known.memories
        hasStartFunction = known.startFunction != nil
        isDynamic = known.isDynamic
        importShapes = known.importShapes
        name = known.name
        exportTypes = Dictionary(known.exports.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
    }

    deinit {
        wasmtime_module_delete(handle)
    }

    /// How far instructions are from where they are in the binary module, in bytes: what stack frames tell is so much more.
    public var codeShift: Int { waits?.codeShift ?? 0 }

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
