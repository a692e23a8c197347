import Glibc
import Trace
import WasixABI
import WasmEngine

/// A guest's module, loaded and checked: every import is one of ours.
struct GuestModule {
    let engine: Engine
    let module: Module
    let isWasix: Bool
    /// Built with Rust's library of 2022-2023: nothing else imports that one's thread calls, and nothing later takes
    /// everything from `wasix_32v1`.
    let isOldRust: Bool
    /// It can name files.
    let usesPaths: Bool
    /// It can name files, or looks for the directories that it was granted: it notices whether there are any.
    let findsDirectories: Bool
    /// The imported memory, if it is imported.
    let importedMemory: (module: String, name: String, type: MemoryType)?

    init(options: GuestOptions) throws(LaunchError) {
        let bytes = try Self.read(options.module)
        do throws(EngineError) {
            let binary = try Module.binary(fromFile: bytes)
            engine = Engine(configuration: Self.configuration(options, binary))
            let cache = options.usesModuleCache ? ModuleCache(environment: Self.cacheEnvironment()) : nil
            if let cache {
                module = try cache.module(binary: binary, engine: engine).module
            } else {
                module = try Module(binary: binary, engine: engine)
            }
        } catch {
            throw LaunchError(.notRunnable, "\(options.module): not a WebAssembly module: \(error.message)")
        }
        importedMemory = try Self.checkImports(module, options.module)
        try Self.checkEntry(module, options.module)
        try Self.checkMemories(module, engine, options)
        isOldRust = Self.isOldRust(module)
        isWasix = module.imports.contains { Namespace(rawValue: $0.module)?.isWasix == true }
        let usesPaths = module.imports.contains { $0.name.hasPrefix("path_") }
        self.usesPaths = usesPaths
        findsDirectories = usesPaths || module.imports.contains { $0.name.hasPrefix("fd_prestat_") }
    }

    private static func configuration(_ options: GuestOptions, _ binary: [UInt8]) -> EngineConfiguration {
        let memories = Module.memories(of: binary)
        return options.stackSize.map {
            EngineConfiguration(isInterruptible: options.isInterruptible, maximumWasmStack: $0, memories: memories)
        } ?? EngineConfiguration(isInterruptible: options.isInterruptible, memories: memories)
    }

    /// Instantiating it is all there is to do, and that runs nothing.
    var hasNothingToRun: Bool {
        ["_start", "_initialize"].allSatisfy { module.exportType(named: $0) == nil } && !module.hasStartFunction
    }

    private static func cacheEnvironment() -> [String: String] {
        var found: [String: String] = [:]
        for name in ["XDG_CACHE_HOME", "HOME"] {
            if let value = getenv(name) { found[name] = String(cString: value) }
        }
        return found
    }

