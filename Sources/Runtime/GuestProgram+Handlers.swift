import Kernel
import WasixABI
import WasmEngine

/// Guest code that is called while other code is in a host call, or is over: destructors of thread-local values, handlers of
/// signals.
extension GuestProgram {
    /// How often values that destructors leave behind are looked for (PTHREAD_DESTRUCTOR_ITERATIONS).
    private static let destructorRounds = 4

    /// Hands the values of a thread that is over to their destructors.
    func destroyLocals(_ thread: GuestThread, in execution: GuestExecution) throws(GuestFailure) {
        for _ in 0..<Self.destructorRounds {
            let values = thread.kernel.locked { thread.takeLocals() }
            guard !values.isEmpty else { return }
            for value in values {
                try LegacyExport.destroyLocal.call([value.userData, value.value], in: execution.instance)
            }
        }
    }

    func destroy(_ value: ThreadLocalValue, on thread: GuestThread) {
        guard let execution = thread.runnerState as? GuestExecution else { return }
        do throws(GuestFailure) {
            try execution.instance.store.withoutEpochs { () throws(GuestFailure) in
                try execution.run(thread) { () throws(GuestFailure) in
                    try LegacyExport.destroyLocal.call([value.userData, value.value], in: execution.instance)
                }
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
        guard let execution = thread.runnerState as? GuestExecution,
            let function = execution.instance.function(
                String(decoding: handler, as: UTF8.self), type: Self.handlerType)
        else { return false }
        do throws(GuestFailure) {
            try execution.run(thread) { () throws(GuestFailure) in _ = try function.call(.i32(Int32(signal))) }
        } catch {
            // A handler that traps ends the process as by that signal, unless it has left its code on purpose. libc traps
            // where nobody has set a handler: that is no end for what is ignored then.
            let isIgnored = [.ignore, .resume].contains(Signal(rawValue: signal).defaultAction)
            if !thread.mustLeave, !isIgnored { thread.process.end(.signalled(signal: signal)) }
        }
        return true
    }
}
