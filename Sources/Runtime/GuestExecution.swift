import Glibc
import Kernel
import Trace
import WasixABI
import WasmEngine

/// The code of one guest thread at work: its `GuestThread.runnerState`. Owner thread only.
///
/// Code is entered by `run`, at the thread's entry and for each signal handler. It may leave by unwinding and be entered
/// again, so that one call comes back more than once (article Stacks).
final class GuestExecution {
    let instance: Instance
    /// All modules of a program that is linked while it runs, `instance` among them.
    let world: GuestWorld?
    /// How the code of the thread is entered; again, when it comes back to where it has unwound.
    let entry: GuestEntry
    /// The lower end of the thread's stack; nil when it is not known. The guest's own record of it is gone later.
    private let stackLow: UInt64?
    private let asyncify: Asyncify?
    /// Of each `run` that is under way, the outermost first.
    private var checkpoints: [Checkpoints]
    /// The thread's table of functions, once somebody has asked for it (`GuestProgram.table`).
    var table: FunctionTable?
    /// The contexts of the thread, if it has made any; this is the code of one.
    var contexts: GuestContexts?
    /// Its code is left for ever, because its context was destroyed.
    var isDestroyed = false
    private var knownGlobals: (modules: Int, globals: [Global])?
    /// What the guest's code is being left for that has made the call in progress (`GuestThread.beginFailing`).
    private var failure: GuestFailure?
    /// Copies the process, while the thread's code has unwound.
    private let fork: (_ sharesTime: Bool) -> Rewound

    /// - Parameters:
    ///   - parent: the execution whose copy this is.
    ///   - fork: makes a child of the thread's process.
    init(
        _ instance: Instance, _ world: GuestWorld? = nil, entry: GuestEntry, copying parent: GuestExecution? = nil,
        memory: GuestMemory, fork: @escaping (_ sharesTime: Bool) -> Rewound
    ) {
        self.instance = instance
        self.world = world
        self.entry = entry
        self.fork = fork
        stackLow = parent.map(\.stackLow) ?? entry.stackLow(instance, world, memory)
        asyncify = stackLow.flatMap { Asyncify(instance, world, stackLow: $0) }
        checkpoints = parent.map { [$0.checkpoints[0]] } ?? []
        if let parent = parent?.asyncify { asyncify?.setGlobals(parent.globalValues) }
    }

    /// The thread's own code: from its entry on, or of a copy from where it was copied.
    func runThread(_ thread: GuestThread, from copied: Rewound? = nil) throws(GuestFailure) {
        if copied == nil { checkpoints = [Checkpoints()] }
        defer { checkpoints = [] }
        if let copied { rewind(thread, copied) }
        if copied == nil, let world {
            try run(thread) { () throws(GuestFailure) in try entry.prepare(world, thread.memory) }
        }
        try runTurns(thread) { () throws(GuestFailure) in try entry.call(instance, world, thread) }
    }

    /// Code that is entered while other code is in a host call: a handler.
    func run(_ thread: GuestThread, _ body: () throws(GuestFailure) -> Void) throws(GuestFailure) {
        checkpoints.append(Checkpoints())
        defer { checkpoints.removeLast() }
        try runTurns(thread, body)
    }

    /// Enters the code, and again whenever it has left to come back.
    private func runTurns(
        _ thread: GuestThread, _ body: () throws(GuestFailure) -> Void
    ) throws(GuestFailure) {
        let depth = checkpoints.count - 1
        while true {
            do throws(GuestFailure) {
                try body()
            } catch {
                guard !thread.isEnding, !thread.wantsExit, let key = thread.jumpKey,
                    let checkpoint = checkpoints[depth][key], let jump = thread.takeJump()
                else { throw error }
                goBack(to: checkpoint, thread, jump.value)
                continue
            }
            guard thread.isUnwinding else { return }
            guard asyncify?.endUnwinding() == true else {
                return thread.process.end(
                    .trapped(message: "the stack has no room to keep all functions in: asyncify needs more", stack: []))
            }
            switch thread.takeUnwinding() {
            case .fork(let sharesTime):
                if thread.pendingInterrupts.contains(.link) { thread.catchUpWithLinking() }
                rewind(thread, fork(sharesTime))
            case .checkpoint(let snapshot, let result): rewind(thread, keep(thread, snapshot, result, depth))
            case nil: return
            }
        }
    }

    private func rewind(_ thread: GuestThread, _ answer: Rewound) {
        thread.beginRewinding(answer)
        asyncify?.beginRewinding()
    }

    // MARK: inside a host call

    /// See `GuestRunner.beginUnwinding`.
    func beginUnwinding(_ thread: GuestThread, for purpose: Unwinding) throws(Errno) {
        guard let asyncify, !checkpoints.isEmpty else { throw .notsup }
        // What lies below a handler is in a host call, which cannot be copied.
        if case .fork = purpose, checkpoints.count > 1 { throw .notsup }
        try asyncify.beginUnwinding(thread.memory)
    }

    func endRewinding() { asyncify?.endRewinding() }

    func hasCheckpoint(_ key: CheckpointKey) -> Bool { checkpoints.contains { $0[key] != nil } }

    /// Code that a host call has run was left by `failure`: so will be the code that has made the call.
    func fail(_ failure: GuestFailure, _ thread: GuestThread) {
        self.failure = failure
        thread.beginFailing()
    }

    /// What a host call answers whose code is left.
    func takeFailure(_ thread: GuestThread) -> HostTrap? {
        // Of a context that was destroyed all calls are left, however many there are.
        guard !isDestroyed, thread.takeFailing() else { return nil }
        defer { failure = nil }
        switch failure {
        case .trap(let trap): return trap.takeOrigin()
        case .error(let error): return Trap.make(message: error.message)
        case nil: return nil
        }
    }

    /// The globals that all contexts of the thread have in common.
    var contextGlobals: [Global] {
        let modules = world?.instances.count ?? 1
        if let knownGlobals, knownGlobals.modules == modules { return knownGlobals.globals }
        let globals = world?.keptGlobals ?? instance.mutableGlobals
        knownGlobals = (modules, globals)
        return globals
    }

    // MARK: checkpoints

    /// Keeps the code that has just left, and tells the guest the key.
    private func keep(
        _ thread: GuestThread, _ snapshot: GuestPointer, _ result: GuestPointer, _ depth: Int
    ) -> Rewound {
        guard let asyncify else { return Rewound(errno: .notsup) }
        do throws(Errno) {
            let key = CheckpointKey.next()
            checkpoints[depth].add(
                Checkpoint(
                    key: key, snapshot: snapshot, stackPointer: asyncify.pointer,
                    locals: try asyncify.keptLocals(thread.memory), globals: asyncify.globalValues))
            try key.store(at: snapshot, result: result, thread.memory)
            return Rewound()
        } catch {
            return Rewound(errno: error)
        }
    }

    private func goBack(to checkpoint: Checkpoint, _ thread: GuestThread, _ value: UInt64) {
        guard let asyncify else { return }
        asyncify.setGlobals(checkpoint.globals)
        do throws(Errno) {
            try asyncify.put(checkpoint.locals, below: checkpoint.stackPointer, thread.memory)
            rewind(thread, Rewound(value: value))
        } catch {
            rewind(thread, Rewound(errno: error))
        }
    }
}

extension CheckpointKey {
    /// A key that no other checkpoint has, in this process or a copy of it: 128 random bits.
    fileprivate static func next() -> CheckpointKey {
        CheckpointKey(low: .random(in: 1 ... .max), high: .random(in: 0 ... .max))
    }
}
