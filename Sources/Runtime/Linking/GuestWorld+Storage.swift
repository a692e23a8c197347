import WasmEngine

/// What the modules' own code does for a thread: its storage of each module, constructors, and copies.
extension GuestWorld {
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
    static let storageAddresses = "__wasm_apply_global_tls_relocs"

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
        for (module, base) in other.storage.enumerated() where module < instances.count && storage[module] != base {
            guard let base else { continue }
            try adoptStorage(of: module, at: base)
        }
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

    func call(_ name: String, of module: Int) throws(GuestFailure) {
        try instances[module].function(name, type: FunctionType(parameters: [], results: []))?.call()
    }

    /// Globals that belong to the code's state: a checkpoint or a copy of the process keeps them.
    var keptGlobals: [Global] { [stackPointer] + instances.flatMap(\.mutableGlobals) }
}
