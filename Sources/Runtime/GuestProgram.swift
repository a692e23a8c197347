import Kernel
import Syscalls
import Trace
import WasixABI
import WasmEngine

/// A module linked to the kernel, and its threads: every guest thread is a host thread with a store and an instance of
/// its own (1.3 microseconds to make), all on one memory.
final class GuestProgram: GuestRunner, @unchecked Sendable {
    // Safe to share: everything is set up before the first guest thread starts and constant afterwards.
    private let guest: GuestModule
    private let linked: LinkedModule
    private let options: GuestOptions
    private let symbols: GuestSymbols
    /// The store that an imported memory was made in.
    private let setupStore: Store
    private let importedMemory: Memory?
    private let threadEntry = FunctionType(parameters: [.i32, .i32], results: [])
    private static let stackPointer = "__stack_pointer"
    private let wideThreadEntry = FunctionType(parameters: [.i64, .i64], results: [])

    init(
        _ guest: GuestModule, options: GuestOptions, process: GuestProcess, symbols: GuestSymbols
    ) throws(LaunchError) {
        self.symbols = symbols
        self.guest = guest
        self.options = options
        setupStore = Store(engine: guest.engine, data: nil)
        do throws(EngineError) {
            let linker = Linker(engine: guest.engine)
            let isAsked = guest.importedMemory == nil && guest.module.hasStartFunction
            try Self.defineImports(of: guest.module, in: linker, callback: isAsked ? startEntry : hostEntry)
            if let wanted = guest.importedMemory {
                let memory = try Memory(type: Self.limited(wanted.type, options.maximumMemory), store: setupStore)
                try linker.define(module: wanted.module, name: wanted.name, memory: memory, store: setupStore)
                importedMemory = memory
            } else {
                importedMemory = nil
            }
            linked = try linker.link(guest.module)
        } catch {
            throw LaunchError(options.module, error)
        }
        if let importedMemory {
            process.memory.attach(base: importedMemory.base) { UInt64(importedMemory.byteCount) }
        }
    }

    private static func defineImports(
        of module: Module, in linker: Linker, callback: HostCallback
    ) throws(EngineError) {
        var defined: Set<String> = []
        for item in module.imports {
            guard case .function(let type) = item.type, let (spec, namespace) = GuestModule.row(item, type),
                defined.insert("\(item.module) \(item.name)").inserted
            else { continue }
            let site = Unmanaged.passUnretained(CallSite.of(spec.id, namespace.pointerWidth))
            try linker.define(
                module: item.module, name: item.name, type: type, environment: site.toOpaque(),
                callback: callback)
        }
    }

    private static func limited(_ type: MemoryType, _ bytes: UInt64?) -> MemoryType {
        guard let bytes else { return type }
        let pages = max(type.minimum, bytes / 65_536)
        return MemoryType(
            minimum: type.minimum, maximum: min(type.maximum ?? pages, pages), isShared: type.isShared,
            is64: type.is64)
    }

    // MARK: threads

    func canStart(_ entry: ThreadEntry) -> Bool {
        guard guest.importedMemory?.type.isShared == true else { return false }
        switch entry {
        case .wasi:
            let type = guest.module.exportType(named: "wasi_thread_start")
            return type == .function(threadEntry) || type == .function(wideThreadEntry)
        case .legacy(_, _, let isReactor):
            // If the stack pointer cannot be set, the thread would run on the stack of the one that started it.
            return LegacyExport(isReactor: isReactor).isExported(by: guest.module)
                && guest.module.exportType(named: Self.stackPointer) == .global
        }
    }

