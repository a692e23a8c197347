import WasmEngine

/// Where symbols are. The thread has the turn.
extension GuestWorld {
    func place(ofSymbol name: String, for module: Int?) throws(GuestFailure) -> SymbolAddress? {
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
    func address(_ module: Int, _ name: String) -> UInt32? {
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
}
