import CWasmtime
import Synchronization

/// The compiler and its settings. One for each configuration in a process; all its methods may be called on any thread.
///
/// Making one installs handlers for SIGSEGV, SIGILL and SIGFPE, and the first compilation starts threads that inherit
/// the caller's signal mask: block the signals that one thread is to receive before that.
public final class Engine: @unchecked Sendable {
    public let configuration: EngineConfiguration
    /// Thread-safe in the engine; immutable here.
    let handle: UnsafeMutablePointer<wasm_engine_t>
    private let stackProbePreparation = Mutex<StackProbe?>(nil)

    public init(configuration: EngineConfiguration) {
        self.configuration = configuration
        let config = wasm_config_new()
        wasmtime_config_epoch_interruption_set(config, configuration.isInterruptible)
        wasmtime_config_shared_memory_set(config, true)
        wasmtime_config_wasm_threads_set(config, true)
        wasmtime_config_wasm_simd_set(config, true)
        wasmtime_config_wasm_exceptions_set(config, true)
        wasmtime_config_wasm_tail_call_set(config, true)
        wasmtime_config_wasm_memory64_set(config, true)
        wasmtime_config_max_wasm_stack_set(config, configuration.maximumWasmStack)
        wasmtime_config_parallel_compilation_set(config, configuration.compilesInParallel)
        // The engine aborts when this is below the wasm stack, though no asynchronous call is ever made.
        wasmtime_config_async_stack_size_set(config, configuration.maximumWasmStack + (1 << 20))
        wasmtime_config_memory_may_move_set(config, false)
        wasmtime_config_memory_reservation_set(config, configuration.memoryReservation)
        handle = wasm_engine_new_with_config(config)
    }

    deinit {
        wasm_engine_delete(handle)
    }

    /// Makes every running guest of this engine reach its epoch handler within microseconds, if its deadline has come.
    /// One atomic addition.
    public func incrementEpoch() {
        wasmtime_engine_increment_epoch(handle)
    }

    /// The helper module of `GuestStack`, compiled when first asked for.
    func stackProbe() throws(EngineError) -> StackProbe {
        try stackProbePreparation.withLock { probe throws(EngineError) in
            if let probe { return probe }
            let made = try StackProbe(engine: self)
            probe = made
            return made
        }
    }
}
