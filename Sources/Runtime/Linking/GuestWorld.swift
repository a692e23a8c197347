import Kernel
import WasixABI
import WasmEngine

/// The modules of a dynamically linked program in one thread: instances of its own on the program's memory, with a table and
/// globals of its own that hold the same as those of every other thread. Owner thread only.
final class GuestWorld {
    let image: GuestImage
    let table: Table
    let stackPointer: Global
    let memory: Memory
    private let store: Store
    private var tags: [String: (type: FunctionType, tag: Tag)] = [:]
    private(set) var instances: [Instance] = []
    /// The variables of each module, by import.
    private var variables: [[Int: Global]] = []
    /// Where this thread's own storage of each module lies; nil while it is not known.
    private(set) var storage: [UInt32?] = []
    /// Functions that modules have put into the table themselves.
    private var elements: [Int: [UInt: UInt32]] = [:]
    /// Steps of the image that were repeated here.
    private var done = 0
    /// Variables whose value depends on where the thread's own storage lies.
    private var unset: [(module: Int, position: Int, of: Int, offset: UInt32)] = []

    init(_ image: GuestImage, _ memory: Memory, in store: Store) throws(GuestFailure) {
        self.image = image
        self.memory = memory
        self.store = store
        do throws(EngineError) {
            table = try Table(
                count: 1, maximum: image.modules[0].library.mostPlaces.map { UInt32(clamping: $0) }, in: store)
            stackPointer = try Global(.i32(Int32(bitPattern: image.room.stack.upperBound)), isMutable: true, in: store)
        } catch {
            throw .error(error)
        }
    }

    // MARK: instances

    private func instantiate(_ module: LoadedModule) throws(GuestFailure) {
        let region = module.library.section.table
        try reserve(module.tableBase + region.size)
        var own: [Int: Global] = [:]
        let stubs = try stubs(of: module)
        var imports: [External] = []
        for (position, source) in module.sources.enumerated() {
            imports.append(try item(source, position, module, stubs, &own))
        }
        instances.append(try module.library.module.instantiate(in: store, imports))
        variables.append(own)
        storage.append(nil)
    }

    private func stubs(of module: LoadedModule) throws(GuestFailure) -> [Function] {
        guard let stubs = module.stubs else { return [] }
        let resolver = Function(
            StubModule.resolverType, environment: Unmanaged.passUnretained(module).toOpaque(), callback: stubEntry,
            in: store)
        return try stubs.functions(table: table, resolver: resolver, in: store)
    }

    private func item(
        _ source: ImportSource, _ position: Int, _ module: LoadedModule, _ stubs: [Function], _ own: inout [Int: Global]
    ) throws(GuestFailure) -> External {
        switch source {
        case .memory: return .memory(memory)
        case .table: return .table(table)
        case .memoryBase: return .global(try global(module.memoryBase, isMutable: false))
        case .tableBase: return .global(try global(module.tableBase, isMutable: false))
        case .stackPointer: return .global(stackPointer)
        case .stub(let number): return .function(stubs[number])
        case .variable:
            let variable = try global(0, isMutable: true)
            own[position] = variable
            return .global(variable)
        case .tag(let name, let type): return .tag(try tag(name, type))
        case .call(let space, let name, let type):
            guard let function = module.library.linker.function(module: space, name: name, type: type, in: store) else {
                preconditionFailure("the library's linker has all of its calls")
            }
            return .function(function)
        case .function(let other, let name):
            guard let function = instances[other].function(name) else {
                preconditionFailure("an export of a module that is there")
            }
            return .function(function)
        }
    }

    private func global(_ value: UInt32, isMutable: Bool) throws(GuestFailure) -> Global {
        do throws(EngineError) {
            return try Global(.i32(Int32(bitPattern: value)), isMutable: isMutable, in: store)
        } catch {
            throw .error(error)
        }
    }

    /// What modules call the same kind of exception is one, as long as its type is the same.
    private func tag(_ name: String, _ type: FunctionType) throws(GuestFailure) -> Tag {
        if let known = tags[name], known.type == type { return known.tag }
        do throws(EngineError) {
            let made = try Tag(type, in: store)
            if tags[name] == nil { tags[name] = (type, made) }
            return made
        } catch {
            throw .error(error)
        }
    }

    private func reserve(_ count: UInt32) throws(GuestFailure) {
        let now = table.count
        guard UInt64(count) > now else { return }
        do throws(EngineError) {
            try table.grow(by: UInt64(count) - now)
        } catch {
            throw .error(error)
        }
    }

    // MARK: linking (the thread has the turn)

