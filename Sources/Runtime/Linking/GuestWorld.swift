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
    var variables: [[Int: Global]] = []
    /// Where this thread's own storage of each module lies; nil while it is not known.
    var storage: [UInt32?] = []
    /// Functions that modules have put into the table themselves.
    var elements: [Int: [UInt: UInt32]] = [:]
    /// Steps of the image that were repeated here.
    private(set) var done = 0
    /// Variables whose value depends on where the thread's own storage lies.
    var unset: [(module: Int, position: Int, of: Int, offset: UInt32)] = []

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
        let instance = try module.library.module.instantiate(in: store, imports)
        try instance.begin()
        instances.append(instance)
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

    /// Links modules that no thread has linked yet. They are still to be relocated, then to be constructed.
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
    }

    /// Writes into modules that were linked where everything lies. Runs the guest's code, and cannot be taken back: what it
    /// throws ends the program, as a fault in a resolver does that ld.so runs.
    func relocate(_ new: [LoadedModule]) throws(GuestFailure) {
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
    func perform(_ step: LinkStep) throws(GuestFailure) {
        try apply(step)
        done = image.record([step])
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

    func set(_ module: Int, _ position: Int, _ value: UInt32) {
        try? variables[module][position]?.set(.i32(Int32(bitPattern: value)))
    }
}
