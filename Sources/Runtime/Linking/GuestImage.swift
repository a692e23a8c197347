import Kernel
import Synchronization
import WasixABI
import WasmEngine

/// The modules of a dynamically linked program, where they lie, and what was done to link them: every thread's world
/// (`GuestWorld`) repeats it. One for each process.
final class GuestImage: @unchecked Sendable {
    // Safe to share: the steps are locked; all else is used before the first thread runs, and later by the thread that has
    // the turn.
    let turn: LinkTurn
    let main: GuestModule
    private(set) var modules: [LoadedModule] = []
    /// Loaded at the beginning or to be seen by all: they are searched first.
    private(set) var isGlobal: Set<Int> = []
    /// Variables of symbols that nobody has defined yet.
    var undefined: [(module: Int, variable: LoadedModule.Variable)] = []
    /// Places of functions in the table.
    var places: [FunctionName: UInt32] = [:]
    private(set) var room: ImageRoom
    /// The room before the modules were placed that were loaded last.
    private var roomBefore: ImageRoom?
    /// Of the memory, when the program began.
    private var heapEnd: UInt32 = 0
    private let steps: Mutex<[LinkStep]>

    struct FunctionName: Hashable {
        let module: Int
        let name: String
    }

    /// Modules that a program has at most.
    private static let mostModules = 1024

    /// Finds the modules that the program needs at its beginning and gives them their places. Nothing runs yet.
    /// - Parameters:
    ///   - path: of the main module, as the guest sees it.
    ///   - process: whose files and working directory count.
    ///   - thread: whose call starts the program; nil for the first one.
    convenience init(
        _ main: GuestModule, _ library: Library, path: [UInt8], environment: [[UInt8]], for process: GuestProcess,
        by thread: GuestThread?, turn: LinkTurn
    ) throws(LinkFailure) {
        self.init(main, turn, ImageRoom(limit: main.memoryLimit), [])
        let root = PathText.join(process.kernel.locked { process.workingDirectory }, path)
        var search = LibraryClosure(self, process, thread, Self.libraryPath(environment))
        let found = FoundModule(library: library, path: root, name: root, version: nil)
        let batch = try prepare(try search.modules(from: found))
        isGlobal = Set(batch.map(\.index))
        modules = batch
        room.beginHeap()
    }

    private init(_ main: GuestModule, _ turn: LinkTurn, _ room: ImageRoom, _ steps: [LinkStep]) {
        self.main = main
        self.turn = turn
        self.room = room
        self.steps = Mutex(steps)
    }

    /// For a process that forks: the same modules in the same places.
    func copy(turn: LinkTurn) -> GuestImage {
        let copy = GuestImage(main, turn, room, steps.withLock { $0 })
        copy.modules = modules
        copy.isGlobal = isGlobal
        copy.undefined = undefined
        copy.heapEnd = heapEnd
        copy.places = places
        return copy
    }

    private static func libraryPath(_ environment: [[UInt8]]) -> [UInt8] {
        let name = Array("LD_LIBRARY_PATH=".utf8)
        return environment.first { $0.starts(with: name) }.map { Array($0.dropFirst(name.count)) } ?? []
    }

    // MARK: steps

    /// No thread has made instances of the modules yet.
    var isUnlinked: Bool { steps.withLock { $0.isEmpty } }

    /// - Returns: how many there are now.
    func record(_ new: [LinkStep]) -> Int {
        steps.withLock {
            $0 += new
            return $0.count
        }
    }

    func steps(from first: Int) -> ArraySlice<LinkStep> { steps.withLock { $0[first...] } }

    // MARK: loading

    /// Finds a library and what it needs beyond what is there, and gives all of it places.
    /// - Returns: its position, and those that are new, in the order in which they are to be linked.
    func load(
        _ request: LibraryRequest, for thread: GuestThread
    ) throws(LinkFailure) -> (position: Int, new: [LoadedModule]) {
        var search = LibraryClosure(self, thread.process, thread, request.searchPath)
        let found: FoundModule
        // Which module has called is not known: as a rule it is the main one.
        switch try search.find(request.name, for: FoundModule(modules[0])) {
        case .loaded(let position):
            if request.isGlobal { isGlobal.formUnion(closure(of: position)) }
            return (position, [])
        case .new(let module): found = module
        }
        guard !request.isKnownOnly else {
            throw LinkFailure(
                .noent, "\(GuestText.short(String(decoding: request.name, as: UTF8.self))): not loaded yet")
        }
        let order = try search.modules(from: found)
        roomBefore = room
        do throws(LinkFailure) {
            let new = try prepare(order)
            guard let position = new.firstIndex(where: { $0.path == found.path }) else {
                throw LinkFailure(.noexec, found.library.name)
            }
            return (new[position].index, new)
        } catch {
            takePlacesBack()
            throw error
        }
    }