    func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool {
        startHostThread { [self] in
            run(thread) { instance throws(GuestFailure) in
                switch entry {
                case .wasi(let argument):
                    if let entry = instance.function("wasi_thread_start", type: threadEntry) {
                        try entry.call(
                            .i32(Int32(bitPattern: thread.id.rawValue)), .i32(Int32(truncatingIfNeeded: argument)))
                    } else if let entry = instance.function("wasi_thread_start", type: wideThreadEntry) {
                        try entry.call(.i64(Int64(thread.id.rawValue)), .i64(Int64(bitPattern: argument)))
                    }
                case .legacy(let userData, let stackBase, let isReactor):
                    do throws(EngineError) {
                        try instance.global(Self.stackPointer)?.set(.i32(Int32(bitPattern: stackBase)))
                    } catch {
                        throw .error(error)
                    }
                    try LegacyExport(isReactor: isReactor).call([userData], in: instance)
                }
            }
        }
    }

    /// Starts the main thread: `_start`, or `_initialize` of a reactor.
    func startMain(_ thread: GuestThread) -> Bool {
        startHostThread { [self] in
            run(thread) { instance throws(GuestFailure) in
                let none = FunctionType(parameters: [], results: [])
                let entry = instance.function("_start", type: none) ?? instance.function("_initialize", type: none)
                try entry?.call()
            }
        }
    }

    var hasRoomForThread: Bool { HostRoom.hasRoomForThread(stackSize: guest.engine.configuration.guestThreadStackSize) }

    private func startHostThread(_ body: @escaping @Sendable () -> Void) -> Bool {
        Runtime.startHostThread(stackSize: guest.engine.configuration.guestThreadStackSize, body)
    }

