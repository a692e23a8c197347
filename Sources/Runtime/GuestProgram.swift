import Glibc
import Kernel
import Synchronization
import Syscalls
import Trace
import WasixABI
import WasmEngine

/// The program of one process: a module linked to the kernel and to the process's memory, and its threads. Every guest
/// thread is a host thread with a store and an instance of its own (1.3 microseconds to make), all on one memory.
final class GuestProgram: GuestRunner, @unchecked Sendable {
    // Safe to share: everything is set up before the first guest thread starts and constant afterwards; the count of
    // threads is atomic.
    let guest: GuestModule
    let symbols: GuestSymbols
    let loader: ProgramLoader
    private let linked: LinkedModule?
    /// The modules of a program that is linked while it runs; nil for one that is one module.
    let linking: GuestImage?
    /// The store that an imported memory was made in.
    private let setupStore: Store
    let importedMemory: Memory?
    /// The closures that all threads have.
    let functions: SharedFunctions
    private let running = Atomic<Int>(0)
    /// What the memory shares with copies of it, once there is one.
    private let sharedPages = Mutex<CopyOnWriteMemory?>(nil)

    /// - Parameters:
    ///   - pages: of 64 KiB, that an imported memory has at the beginning; nil for what the module asks for.
    ///   - functions: the closures of the process that this one is a copy of.
    init(
        _ guest: GuestModule, _ symbols: GuestSymbols, _ loader: ProgramLoader, image: ProgramImage,
        pages: UInt64? = nil, functions: SharedFunctions = SharedFunctions(), linking: GuestImage? = nil
    ) throws(EngineError) {
        self.linking = linking
        self.guest = guest
        self.functions = functions
        self.symbols = symbols
        self.loader = loader
        setupStore = Store(engine: guest.engine, data: nil)
        if let wanted = guest.importedMemory {
            let type = Self.limited(wanted.type, loader.options.maximumMemory, atLeast: pages ?? linking?.pages)
            let memory = try Memory(type: type, store: setupStore)
            if let linking {
                linked = nil
                linking.use(memory)
            } else {
                let linker = guest.linker.copy()
                try linker.define(module: wanted.module, name: wanted.name, memory: memory, store: setupStore)
                linked = try linker.link(guest.module)
            }
            importedMemory = memory
            image.memory.attach(base: memory.base) { UInt64(memory.byteCount) }
        } else if let linked = guest.linked {
            self.linked = linked
            importedMemory = nil
        } else {
            preconditionFailure("a module without an imported memory is linked once for all")
        }
        image.isWasix = guest.isWasix
        image.hasDuplexPipes = guest.isOldRust
        image.runner = self
    }

    private static func limited(_ type: MemoryType, _ bytes: UInt64?, atLeast pages: UInt64?) -> MemoryType {
        let minimum = max(type.minimum, pages ?? 0)
        let most = bytes.map { max(minimum, $0 / 65_536) }
        return MemoryType(
            minimum: minimum, maximum: most.map { min(type.maximum ?? $0, $0) } ?? type.maximum,
            isShared: type.isShared, is64: type.is64)
    }

    // MARK: threads

    func canStart(_ entry: ThreadEntry) -> Bool {
        guard guest.importedMemory?.type.isShared == true else { return false }
        switch entry {
        case .wasi:
            let type = guest.module.exportType(named: "wasi_thread_start")
            return type == .function(GuestEntry.threadType) || type == .function(GuestEntry.wideThreadType)
        case .legacy(_, _, let isReactor):
            // If the stack pointer cannot be set, the thread would run on the stack of the one that started it.
            return LegacyExport(isReactor: isReactor).isExported(by: guest.module)
                && guest.module.exportType(named: GuestModule.stackPointer) == .global
        }
    }

    func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool {
        start(thread, .thread(entry, number: thread.id.rawValue))
    }

    func startMain(_ thread: GuestThread) -> Bool { start(thread, .main) }