    /// The modules that were loaded last cannot be linked: their places are free again.
    func takePlacesBack() {
        if let roomBefore { room.takeBack(since: roomBefore) }
        roomBefore = nil
    }

    /// Takes modules over that have been linked.
    func add(_ new: [LoadedModule], isGlobal: Bool) {
        modules += new
        roomBefore = nil
        if isGlobal { self.isGlobal.formUnion(new.map(\.index)) }
    }

    /// Gives modules their places, and says where their imports come from.
    private func prepare(_ order: [LibraryClosure.Node]) throws(LinkFailure) -> [LoadedModule] {
        guard modules.count + order.count <= Self.mostModules else {
            throw LinkFailure(.nomem, "more than \(Self.mostModules) libraries")
        }
        var new: [LoadedModule] = []
        for node in order {
            let section = node.found.library.section
            let candidates = modules + new
            new.append(
                try LoadedModule(
                    node.found, index: candidates.count, needed: node.needed,
                    memoryBase: try room.place(section.memory, node.found.library.name),
                    tableBase: try room.placeInTable(section.table, node.found.library.name)
                ) { name, type in
                    // What is not in sight yet is looked up when it is called.
                    let definer = inSight(node.needed, candidates).first {
                        candidates[$0].library.exportsFunction(name)
                    }
                    guard let definer, candidates[definer].library.module.exportType(named: name) == .function(type)
                    else { return nil }
                    return definer
                })
        }
        return new
    }

    /// Which of `candidates` a module is linked to that needs some of them.
    private func inSight(_ needed: [Int], _ candidates: [LoadedModule]) -> [Int] {
        var order = candidates.indices.filter { modules.isEmpty || isGlobal.contains($0) }
        var next = order.count
        order += needed.filter { candidates.indices.contains($0) && !order.contains($0) }
        while next < order.count {
            for other in candidates[order[next]].needed
            where candidates.indices.contains(other) && !order.contains(other) {
                order.append(other)
            }
            next += 1
        }
        return order
    }

    /// More of the table than modules have asked for.
    func nextPlace(behind count: UInt32) -> UInt32 { room.nextPlace(behind: count) }

    // MARK: memory

    /// Pages that the memory must have at the beginning.
    var pages: UInt64 { room.pages }

    /// The memory in which further modules are placed. Before the first thread runs.
    func use(_ memory: Memory) {
        room.memory = memory
        if heapEnd == 0 { heapEnd = UInt32(clamping: memory.byteCount) }
    }

    // MARK: looking up

    /// The address of what is no module's own.
    func ownSymbol(_ name: String) -> UInt32? {
        switch name {
        case "__stack_low": room.stack.lowerBound
        case "__stack_high": room.stack.upperBound
        case "__heap_base": room.heapBase
        case "__heap_end": heapEnd
        default: nil
        }
    }

    /// Any thread.
    func hasModule(_ position: Int) -> Bool {
        steps.withLock { $0.contains { if case .load(let module) = $0 { module.index == position } else { false } } }
    }

    /// Whether a frame is certainly the main module's. Any thread.
    func isOfMain(_ frame: StackFrame) -> Bool {
        guard let name = frame.moduleName, name == main.module.name else { return false }
        return steps.withLock {
            !$0.contains {
                if case .load(let module) = $0 { module.index > 0 && module.library.module.name == name } else { false }
            }
        }
    }

    /// The module whose symbol `name` is meant by module `index`, or by nobody in particular.
    func definer(for index: Int?, _ defines: (Library) -> Bool) -> Int? {
        if let found = modules.first(where: { isGlobal.contains($0.index) && defines($0.library) }) {
            return found.index
        }
        if let index, let found = closure(of: index).first(where: { defines(modules[$0].library) }) { return found }
        return modules.first { defines($0.library) }?.index
    }

    /// A module and those that it needs, the nearest first.
    func closure(of index: Int) -> [Int] {
        var order = [index]
        var next = 0
        while next < order.count {
            for needed in modules[order[next]].needed where !order.contains(needed) { order.append(needed) }
            next += 1
        }
        return order
    }
}
