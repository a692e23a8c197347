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
    /// Keeps the imported memory's first store alive.
    private let setupStore: Store
    private let sharedMemory: Memory?
    private let threadEntry = FunctionType(parameters: [.i32, .i32], results: [])
    private let wideThreadEntry = FunctionType(parameters: [.i64, .i64], results: [])

    init(_ guest: GuestModule, options: GuestOptions, process: GuestProcess) throws(LaunchError) {
        self.guest = guest
        self.options = options
        setupStore = Store(engine: guest.engine, data: nil)
        do throws(EngineError) {
            let linker = Linker(engine: guest.engine)
            try Self.defineImports(of: guest.module, in: linker)
            if let wanted = guest.importedMemory {
                let memory = try Memory(type: Self.limited(wanted.type, options.maximumMemory), store: setupStore)
                try linker.define(module: wanted.module, name: wanted.name, memory: memory, store: setupStore)
                sharedMemory = memory
            } else {
                sharedMemory = nil
            }
            linked = try linker.link(guest.module)
        } catch {
            throw LaunchError(.notRunnable, "\(options.module): \(error.message)")
        }
        if let sharedMemory {
            process.memory.attach(base: sharedMemory.base) { UInt64(sharedMemory.byteCount) }
        }
    }

    private static func defineImports(of module: Module, in linker: Linker) throws(EngineError) {
        var defined: Set<String> = []
        for item in module.imports {
            guard case .function(let type) = item.type, let (spec, namespace) = GuestModule.row(item, type),
                defined.insert("\(item.module) \(item.name)").inserted
            else { continue }
            let site = Unmanaged.passRetained(CallSite(spec, width: namespace.pointerWidth))
            try linker.define(
                module: item.module, name: item.name, type: type, environment: site.toOpaque(),
                callback: hostEntry)
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

    var canStartThreads: Bool {
        guard guest.importedMemory?.type.isShared == true else { return false }
        let entry = guest.module.exportType(named: "wasi_thread_start")
        return entry == .function(threadEntry) || entry == .function(wideThreadEntry)
    }

    func start(_ thread: GuestThread, argument: UInt64) -> Bool {
        startHostThread(stackSize: guest.engine.configuration.guestThreadStackSize) { [self] in
            run(thread) { instance throws(GuestFailure) in
                if let entry = instance.function("wasi_thread_start", type: threadEntry) {
                    _ = try entry.call(
                        .i32(Int32(bitPattern: thread.id.rawValue)), .i32(Int32(truncatingIfNeeded: argument)))
                } else if let entry = instance.function("wasi_thread_start", type: wideThreadEntry) {
                    _ = try entry.call(.i64(Int64(thread.id.rawValue)), .i64(Int64(bitPattern: argument)))
                }
            }
        }
    }

    /// Starts the main thread: `_start`, or `_initialize` of a reactor.
    func startMain(_ thread: GuestThread) -> Bool {
        startHostThread(stackSize: guest.engine.configuration.guestThreadStackSize) { [self] in
            run(thread) { instance throws(GuestFailure) in
                let none = FunctionType(parameters: [], results: [])
                let entry = instance.function("_start", type: none) ?? instance.function("_initialize", type: none)
                try entry?.call()
                thread.process.end(.exited(code: 0))
            }
        }
    }

    var hasEntry: Bool {
        let none = ExternType.function(FunctionType(parameters: [], results: []))
        return guest.module.exportType(named: "_start") == none
            || guest.module.exportType(named: "_initialize") == none
    }

    /// A guest thread from beginning to end, on its host thread.
    private func run(_ thread: GuestThread, _ body: (Instance) throws(GuestFailure) -> Void) {
        thread.begin()
        let store = Store(engine: guest.engine, data: Unmanaged.passUnretained(thread).toOpaque())
        let process = thread.process
        if let limit = options.maximumMemory { store.limit(memoryBytes: Int64(clamping: limit)) }
        if guest.engine.configuration.isInterruptible {
            store.setEpochHandler(ticks: 1) { thread.isInterrupted ? .stop : .proceed(ticks: 1) }
        }
        // The end may have come before the handler: then no epoch follows that would call it.
        guard !thread.isInterrupted else { return thread.end() }
        do throws(GuestFailure) {
            let instance = try linked.instantiate(in: store)
            thread.runnerState = InstanceBox(instance)
            if sharedMemory == nil, let memory = instance.memory() {
                process.memory.attach(base: memory.base) { UInt64(memory.byteCount) }
            }
            try body(instance)
        } catch {
            failed(error, thread)
        }
        thread.runnerState = nil
        thread.end()
    }

    /// Guest code ended early: because it was told to, or by a fault of its own, which ends the process.
    private func failed(_ failure: GuestFailure, _ thread: GuestThread) {
        guard !thread.isInterrupted, !thread.wantsExit else { return }
        switch failure {
        case .trap(let trap):
            let stack = trap.frames.map { frame in
                let name = frame.functionName ?? "function \(frame.functionIndex)"
                return frame.moduleOffset.map { "\(name) (module offset 0x\(String($0, radix: 16)))" } ?? name
            }
            thread.process.end(.trapped(message: trap.reason, stack: stack))
        case .error(let error):
            thread.process.end(.trapped(message: error.message, stack: []))
        }
    }

    // MARK: signals

    func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool {
        guard let instance = (thread.runnerState as? InstanceBox)?.instance,
            let function = instance.function(
                String(decoding: handler, as: UTF8.self), type: FunctionType(parameters: [.i32], results: []))
        else { return false }
        do throws(GuestFailure) {
            try instance.store.withoutEpochs { () throws(GuestFailure) in
                _ = try function.call(.i32(Int32(signal)))
            }
        } catch {
            // A handler that traps is death by that signal; one that ended thread or process did what it wanted.
            if !thread.isInterrupted, !thread.wantsExit { thread.process.end(.signalled(signal: signal)) }
        }
        return true
    }
}