    /// Links modules that no thread has linked yet. Their constructors are still to run.
    /// - Throws: when one cannot be linked; the world is what it was then.
    func link(_ new: [LoadedModule], isGlobal: Bool) throws(GuestFailure) {
        let before = instances.count
        do throws(GuestFailure) {
            for module in new {
                try instantiate(module)
                // Its start function has put the first thread's storage where the module's data begins.
                storage[module.index] = address(module.index, "__tls_base") ?? module.memoryBase
            }
        } catch {
            instances.removeSubrange(before...)
            variables.removeSubrange(before...)
            storage.removeSubrange(before...)
            throw error
        }
        if !image.isUnlinked { image.add(new, isGlobal: isGlobal) }
        done = image.record(new.map { .load($0) })
        try define(new)
        for module in new {
            try call("__wasm_apply_data_relocs", of: module.index)
            try call("__wasm_apply_tls_relocs", of: module.index)
            try call(Self.storageAddresses, of: module.index)
        }
    }

    /// Gives the variables of new modules their values, and those of others that waited for the new modules' symbols.
    private func define(_ new: [LoadedModule]) throws(GuestFailure) {
        let waiting = image.undefined + new.flatMap { module in module.variables.map { (module.index, $0) } }
        image.undefined = []
        for (module, variable) in waiting {
            let address =
                variable.isFunction
                ? try place(ofSymbol: variable.symbol, for: module)
                : dataAddress(of: variable.symbol, for: module)
            if let address {
                try perform(.set(module: module, position: variable.position, address))
            } else {
                image.undefined.append((module, variable))
            }
        }
    }

    /// Does a step here, and has the other threads repeat it.
    private func perform(_ step: LinkStep) throws(GuestFailure) {
        try apply(step)
        done = image.record([step])
    }

    // MARK: symbols (the thread has the turn)

    private func place(ofSymbol name: String, for module: Int?) throws(GuestFailure) -> SymbolAddress? {
        guard let definer = image.definer(for: module, { $0.exportsFunction(name) }) else { return nil }
        return .number(try place(of: name, in: definer))
    }

    /// The place of a module's function in the table: where the module has put it, or a new one.
    func place(of name: String, in module: Int) throws(GuestFailure) -> UInt32 {
        let key = GuestImage.FunctionName(module: module, name: name)
        if let known = image.places[key] { return known }
        guard let function = instances[module].function(name) else { return 0 }
        if let index = ownElements(of: module)[function.identity] {
            image.places[key] = index
            return index
        }
        let index = image.nextPlace(behind: UInt32(clamping: table.count))
        try perform(.place(index, of: module, name: name))
        image.places[key] = index
        return index
    }

    private func ownElements(of module: Int) -> [UInt: UInt32] {
        if let known = elements[module] { return known }
        let loaded = image.modules[module]
        var found: [UInt: UInt32] = [:]
        let end = loaded.tableBase + loaded.library.section.table.size
        for index in loaded.tableBase..<end {
            guard case .function(let function) = table[UInt64(index)], found[function.identity] == nil else { continue }
            found[function.identity] = index
        }
        elements[module] = found
        return found
    }

    func dataAddress(of name: String, for module: Int?) -> SymbolAddress? {
        if let own = image.ownSymbol(name) { return .number(own) }
        guard let definer = image.definer(for: module, { $0.exportsData(name) }) else { return nil }
        return dataAddress(of: name, in: definer)
    }

    func dataAddress(of name: String, in module: Int) -> SymbolAddress? {
        guard let value = address(module, name) else { return nil }
        let flags = image.modules[module].library.section.flags(ofExport: name)
        if flags.contains(.threadLocal) { return .threadLocal(of: module, offset: value) }
        return .number(flags.contains(.absolute) ? value : value &+ image.modules[module].memoryBase)
    }

    /// What a number of a module's means that it exports.
    private func address(_ module: Int, _ name: String) -> UInt32? {
        guard case .i32(let value)? = instances[module].global(name)?.value else { return nil }
        return UInt32(bitPattern: value)
    }

    /// The address of a symbol in this thread.
    func address(_ symbol: SymbolAddress) -> UInt32? {
        switch symbol {
        case .number(let number): number
        case .threadLocal(let module, let offset): storage[module].map { $0 &+ offset }
        }
    }

    // MARK: repeating

    /// Repeats what other threads have done since.
    /// - Returns: the modules that are new here.
    func catchUp() throws(GuestFailure) -> Range<Int> {
        let before = instances.count
        for step in image.steps(from: done) {
            try apply(step)
            done += 1
        }
        return before..<instances.count
    }

    private func apply(_ step: LinkStep) throws(GuestFailure) {
        switch step {
        case .load(let module):
            try instantiate(module)
        case .place(let index, let module, let name):
            try reserve(index + 1)
            do throws(EngineError) {
                try table.set(instances[module].function(name), at: UInt64(index))
            } catch {
                throw .error(error)
            }
        case .set(let module, let position, .number(let number)):
            set(module, position, number)
        case .set(let module, let position, .threadLocal(let other, let offset)):
            if let base = storage[other] {
                set(module, position, base &+ offset)
            } else {
                unset.append((module, position, other, offset))
            }
        }
    }

