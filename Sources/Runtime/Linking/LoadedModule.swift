import Kernel
import WasmEngine

/// Where an import of a loaded module comes from, in every thread's world.
enum ImportSource: Sendable {
    case call(module: String, name: String, FunctionType)
    /// A function of a module that was loaded before.
    case function(of: Int, name: String)
    /// One that is looked up when it is called: number `i` of the module's stubs.
    case stub(Int)
    case memory, table, memoryBase, tableBase, stackPointer
    /// A variable of the module's own, which is set later.
    case variable
    case tag(String, FunctionType)
}

/// A module of a program, at its places in the program's memory and table. Constant; the same in all threads.
final class LoadedModule: Sendable {
    let library: Library
    /// Its position among the program's modules; its handle is one more.
    let index: Int
    /// As the guest sees it, absolute.
    let path: [UInt8]
    /// What it was asked for as.
    let name: [UInt8]
    let file: FileVersion?
    let memoryBase: UInt32
    let tableBase: UInt32
    /// The modules that it needs, by their positions.
    let needed: [Int]
    /// By the module's imports.
    let sources: [ImportSource]
    /// Variables for the addresses of symbols, by the import's position.
    let variables: [Variable]
    let stubs: StubModule?
    let stubNames: [String]

    struct Variable: Sendable {
        let position: Int
        let symbol: String
        let isFunction: Bool
    }

    init(
        _ file: FoundModule, index: Int, needed: [Int], memoryBase: UInt32, tableBase: UInt32,
        definer: (String, FunctionType) -> Int?
    ) throws(LinkFailure) {
        let library = file.library
        self.library = library
        self.index = index
        self.needed = needed
        self.memoryBase = memoryBase
        self.tableBase = tableBase
        path = file.path
        name = file.name
        self.file = file.version
        var sources: [ImportSource] = []
        var variables: [Variable] = []
        var stubs: [(name: String, type: FunctionType)] = []
        for (position, (item, meaning)) in zip(library.module.imports, library.imports).enumerated() {
            switch meaning {
            case .call(let type): sources.append(.call(module: item.module, name: item.name, type))
            case .memory: sources.append(.memory)
            case .table: sources.append(.table)
            case .memoryBase: sources.append(.memoryBase)
            case .tableBase: sources.append(.tableBase)
            case .stackPointer: sources.append(.stackPointer)
            case .tag(let type): sources.append(.tag(item.name, type))
            case .address, .place:
                var isFunction = false
                if case .place = meaning { isFunction = true }
                variables.append(Variable(position: position, symbol: item.name, isFunction: isFunction))
                sources.append(.variable)
            case .function(let type):
                if let other = definer(item.name, type) {
                    sources.append(.function(of: other, name: item.name))
                } else {
                    sources.append(.stub(stubs.count))
                    stubs.append((item.name, type))
                }
            }
        }
        self.sources = sources
        self.variables = variables
        stubNames = stubs.map(\.name)
        self.stubs = try Self.stubModule(stubs.map(\.type), library)
    }

    private static func stubModule(_ types: [FunctionType], _ library: Library) throws(LinkFailure) -> StubModule? {
        guard !types.isEmpty else { return nil }
        do throws(EngineError) {
            if let stubs = try StubModule(types, engine: library.engine) { return stubs }
        } catch {
            throw LinkFailure(.noexec, "\(library.name): \(GuestText.short(error.message))")
        }
        throw LinkFailure(.noexec, "\(library.name): imports functions of types that cannot be linked")
    }
}

/// A module that was found for a program and has no place yet.
struct FoundModule {
    let library: Library
    let path: [UInt8]
    let name: [UInt8]
    let version: FileVersion?
}

extension FoundModule {
    init(_ module: LoadedModule) {
        self.init(library: module.library, path: module.path, name: module.name, version: module.file)
    }
}

/// One change of a program's modules, which every thread's world repeats.
enum LinkStep: Sendable {
    case load(LoadedModule)
    /// A function of a module gets a place in the table.
    case place(UInt32, of: Int, name: String)
    /// A module's variable, by the import's position, gets its value.
    case set(module: Int, position: Int, SymbolAddress)
}

enum SymbolAddress: Sendable {
    case number(UInt32)
    /// In each thread's own storage of a module.
    case threadLocal(of: Int, offset: UInt32)
}
