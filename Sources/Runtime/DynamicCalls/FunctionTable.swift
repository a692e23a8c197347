import Kernel
import WasixABI
import WasmEngine

/// A thread's own table of functions, which its module exports. Owner thread only.
final class FunctionTable {
    static let export = "__indirect_function_table"

    private let table: Table
    private let stack: Global?
    private let store: Store
    private let shared: SharedFunctions
    /// The guest's memory; nil when it has none.
    private let memory: Memory?
    private let memoryType: MemoryType?
    /// The last change of the shared closures that it knows of.
    private var lastChange: UInt64 = 0
    /// Closures in the table by their places, and others that no place holds any more.
    private var used: [UInt64: ClosureAdapter] = [:]
    private var idle: [FunctionSignature: [ClosureAdapter]] = [:]
    private var hasWideTable = false

    /// - Parameters:
    ///   - world: the modules of a program that is linked while it runs, which have one table.
    ///   - imported: the memory that the module imports.
    init?(
        _ instance: Instance, _ world: GuestWorld?, _ shared: SharedFunctions,
        imported: (memory: Memory, type: MemoryType)?
    ) {
        guard let table = world?.table ?? instance.table(Self.export) else { return nil }
        self.table = table
        self.shared = shared
        stack = world?.stackPointer ?? instance.global(GuestModule.stackPointer)
        store = instance.store
        memory = imported?.memory ?? instance.memory()
        memoryType = imported?.type ?? instance.module.memories.first
    }

    subscript(index: UInt64) -> TableElement { table[index] }
    var count: UInt64 { table.count }

    // MARK: closures

    /// The module has what closures need: a memory and a stack.
    var canHaveClosures: Bool {
        memory != nil && stack?.value?.type == (isWide ? .i64 : .i32)
    }

    private var isWide: Bool { memoryType?.is64 ?? false }

    /// What a closure's backing function must be.
    var backingType: FunctionType {
        FunctionType(parameters: Array(repeating: isWide ? .i64 : .i32, count: 3), results: [])
    }

    /// - Throws: NOMEM.
    func makeRoom(for index: UInt64) throws(Errno) {
        let count = table.count
        guard index >= count else { return }
        do throws(EngineError) {
            try table.grow(by: index - count + 1)
        } catch {
            throw .nomem
        }
    }

    /// Makes sure that a closure of that type can be made in this thread.
    /// - Throws: NOMEM, NOTSUP.
    func reserve(_ signature: FunctionSignature) throws(Errno) {
        guard idle[signature]?.isEmpty ?? true else { return }
        idle[signature, default: []].append(try adapter(signature))
    }

    /// Takes over what has changed.
    func follow() {
        guard let changes = shared.changes(after: lastChange) else { return }
        lastChange = changes.last
        for place in changes.places { put(place.closure, at: place.index) }
    }

    /// A place that cannot be filled stays empty: to call it is a trap.
    private func put(_ closure: Closure?, at index: UInt64) {
        if closure == nil, index >= table.count { return }
        guard (try? makeRoom(for: index)) != nil else { return }
        let current = used[index]
        guard let closure else {
            used[index] = nil
            if let current { idle[current.signature, default: []].append(current) }
            try? table.set(nil, at: index)
            return
        }
        if let current, current.signature == closure.signature { return current.prepare(closure) }
        if let current { idle[current.signature, default: []].append(current) }
        used[index] = idle[closure.signature]?.popLast() ?? (try? adapter(closure.signature))
        used[index]?.prepare(closure)
        try? table.set(used[index]?.function, at: index)
    }

    private func adapter(_ signature: FunctionSignature) throws(Errno) -> ClosureAdapter {
        guard let memory, let stack else { throw .notsup }
        let imports: [External] = [.memory(memory), .table(table), .global(stack)]
        // Whether 64 bits index the table the engine tells only by refusing the other form.
        for isWide in [hasWideTable, !hasWideTable] {
            let shape = AdapterShape(
                signature: signature, isWide: self.isWide,
                sharedPages: memoryType?.isShared == true ? memoryType?.maximum : nil, hasWideTable: isWide)
            guard let module = try? shared.adapters.module(shape, store.engine),
                let adapter = ClosureAdapter(module, store, imports, signature)
            else { continue }
            hasWideTable = isWide
            return adapter
        }
        throw .notsup
    }
}
