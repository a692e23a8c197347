import Glibc
import Kernel
import Syscalls
import Trace
import WasixABI
import WasmEngine

/// A guest's module, loaded and checked: every import is one of ours.
struct GuestModule {
    let engine: Engine
    let module: Module
    /// The host's functions for the module, without a memory.
    let linker: Linker
    /// The module with all of its imports, unless it imports a memory, of which each process has its own.
    let linked: LinkedModule?
    /// The module's bytes.
    let binary: [UInt8]
    let isWasix: Bool
    /// Built with Rust's standard library of 2022-2023: the only one that imports the thread calls listed in
    /// `isOldRust(_:)` and takes preview1's functions from `wasix_32v1`.
    let isOldRust: Bool
    /// Whether it imports a `path_` call.
    let usesPaths: Bool
    /// It can name files, or looks for granted directories: it notices whether there are any.
    let findsDirectories: Bool
    /// What is linked while the program runs; nil for a program that is one module.
    let library: Library?
    /// The libraries that its processes load.
    let libraries: LibraryCache
    /// Bytes that its memory can have.
    let memoryLimit: UInt64
    /// The imported memory, if it is imported.
    let importedMemory: (module: String, name: String, type: MemoryType)?

    static let stackPointer = "__stack_pointer"

    /// - Parameter path: for messages.
    init(binary: [UInt8], named path: ByteString, options: GuestOptions) throws(LaunchError) {
        let name = GuestText.short(path.description)
        self.binary = binary
        engine = Engine(configuration: Self.configuration(options, binary))
        module = try Self.compile(binary, engine, options, path)
        library = try Self.library(module, binary, name, engine)
        if let library {
            importedMemory = library.memory
        } else {
            importedMemory = try Self.checkImports(module, name)
        }
        libraries = LibraryCache(engine, options)
        memoryLimit = min(
            options.maximumMemory ?? .max, (importedMemory?.type.maximum).map { min($0, 65_536) * 65_536 } ?? 1 << 32)
        try Self.checkEntry(module, name)
        try Self.checkMemories(module, engine, options, path)
        isOldRust = Self.isOldRust(module)
        let isLinked = library != nil
        isWasix = isLinked || module.imports.contains { Namespace(rawValue: $0.module)?.isWasix == true }
        let usesPaths = isLinked || module.imports.contains { $0.name.hasPrefix("path_") }
        self.usesPaths = usesPaths
        findsDirectories = usesPaths || module.imports.contains { $0.name.hasPrefix("fd_prestat_") }
        linker = Linker(engine: engine)
        do throws(EngineError) {
            if !isLinked { try Self.defineFunctions(of: module, in: linker) }
            linked = importedMemory == nil ? try linker.link(module) : nil
        } catch {
            throw LaunchError(path, error)
        }
    }

    /// Takes the compiled module from the user's cache, or compiles it.
    static func compile(
        _ binary: [UInt8], _ engine: Engine, _ options: GuestOptions, _ path: ByteString
    ) throws(LaunchError) -> Module {
        do throws(EngineError) {
            if options.usesModuleCache, let cache = ModuleCache(environment: variable) {
                return try cache.module(binary: binary, engine: engine).module
            }
            return try Module(binary: binary, engine: engine)
        } catch {
            throw LaunchError(path, error, "not a WebAssembly module")
        }
    }

    /// The module as one of several; nil when it needs no others.
    private static func library(
        _ module: Module, _ binary: [UInt8], _ name: String, _ engine: Engine
    ) throws(LaunchError) -> Library? {
        let needsLinking = module.imports.enumerated().contains { index, item in
            LinkedImport(item, module.importShapes[index])?.needsLinking == true
        }
        guard module.isDynamic, needsLinking else { return nil }
        do throws(LinkFailure) {
            let library = try Library(module, binary: binary, named: name, engine)
            guard library.memory != nil else {
                throw LinkFailure(.noexec, "\(name): a dynamically linked module that imports no memory")
            }
            return library
        } catch {
            throw LaunchError(.notRunnable, error.message)
        }
    }

    /// Defines the host's functions that the module imports.
    static func defineFunctions(of module: Module, in linker: Linker) throws(EngineError) {
        let isMemoryAsked = module.hasStartFunction && !module.imports.contains { $0.type.isMemory }
        var defined: Set<String> = []
        for item in module.imports {
            guard case .function(let type) = item.type, let (spec, namespace) = row(item, type),
                defined.insert("\(item.module) \(item.name)").inserted
            else { continue }
            let site = Unmanaged.passUnretained(CallSite.of(spec.id, namespace.pointerWidth))
            try linker.define(
                module: item.module, name: item.name, type: type, environment: site.toOpaque(),
                callback: isMemoryAsked ? startEntry : hostEntry)
        }
    }

    /// Instantiating the module runs nothing, and it has no entry to call.
    var hasNothingToRun: Bool {
        ["_start", "_initialize"].allSatisfy { module.exportType(named: $0) == nil } && !module.hasStartFunction
    }

    private static func variable(_ name: String) -> [UInt8]? { getenv(name).map { ByteString(cString: $0).bytes } }

    private static func configuration(_ options: GuestOptions, _ binary: [UInt8]) -> EngineConfiguration {
        // Shells wait for signals in loops without a call (libc's sigsuspend does nothing), and fork by asyncify. Beside
        // what that costs, epochs cost little.
        EngineConfiguration(
            isInterruptible: options.isInterruptible || Module.exports(Asyncify.mark, binary: binary),
            maximumWasmStack: options.stackSize ?? EngineConfiguration.standardWasmStack,
            compilesInParallel: HostRoom.hasThreadsToCompile, memories: Module.memories(of: binary))
    }

    /// Checks all imports; one error names all that are unknown.
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
                unknown.append(GuestText.name(of: item))
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

    /// A memory of more pages than this is made once beforehand, to see whether the host has the address space. Where
    /// address space is limited (ulimit -v), every memory is.
    private static let largeMemory: UInt64 = 1 << 14
    /// What a program can address at most (x86-64, four levels of page tables).
    private static let mostAddressSpace: UInt64 = 1 << 47

    /// Checks the minimum sizes of the memories against the limit and the host's address space.
    static func checkMemories(
        _ module: Module, _ engine: Engine, _ options: GuestOptions, _ path: ByteString
    ) throws(LaunchError) {
        for memory in module.memories {
            let (needed, overflows) = memory.minimum.multipliedReportingOverflow(by: 65_536)
            if let limit = options.maximumMemory, overflows || needed > limit {
                throw LaunchError(
                    .notRunnable,
                    "\(path): the module needs \(memory.minimum) pages (64 KiB each) of memory, the limit is "
                        + "\(limit) bytes")
            }
            guard !overflows, needed <= mostAddressSpace else {
                throw LaunchError(
                    .notRunnable,
                    "\(path): the module needs \(memory.minimum) pages (64 KiB each) of memory, more than any "
                        + "host has")
            }
            guard memory.minimum > largeMemory || HostRoom.isAddressSpaceLimited else { continue }
            do throws(EngineError) {
                let tried = MemoryType(minimum: memory.minimum, maximum: nil, is64: memory.is64)
                _ = try Memory(type: tried, store: Store(engine: engine, data: nil))
            } catch {
                throw LaunchError(path, error)
            }
        }
    }

    /// What is wrong with an imported function of the host; nil for nothing.
    static func problem(_ item: ModuleImport, _ type: FunctionType) -> String? {
        let name = GuestText.name(of: item)
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

extension ExternType {
    fileprivate var isMemory: Bool {
        if case .memory = self { true } else { false }
    }
}
