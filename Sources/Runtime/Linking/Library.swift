import Glibc
import Kernel
import WasixABI
import WasmEngine

/// A module that is linked while a program runs, compiled for the program's engine and checked: the main module, or one that
/// it needs. Shared by the processes that run the program.
final class Library: Sendable {
    /// For messages.
    let name: String
    let module: Module
    let section: DynamicSection
    /// The module's imports, by position.
    let imports: [LinkedImport]
    /// The host's functions that the module imports.
    let linker: Linker
    let engine: Engine

    /// - Throws: NOEXEC for what is no such module, or imports what nobody has.
    init(_ module: Module, binary: [UInt8], named name: String, _ engine: Engine) throws(LinkFailure) {
        self.name = name
        self.engine = engine
        self.module = module
        var known: [LinkedImport] = []
        var unknown: [String] = []
        for (index, item) in module.imports.enumerated() {
            if let meaning = LinkedImport(item, module.importShapes[index]) {
                known.append(meaning)
            } else {
                unknown.append(Self.problem(item))
            }
        }
        guard unknown.isEmpty else {
            throw LinkFailure(.noexec, "\(name): imports we do not have: \(unknown.joined(separator: ", "))")
        }
        imports = known
        linker = Linker(engine: engine)
        let found: DynamicSection?
        do throws(EngineError) {
            found = try DynamicSection(binary: binary)
            try GuestModule.defineFunctions(of: module, in: linker)
        } catch {
            throw LinkFailure(.noexec, "\(name): \(GuestText.short(error.message))")
        }
        guard let found else {
            throw LinkFailure(.noexec, "\(name): not a dynamically linked module: it has no section dylink.0")
        }
        section = found
    }

    private static func problem(_ item: ModuleImport) -> String {
        switch item.type {
        case .function(let type): GuestModule.problem(item, type) ?? GuestText.name(of: item)
        case .memory(let type) where type.is64: "\(GuestText.name(of: item)) (with 64-bit addresses)"
        case .memory, .global, .table, .tag: GuestText.name(of: item)
        }
    }

    /// The memory that it imports.
    var memory: (module: String, name: String, type: MemoryType)? {
        for (item, meaning) in zip(module.imports, imports) {
            if case .memory(let type) = meaning { return (item.module, item.name, type) }
        }
        return nil
    }

    /// What the table must not grow beyond.
    var mostPlaces: UInt64? {
        for case .table(let maximum) in imports { return maximum }
        return nil
    }

    func exportsFunction(_ name: String) -> Bool {
        if case .function? = module.exportType(named: name) { true } else { false }
    }

    func exportsData(_ name: String) -> Bool { module.exportType(named: name) == .global }
}

/// The libraries that the processes of a program load, each file compiled once. Any thread.
final class LibraryCache: Sendable {
    private let engine: Engine
    private let options: GuestOptions
    private let libraries = SharedLoads<FileVersion, Library, LinkFailure>.modules(mostKept: 256)

    init(_ engine: Engine, _ options: GuestOptions) {
        self.engine = engine
        self.options = options
    }

    /// Makes the file ready to be linked.
    /// - Parameters:
    ///   - path: for messages.
    ///   - thread: in a call; nil before the program's first thread begins, of which `kernel` is.
    /// - Throws: also INTR when the thread's process ends.
    func library(
        _ file: HostDescriptor, _ version: FileVersion?, named path: [UInt8], for thread: GuestThread?, _ kernel: Kernel
    ) throws(LinkFailure) -> Library {
        let (engine, options) = (engine, options)
        let path = ByteString(path)
        guard let version else { throw LinkFailure(.io, GuestText.short(path.description)) }
        guard let thread else {
            let library = try Self.load(file, path, engine, options)
            libraries.keep(library, for: version, kernel)
            return library
        }
        let answer = libraries.value(version, for: thread) {
            Result { () throws(LinkFailure) in try Self.load(file, path, engine, options) }
        }
        guard let answer else { throw LinkFailure(.intr, "the process ends") }
        return try answer.get()
    }

    private static func load(
        _ file: HostDescriptor, _ path: ByteString, _ engine: Engine, _ options: GuestOptions
    ) throws(LinkFailure) -> Library {
        let binary: [UInt8]
        let module: Module
        do throws(LaunchError) {
            binary = try ModuleFile.load(open: file.number, named: path)
            module = try GuestModule.compile(binary, engine, options, path)
            try GuestModule.checkMemories(module, engine, options, path)
        } catch {
            throw LinkFailure(error.status == .failure ? .nomem : .noexec, error.message)
        }
        return try Library(module, binary: binary, named: GuestText.short(path.description), engine)
    }
}
