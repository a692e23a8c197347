import Kernel
import Trace
import WasixABI
import WasmEngine

/// Contexts (WasixABI.docc/Contexts): the store of a thread belongs to one host thread's stack, so that each context has a
/// store and a host thread of its own. One of them runs, and hands over in a call.
extension GuestProgram {
    /// The code of the thread that runs.
    /// - Throws: NOTSUP when other stores cannot have the module's memory.
    private func execution(of thread: GuestThread) throws(Errno) -> GuestExecution {
        guard guest.importedMemory?.type.isShared == true, let execution = thread.runnerState as? GuestExecution else {
            throw .notsup
        }
        return execution
    }

    func createContext(_ entry: UInt64, on thread: GuestThread) throws(Errno) -> UInt64 {
        let execution = try execution(of: thread)
        guard case .function(let signature, _) = try functionSlot(entry, on: thread), signature.isEmpty else {
            throw .inval
        }
        guard hasRoomForThread else { throw .again }
        let made: GuestExecution
        do throws(GuestFailure) {
            made = try self.execution(thread, in: prepareStore(for: thread), .context(place: entry), beside: execution)
        } catch {
            throw .nomem
        }
        // A function that the guest has put into its table is in that of the context that did so alone.
        guard case .function(let function)? = table(of: made)?[entry], FunctionSignature(function.type).isEmpty else {
            throw .inval
        }
        let contexts = execution.contexts ?? GuestContexts(main: execution, thread.outermost)
        execution.contexts = contexts
        made.contexts = contexts
        let context = contexts.add(made, thread.outermost)
        guard startHostThread({ [self] in live(context, contexts, thread) }) else {
            contexts.forget(context)
            made.contexts = nil
            throw .again
        }
        return context.id
    }

    func switchContext(_ id: UInt64, on thread: GuestThread) throws(Errno) {
        guard let contexts = try execution(of: thread).contexts else {
            guard id == GuestContexts.mainID else { throw .inval }
            return
        }
        guard let context = contexts[id] else { throw .inval }
        let own = contexts.current
        guard context !== own else { return }
        thread.runInCall { handOver(to: context, contexts, thread) }
        if own.destroyer != nil { thread.beginFailing() }
        if thread.mustLeave { throw .intr }
    }

    func destroyContext(_ id: UInt64, on thread: GuestThread) throws(Errno) {
        let contexts = try execution(of: thread).contexts
        guard id != GuestContexts.mainID, id != contexts?.current.id, contexts?.isKnown(id) == true else {
            throw .inval
        }
        guard let contexts, let context = contexts[id] else { return }
        thread.runInCall { destroy(context, contexts, thread) }
    }

    /// Ends what is left of the contexts of a thread that is over. On the main context's host thread.
    func endContexts(of thread: GuestThread) {
        guard let execution = thread.runnerState as? GuestExecution, let contexts = execution.contexts else { return }
        while let context = contexts.anyOther { destroy(context, contexts, thread) }
        execution.contexts = nil
    }

    // MARK: turns

    /// Returns when somebody hands over to the context that calls.
    private func handOver(to context: GuestContext, _ contexts: GuestContexts, _ thread: GuestThread) {
        let own = contexts.current
        own.frame = thread.frame
        contexts.hand(over: context)
        context.baton.pass()
        own.baton.take()
        begin(own, contexts, thread)
    }

    private func destroy(_ context: GuestContext, _ contexts: GuestContexts, _ thread: GuestThread) {
        context.destroyer = contexts.current
        context.execution?.isDestroyed = true
        handOver(to: context, contexts, thread)
    }

    /// It is the turn of `context`, on whose host thread this runs.
    private func begin(_ context: GuestContext, _ contexts: GuestContexts, _ thread: GuestThread) {
        thread.takeOver(context.frame)
        thread.runnerState = context.execution
        guard let execution = context.execution, context.destroyer == nil else { return }
        if let world = execution.world, let other = contexts.previous?.world, world.isBehind(other) {
            do throws(GuestFailure) {
                try world.follow(other)
            } catch {
                failed(error, thread)
            }
        }
        for case (let global, let value?) in zip(execution.contextGlobals, contexts.globals) { try? global.set(value) }
        contexts.forgetPrevious()
        if functions.hasAny { table(of: execution)?.follow() }
    }

    /// A context from beginning to end, on its host thread.
    private func live(_ context: GuestContext, _ contexts: GuestContexts, _ thread: GuestThread) {
        GuestThread.prepareHostThread()
        context.baton.take()
        begin(context, contexts, thread)
        if context.destroyer == nil, !thread.mustLeave {
            do throws(GuestFailure) {
                try context.execution?.runThread(thread)
            } catch {
                // The main context could not catch it: nobody can that is in another store.
                if context.destroyer == nil { failed(error, thread) }
            }
        }
        let next = context.destroyer ?? contexts.main
        contexts.hand(over: next)
        contexts.forget(context)
        if context.destroyer != nil { _ = thread.takeFailing() }
        thread.runnerState = nil
        context.execution?.contexts = nil
        context.execution = nil
        next.baton.pass()
    }
}

extension FunctionSignature {
    fileprivate var isEmpty: Bool { parameters.isEmpty && results.isEmpty }
}