    private static func read(_ path: String) throws(LaunchError) -> [UInt8] {
        let fd = open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else {
            let reason = String(cString: strerror(errno))
            throw LaunchError(errno == ENOENT || errno == ENOTDIR ? .notFound : .notRunnable, "\(path): \(reason)")
        }
        defer { close(fd) }
        var status = stat()
        guard fstat(fd, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw LaunchError(.notRunnable, "\(path): is a directory")
        }
        var bytes: [UInt8] = []
        var failure: Int32 = 0
        if status.st_mode & S_IFMT == S_IFREG { bytes.reserveCapacity(Int(status.st_size)) }
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = Glibc.read(fd, chunk.baseAddress, chunk.count)
            if count < 0 { failure = errno }
            guard count > 0 else { break }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        }
        guard failure == 0 else { throw LaunchError(.notRunnable, "\(path): \(String(cString: strerror(failure)))") }
        return bytes
    }

    /// All that is wrong with the imports is named at once.
    private static func checkImports(
        _ module: Module, _ path: String
    ) throws(LaunchError) -> (module: String, name: String, type: MemoryType)? {
        var memory: (module: String, name: String, type: MemoryType)?
        var unknown: [String] = []
        for item in module.imports {
            switch item.type {
            case .function(let type):
                if let problem = problem(item, type) { unknown.append(problem) }
            case .memory(let type) where memory == nil:
                memory = (item.module, item.name, type)
            case .memory, .global, .table, .tag:
                unknown.append("\(item.module).\(item.name)")
            }
        }
        guard unknown.isEmpty else {
            throw LaunchError(
                .notRunnable, "\(path): imports we do not have: \(unknown.joined(separator: ", "))")
        }
        return memory
    }

    /// A module without an entry is just instantiated (WasixABI.docc/EntryPoints); one whose entry cannot be called is
    /// no program.
    private static func checkEntry(_ module: Module, _ path: String) throws(LaunchError) {
        for name in ["_start", "_initialize"] {
            guard let type = module.exportType(named: name) else { continue }
            guard type == .function(FunctionType(parameters: [], results: [])) else {
                throw LaunchError(.notRunnable, "\(path): \(name) is not a function without parameters and results")
            }
        }
    }

    /// Pages from which on it is tried beforehand whether the host has that much address space.
    private static let largeMemory: UInt64 = 1 << 14

    /// What a module needs at least must fit its limit and the host.
    private static func checkMemories(
        _ module: Module, _ engine: Engine, _ options: GuestOptions
    ) throws(LaunchError) {
        for memory in module.memories {
            let (needed, overflows) = memory.minimum.multipliedReportingOverflow(by: 65_536)
            if let limit = options.maximumMemory, overflows || needed > limit {
                throw LaunchError(
                    .notRunnable,
                    "\(options.module): the module needs \(memory.minimum) pages (64 KiB each) of memory, the limit is "
                        + "\(limit) bytes")
            }
            guard memory.minimum > largeMemory else { continue }
            do throws(EngineError) {
                let tried = MemoryType(minimum: memory.minimum, maximum: nil, is64: memory.is64)
                _ = try Memory(type: tried, store: Store(engine: engine, data: nil))
            } catch {
                throw LaunchError(.notRunnable, "\(options.module): \(error.message)")
            }
        }
    }

    private static func problem(_ item: ModuleImport, _ type: FunctionType) -> String? {
        let name = "\(item.module).\(item.name)"
        guard let namespace = Namespace(rawValue: item.module) else { return name }
        let rows = CallTable.rows(namespace: namespace, name: item.name)
        guard !rows.isEmpty else { return name }
        return row(item, type) == nil ? "\(name) (as another type)" : nil
    }

    private static func isOldRust(_ module: Module) -> Bool {
        let marks: Set<CallID> = [
            .threadSpawnLegacy, .threadLocalCreate, .threadLocalDestroy, .threadLocalSet, .threadLocalGet,
        ]
        var hasMark = false
        for item in module.imports {
            guard case .function(let type) = item.type, let (spec, namespace) = row(item, type) else { continue }
            if namespace == .preview1 { return false }
            hasMark = hasMark || marks.contains(spec.id)
        }
        return hasMark
    }

    /// The row of the call table that an imported function means.
    static func row(_ item: ModuleImport, _ type: FunctionType) -> (CallSpec, Namespace)? {
        guard let namespace = Namespace(rawValue: item.module), let parameters = wasmTypes(type.parameters),
            let results = wasmTypes(type.results),
            let spec = CallTable.find(
                namespace: namespace, name: item.name, parameters: parameters, results: results)
        else { return nil }
        return (spec, namespace)
    }

    private static func wasmTypes(_ types: [WasmEngine.ValueType]) -> [WasmType]? {
        var answer: [WasmType] = []
        for type in types {
            switch type {
            case .i32: answer.append(.i32)
            case .i64: answer.append(.i64)
            case .f32, .f64, .v128, .funcref, .externref, .otherReference: return nil
            }
        }
        return answer
    }
}