    private func set(_ module: Int, _ position: Int, _ value: UInt32) {
        try? variables[module][position]?.set(.i32(Int32(bitPattern: value)))
    }

    // MARK: the guest's code

    /// Gives this thread its own storage of modules that other threads have linked. Runs the guest's code.
    func makeStorage(_ modules: Range<Int>) throws(GuestFailure) {
        for module in modules where module > 0 && storage[module] == nil {
            let type = FunctionType(parameters: [], results: [.i32])
            let results = try instances[module].function("__wasix_init_tls", type: type)?.call()
            if case .i32(let base)? = results?.first { storage[module] = UInt32(bitPattern: base) }
        }
        unset.removeAll { variable in
            guard let base = storage[variable.of] else { return false }
            set(variable.module, variable.position, base &+ variable.offset)
            return true
        }
    }

    /// Before a new thread begins: its stack and its storage of the main module are what its maker has made for it, so that code
    /// can run which gives it the rest.
    func beginThread(stack: UInt32, storage base: UInt32) throws(GuestFailure) {
        do throws(EngineError) {
            try stackPointer.set(.i32(Int32(bitPattern: stack)))
        } catch {
            throw .error(error)
        }
        try takeStorage(of: 0, at: base)
        try makeStorage(0..<instances.count)
    }

    /// Has a module use memory for the thread's storage of it, where it says by an export how that is done.
    private func takeStorage(of module: Int, at base: UInt32) throws(GuestFailure) {
        storage[module] = base
        let type = FunctionType(parameters: [.i32], results: [])
        try instances[module].function("__wasm_init_tls", type: type)?.call(.i32(Int32(bitPattern: base)))
    }

    /// The export that computes addresses in the thread's storage which the module keeps in globals.
    private static let storageAddresses = "__wasm_apply_global_tls_relocs"

    /// As `takeStorage`, of memory that holds the thread's values already.
    private func adoptStorage(of module: Int, at base: UInt32) throws(GuestFailure) {
        storage[module] = base
        let instance = instances[module]
        if let pointer = instance.global("__tls_base"), (try? pointer.set(.i32(Int32(bitPattern: base)))) != nil {
            return try call(Self.storageAddresses, of: module)
        }
        guard case .i32(let size)? = instance.global("__tls_size")?.value, size > 0,
            Int(base) + Int(size) <= memory.byteCount
        else { return }
        let values = UnsafeMutableRawBufferPointer(start: memory.base + Int(base), count: Int(size))
        let kept = Array(values)
        try takeStorage(of: module, at: base)
        values.copyBytes(from: kept)
    }

    /// Makes this world what `other` is, of the process that this one is a copy of. The memory is copied before or afterwards.
    func copy(_ other: GuestWorld) throws(GuestFailure) {
        _ = try catchUp()
        for (module, base) in other.storage.enumerated() {
            guard let base, module < instances.count else { continue }
            try adoptStorage(of: module, at: base)
        }
        takeVariables(of: other)
    }

    /// Makes this world, of another context of the same thread, what `other` is. What modules export of their own follows with
    /// each switch.
    func follow(_ other: GuestWorld) throws(GuestFailure) {
        _ = try catchUp()
        for (module, base) in other.storage.enumerated() where module < instances.count { storage[module] = base }
        takeVariables(of: other)
    }

    /// It does not know of modules or places that `other` knows of.
    func isBehind(_ other: GuestWorld) -> Bool { done < other.done }

    private func takeVariables(of other: GuestWorld) {
        for (module, own) in other.variables.enumerated() where module < variables.count {
            for (position, variable) in own {
                guard let value = variable.value else { continue }
                try? variables[module][position]?.set(value)
            }
        }
        unset = []
    }

    /// Runs the constructors of modules that were linked here, each after those of the modules it needs. The main module runs
    /// its own.
    func construct(_ modules: [LoadedModule]) throws(GuestFailure) {
        for module in modules where module.index > 0 {
            let hasOwn = module.library.exportsFunction("__wasm_call_ctors")
            try call(hasOwn ? "__wasm_call_ctors" : "_initialize", of: module.index)
        }
    }

    private func call(_ name: String, of module: Int) throws(GuestFailure) {
        try instances[module].function(name, type: FunctionType(parameters: [], results: []))?.call()
    }

    /// Globals that belong to the code's state: a checkpoint or a copy of the process keeps them.
    var keptGlobals: [Global] { [stackPointer] + instances.flatMap(\.mutableGlobals) }
}