    private func start(_ thread: GuestThread, _ entry: GuestEntry) -> Bool {
        startHostThread { [self] in
            thread.begin()
            // The process may have ended before the epoch handler is installed: then no further epoch would call it.
            let store = prepareStore(for: thread)
            guard !thread.isEnding else { return thread.end() }
            run(thread) { () throws(GuestFailure) in try execution(thread, in: store, entry) }
        }
    }

    /// Starts `thread`, the only one of a process that was copied while the code of `parent` had unwound: its code comes back
    /// from the call that copied it. Called on the parent's thread; returns when the parent's memory may change again.
    /// - Parameters:
    ///   - program: the one of which this is a copy.
    ///   - forking: the parent's thread.
    /// - Throws: AGAIN when there is no room.
    func start(
        _ thread: GuestThread, copying parent: GuestExecution, of program: GuestProgram, _ forking: GuestThread
    ) throws(Errno) {
        let store = prepareStore(for: thread)
        let box: SendableBox<GuestExecution>
        do throws(GuestFailure) {
            box = SendableBox(try execution(thread, in: store, parent.entry, copying: parent))
        } catch {
            throw .nomem
        }
        let byteCount = forking.memory.byteCount
        guard box.value.grow(thread.memory, to: byteCount) else { throw .nomem }
        if let source = program.pages(of: forking.memory), let target = pages(of: thread.memory) {
            source.copy(Int(byteCount), to: target, isAlone: forking.process.hasOneThread)
        }
        let hasStarted = startHostThread { [self] in
            thread.begin()
            guard !thread.isEnding else { return thread.end() }
            run(thread, from: Rewound()) { box.value }
        }
        guard hasStarted else { throw .again }
    }

    /// What `memory`, which is this program's, shares with copies of it; nil for none.
    private func pages(of memory: GuestMemory) -> CopyOnWriteMemory? {
        sharedPages.withLock { shared in
            shared = shared ?? memory.start.map { CopyOnWriteMemory(start: $0) }
            return shared
        }
    }

    var hasRoomForThread: Bool { HostRoom.hasRoomForThread(stackSize: guest.engine.configuration.guestThreadStackSize) }

    func startHostThread(_ body: @escaping @Sendable () -> Void) -> Bool {
        running.add(1, ordering: .relaxed)
        let hasStarted = Runtime.startHostThread(stackSize: guest.engine.configuration.guestThreadStackSize) { [self] in
            body()
            running.subtract(1, ordering: .relaxed)
        }
        if !hasStarted { running.subtract(1, ordering: .relaxed) }
        return hasStarted
    }

    /// A store whose code looks for what is asked of `thread`.
    func prepareStore(for thread: GuestThread) -> Store {
        let store = store(for: thread)
        if let limit = loader.options.maximumMemory { store.limit(memoryBytes: Int64(clamping: limit)) }
        guard guest.engine.configuration.isInterruptible else { return store }
        store.setEpochHandler(ticks: 1) { [unowned store] in
            let thread = thread.running
            if thread.pendingInterrupts.contains(.pause) { thread.pause(.insideCode) }
            let pending = thread.pendingInterrupts
            if !pending.isDisjoint(with: .requests) { thread.serveRequestsBetweenCalls() }
            // The engine cannot enter this handler twice, nor the guest other code while it unwinds.
            if !pending.isDisjoint(with: .signals), pending.isDisjoint(with: [.unwinding, .rewinding]) {
                store.withoutEpochs { thread.deliverSignals() }
            }
            // Asked last: the epoch that was to end the thread may have come meanwhile, and the deadline counts from
            // here.
            return thread.mustLeave ? .stop : .proceed(ticks: 1)
        }
        return store
    }