    /// A guest thread from beginning to end, on its host thread.
    private func run(_ thread: GuestThread, _ body: (Instance) throws(GuestFailure) -> Void) {
        thread.begin()
        let store = store(for: thread)
        let process = thread.process
        if let limit = options.maximumMemory { store.limit(memoryBytes: Int64(clamping: limit)) }
        if guest.engine.configuration.isInterruptible {
            store.setEpochHandler(ticks: 1) { [unowned store] in
                if !thread.pendingInterrupts.isDisjoint(with: .requests) { thread.serveRequestsBetweenCalls() }
                // The engine cannot enter this handler twice.
                if thread.pendingInterrupts.contains(.signal) { store.withoutEpochs { thread.deliverSignals() } }
                // Asked last: the epoch that was to end the thread may have come meanwhile, and the deadline counts from
                // here.
                return thread.isEnding || thread.wantsExit ? .stop : .proceed(ticks: 1)
            }
        }
        // The process may have ended before the handler was installed: then no further epoch would call it.
        guard !thread.isEnding else { return thread.end() }
        do throws(GuestFailure) {
            let instance = try linked.instantiate(in: store)
            thread.runnerState = InstanceBox(instance)
            if importedMemory == nil, let memory = instance.memory() {
                process.memory.attach(base: memory.base) { UInt64(memory.byteCount) }
            }
            try enter(instance, thread, body)
            // When the main thread returns the program ends; thread_exit ends the thread alone.
            let isOver = thread.isMain && !thread.wantsExit
            thread.wantsExit = false
            try destroyLocals(thread, in: instance)
            if isOver { process.end(.exited(code: 0)) }
        } catch {
            failed(error, thread)
        }
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

    /// Runs a thread's code until it returns or calls thread_exit.
    private func enter(
        _ instance: Instance, _ thread: GuestThread, _ body: (Instance) throws(GuestFailure) -> Void
    ) throws(GuestFailure) {
        do throws(GuestFailure) {
            try body(instance)
        } catch {
            guard thread.wantsExit, !thread.isEnding else { throw error }
        }
    }

    /// Guest code did not return: it was told to leave, or it trapped, which ends the process.
    private func failed(_ failure: GuestFailure, _ thread: GuestThread) {
        guard !thread.isEnding, !thread.wantsExit else { return }
        switch failure {
        case .trap(let trap):
            let stack = trap.frames.flatMap { symbols.named(GuestFrame($0)) }.map { Self.text($0) }
            thread.process.end(.trapped(message: Self.reason(trap, thread), stack: stack))
        case .error(let error):
            thread.process.end(.trapped(message: GuestText.short(error.message), stack: []))
        }
    }

    /// `serve stall.c:45 (module offset 0x2e1)`
    private static func text(_ frame: GuestFrame) -> String {
        var text = frame.function
        if let file = frame.file, let line = frame.line {
            text += " \(GuestText.short(file.split(separator: "/").last.map(String.init) ?? file)):\(line)"
        }
        return frame.moduleOffset.map { "\(text) (module offset 0x\(String($0, radix: 16)))" } ?? text
    }

    /// Programs give up by `unreachable` when a call that they cannot do without answers NOSYS.
    private static func reason(_ trap: Trap, _ thread: GuestThread) -> String {
        let reason = GuestText.short(trap.reason)
        guard trap.code == .unreachable, let missing = thread.missingCall else { return reason }
        return "\(reason), after calling \(missing.spec.name), which does not work yet and answered NOSYS"
    }

    // MARK: requests

    func serve(_ requests: Interrupts, on thread: GuestThread) {
        if requests.contains(.stack) { thread.keepStack(stack(of: thread)) }
    }

    func stack(of thread: GuestThread) -> [GuestFrame] {
        guard let instance = (thread.runnerState as? InstanceBox)?.instance else { return [] }
        return GuestStack.capture(instance.store).map { GuestFrame($0) }
    }

    func named(_ frames: [GuestFrame]) -> [GuestFrame] { frames.flatMap { symbols.named($0) } }

    func nudge() { if guest.engine.configuration.isInterruptible { guest.engine.incrementEpoch() } }

    // MARK: thread-local values

    /// How often values that destructors leave behind are looked for (PTHREAD_DESTRUCTOR_ITERATIONS).
    private static let destructorRounds = 4

    /// Hands the values of a thread that is over to their destructors.
    private func destroyLocals(_ thread: GuestThread, in instance: Instance) throws(GuestFailure) {
        for _ in 0..<Self.destructorRounds {
            let values = thread.kernel.locked { thread.takeLocals() }
            guard !values.isEmpty else { return }
            for value in values { try LegacyExport.destroyLocal.call([value.userData, value.value], in: instance) }
        }
    }

    func destroy(_ value: ThreadLocalValue, on thread: GuestThread) {
        guard let instance = (thread.runnerState as? InstanceBox)?.instance else { return }
        do throws(GuestFailure) {
            try instance.store.withoutEpochs { () throws(GuestFailure) in
                try LegacyExport.destroyLocal.call([value.userData, value.value], in: instance)
            }
        } catch {
            failed(error, thread)
        }
    }

    // MARK: signals

    private static let handlerType = FunctionType(parameters: [.i32], results: [])

    func hasHandler(_ name: [UInt8]) -> Bool {
        guest.module.exportType(named: String(decoding: name, as: UTF8.self)) == .function(Self.handlerType)
    }

    func startService(_ body: @escaping @Sendable () -> Void) -> Bool {
        Runtime.startHostThread(stackSize: Self.serviceStack, body)
    }

    /// Bytes of stack of a thread that runs no guest code.
    private static let serviceStack = 256 << 10

    func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool {
        guard let instance = (thread.runnerState as? InstanceBox)?.instance,
            let function = instance.function(
                String(decoding: handler, as: UTF8.self), type: Self.handlerType)
        else { return false }
        do throws(GuestFailure) {
            _ = try function.call(.i32(Int32(signal)))
        } catch {
            // A handler that traps ends the process as by that signal, unless the handler has ended the thread or
            // process itself.
            if !thread.isEnding, !thread.wantsExit { thread.process.end(.signalled(signal: signal)) }
        }
        return true
    }
}

extension GuestFrame {
    /// As the engine tells it: without a place in the source.
    init(_ frame: StackFrame) {
        self.init(
            function: frame.functionName.map { GuestText.short($0, limit: GuestText.mangledLimit) }
                ?? "function \(frame.functionIndex)",
            functionOffset: frame.functionOffset, moduleOffset: frame.moduleOffset)
    }
}
