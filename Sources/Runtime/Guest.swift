import CLinux
import Glibc
import Kernel
import Synchronization
import Trace
import WasixABI
import WasmEngine

/// A guest from load to exit.
package final class Guest: Sendable {
    package let process: GuestProcess
    package let kernel: Kernel
    /// What the user should know though the guest can be run; one line.
    package let notice: String?
    private let program: GuestProgram
    private let engine: Engine
    private let captured: CapturedStreams?
    private let end = Mutex<GuestState?>(nil)
    /// Written once when the guest has ended; wakes `wait`.
    private let endWord: EndWord

    /// Loads, checks and links the module; nothing of it runs yet. The calling thread's signals should be blocked by now:
    /// the compiler's threads inherit its mask.
    /// - Parameter tracer: where records go; nil when nobody listens.
    package init(_ options: GuestOptions, tracer: Tracer? = nil) throws(LaunchError) {
        let module = try GuestModule(options: options)
        kernel = Kernel(tracer: tracer, network: options.network)
        process = GuestProcess(
            kernel: kernel, arguments: options.arguments.map { Array($0.utf8) },
            environment: options.environment.map { Array($0.utf8) },
            workingDirectory: [UInt8(ascii: "/")])
        process.isWasix = module.isWasix
        process.hasDuplexPipes = module.isOldRust
        notice = module.hasNothingToRun ? "\(options.module): no _start, no _initialize: nothing to run" : nil
        engine = module.engine
        endWord = EndWord()
        captured = try GuestSetup.streams(options, process)
        try GuestSetup.descriptors(options, module, process)
        program = try GuestProgram(module, options: options, process: process)
        process.runner = program
    }

    /// Starts the main thread.
    package func start() throws(LaunchError) {
        process.whenEnded { [self] state in
            engine.incrementEpoch()
            end.withLock { $0 = state }
            endWord.set()
        }
        guard let main = process.makeThread(isMain: true), program.startMain(main) else {
            throw LaunchError(.failure, "the host has no room for another thread")
        }
    }

    /// Blocks until the guest has ended. Threads of it that no longer matter may still be on their way out.
    package func wait() -> GuestState {
        endWord.wait()
        return end.withLock { $0 } ?? .running
    }

    /// Waits until all threads of an ended guest are gone, but not after `deadline` (CLOCK_MONOTONIC nanoseconds): one
    /// that waits in guest memory (`memory.atomic.wait`) cannot be reached.
    /// - Returns: whether they are.
    package func waitForThreads(until deadline: UInt64) -> Bool {
        while !kernel.locked({ process.liveThreads.isEmpty }) {
            guard cl_monotonic_ns() < deadline else { return false }
            usleep(200)
        }
        return true
    }
}

extension Guest: InspectedGuest {
    package func snapshot() -> KernelSnapshot { process.snapshot() }
    package func names(of object: ObjectID) -> [ObjectName] { kernel.names(of: object) }
    package func takeOutput() -> [OutputChunk] { captured?.takeOutput() ?? [] }
}

extension Guest: GuestControl {
    package func sendInput(_ bytes: [UInt8]) { captured?.sendInput(bytes) }
    package func closeInput() { captured?.closeInput() }
    /// Ends it as a signal would that it does not handle. Any thread.
    package func end(bySignal signal: UInt8) { process.end(.signalled(signal: signal)) }
    package func terminate() { process.end(.signalled(signal: Signal.kill.rawValue)) }
}

/// A word that is set once and waited for.
private final class EndWord: @unchecked Sendable {
    // Safe to share: one atomic word.
    private let word: UnsafeMutablePointer<UInt32>

    init() {
        word = .allocate(capacity: 1)
        word.initialize(to: 0)
    }

    deinit { word.deallocate() }

    func set() {
        cl_store_release32(word, 1)
        cl_futex_wake(word, UInt32(Int32.max))
    }

    func wait() {
        while cl_load_acquire32(word) == 0 { _ = cl_futex_wait(word, 0, .max) }
    }
}