    /// An instance for `thread`, which may run the module's start function.
    /// - Parameter neighbour: the thread's code until now, if this is for a context.
    func execution(
        _ thread: GuestThread, in store: Store, _ entry: GuestEntry, copying parent: GuestExecution? = nil,
        beside neighbour: GuestExecution? = nil
    ) throws(GuestFailure) -> GuestExecution {
        let world = try world(in: store, copying: parent?.world, beside: neighbour?.world)
        let instance: Instance
        if let linked {
            instance = try linked.instantiate(in: store)
        } else if let main = world?.instances.first {
            instance = main
        } else {
            preconditionFailure("a program has a main module")
        }
        if importedMemory == nil, let memory = instance.memory() {
            thread.memory.attach(base: memory.base) { UInt64(memory.byteCount) }
        }
        if world == nil { try instance.begin() }
        let execution = GuestExecution(instance, world, entry: entry, copying: parent, memory: thread.memory) {
            [unowned self] sharesTime in fork(thread, sharesTime)
        }
        if functions.hasAny { _ = table(of: execution) }
        return execution
    }

    /// The modules of a dynamically linked program for one thread.
    private func world(
        in store: Store, copying parent: GuestWorld?, beside neighbour: GuestWorld?
    ) throws(GuestFailure) -> GuestWorld? {
        guard let linking, let importedMemory else { return nil }
        let world = try GuestWorld(linking, importedMemory, in: store)
        if let parent {
            try world.copy(parent)
        } else if let neighbour {
            try world.follow(neighbour)
        } else if linking.isUnlinked {
            try world.link(linking.modules, isGlobal: true)
            try world.relocate(linking.modules)
        } else {
            _ = try world.catchUp()
        }
        return world
    }

    /// A guest thread from beginning to end, on its host thread.
    /// - Parameter copied: what the call answers that a copied thread is in.
    private func run(
        _ thread: GuestThread, from copied: Rewound? = nil,
        _ makeExecution: () throws(GuestFailure) -> GuestExecution
    ) {
        do throws(GuestFailure) {
            let execution = try makeExecution()
            thread.runnerState = execution
            do throws(GuestFailure) {
                try execution.runThread(thread, from: copied)
            } catch {
                guard thread.wantsExit, !thread.isEnding else { throw error }
            }
            // When the main thread returns the program ends; thread_exit ends the thread alone.
            let isOver = thread.isMain && !thread.wantsExit
            thread.wantsExit = false
            try destroyLocals(thread, in: execution)
            if isOver { thread.process.end(.exited(code: 0)) }
        } catch {
            failed(error, thread)
        }
        thread.abandonEnvironment()
        endContexts(of: thread)
        thread.runnerState = nil
        thread.end()
    }

    /// An imported memory that is not shared belongs to a store. That store is the main thread's then, and there is no
    /// other thread.
    private func store(for thread: GuestThread) -> Store {
        let data = Unmanaged.passUnretained(thread).toOpaque()
        guard let importedMemory, !importedMemory.isShared else { return Store(engine: guest.engine, data: data) }
        setupStore.setData(data)
        return setupStore
    }

    // MARK: requests

    func serve(_ requests: Interrupts, on thread: GuestThread) {
        if requests.contains(.stack) { thread.keepStack(stack(of: thread)) }
    }

    func stack(of thread: GuestThread) -> [GuestFrame] {
        guard let execution = thread.runnerState as? GuestExecution else { return [] }
        return frames(GuestStack.capture(execution.instance.store))
    }

    func named(_ frames: [GuestFrame]) -> [GuestFrame] { frames.flatMap { symbols.named($0) } }

    func nudge() { if guest.engine.configuration.isInterruptible { guest.engine.incrementEpoch() } }

    /// A thread that is just about to set its next deadline counts from then on and misses an increment, so increments
    /// follow until all have left.
    func expel() {
        guard guest.engine.configuration.isInterruptible, running.load(ordering: .relaxed) > 0 else { return }
        guest.engine.incrementEpoch()
        _ = startService { [self] in
            var pause: UInt32 = 100
            while running.load(ordering: .relaxed) > 0 {
                usleep(pause)
                guest.engine.incrementEpoch()
                pause = min(pause * 2, 20_000)
            }
        }
    }
}
