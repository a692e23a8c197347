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
    /// A warning for the user about a guest that can be run; one line.
    package let notice: String?
    private let program: GuestProgram
    private let captured: CapturedStreams?
    /// Holds what is on the host for the guest's packages.
    private let unpacked: UnpackedPackages
    private let end = Mutex<GuestState?>(nil)
    /// Written once when the guest has ended; wakes `wait`.
    private let endWord: Latch

    /// Loads, checks and links the module; nothing of it runs yet. The calling thread's signals should be blocked by
    /// now: the compiler's threads inherit its mask.
    /// - Parameters:
    ///   - tracer: where records go; nil when nothing is traced.
    ///   - progress: told how far it is.
    package init(
        _ options: GuestOptions, tracer: Tracer? = nil, progress: LoadProgress? = nil
    ) throws(LaunchError) {
        let start = try GuestStart(options, progress)
        let options = start.options
        progress?.begin(.compiling, of: start.binary.count)
        let module = try GuestModule(binary: start.binary, named: options.module, options: options)
        unpacked = try start.packages.unpack(withCommands: module.isWasix)
        kernel = Kernel(
            tracer: tracer, network: options.network, commands: unpacked.commands + options.commands,
            mostProcesses: options.mostProcesses, freezesClock: options.freezesClock)
        let image = ProgramImage(
            kernel, arguments: ([options.programName ?? options.module] + options.arguments).map(\.bytes),
            environment: options.environment.map(\.bytes))
        process = GuestProcess(kernel: kernel, image: image, workingDirectory: [UInt8(ascii: "/")])
        process.isWasix = module.isWasix
        notice = module.hasNothingToRun ? "\(options.module): no _start, no _initialize: nothing to run" : nil
        endWord = Latch()
        captured = try GuestSetup.streams(options, process)
        try GuestSetup.descriptors(options, module, unpacked, process)
        let linking = try Self.linking(module, options, image, process)
        do throws(EngineError) {
            program = try GuestProgram(
                module, GuestSymbols(module: module.binary), ProgramLoader(options), image: image, linking: linking)
        } catch {
            throw LaunchError(options.module, error)
        }
    }

    /// Starts the main thread.
    package func start() throws(LaunchError) {
        process.whenEnded { [self] state in
            end.withLock { $0 = state }
            endWord.set()
        }
        guard program.hasRoomForThread, let main = process.makeThread(isMain: true), program.startMain(main) else {
            throw LaunchError(.failure, "the host has no room for another thread")
        }
    }

    /// Blocks until the guest has ended, but not after `deadline` (CLOCK_MONOTONIC nanoseconds). Threads of it may
    /// still be about to end.
    /// - Returns: how it ended; `.running` when the deadline came first.
    package func wait(until deadline: UInt64 = .max) -> GuestState {
        endWord.wait(until: deadline)
        return end.withLock { $0 } ?? .running
    }

    /// Waits until all threads of an ended guest have ended, but not after `deadline` (CLOCK_MONOTONIC nanoseconds): code that
    /// computes may not look for interrupts.
    /// - Returns: whether they have.
    package func waitForThreads(until deadline: UInt64) -> Bool {
        while !kernel.hasNoThreads {
            guard cl_monotonic_ns() < deadline else { return false }
            usleep(200)
        }
        return true
    }
}

extension Guest: InspectedGuest {
    package func snapshot() -> KernelSnapshot {
        var snapshot = named(process)
        for other in kernel.allProcesses where other !== process { snapshot.add(named(other)) }
        snapshot.interventions = kernel.tracer?.interventions.count ?? 0
        return snapshot
    }

    /// The process now, with the names that its own program has.
    private func named(_ process: GuestProcess) -> KernelSnapshot {
        var snapshot = process.snapshot(asksForStacks: true)
        (process.program ?? program).symbols.name(&snapshot)
        return snapshot
    }

    package func names(of object: ObjectID) -> [ObjectName] { kernel.names(of: object) }
    package func takeOutput() -> [OutputChunk] { captured?.takeOutput() ?? [] }
}

extension Guest {
    /// Hands the guest a signal that the program was sent, and gives it a moment to take it: code that computes sees it
    /// only at its next call. All of its processes get it, as a terminal's foreground group does. Any thread but the
    /// guest's.
    /// - Returns: false when the initial process has no place for signals, or does not come by.
    package func takes(_ signal: UInt8) -> Bool {
        let signal = Signal(rawValue: signal)
        for other in kernel.allProcesses where other !== process { other.send(signal) }
        var offer = process.offer(signal)
        let deadline = cl_monotonic_ns() + Self.patience
        while offer == .waiting, cl_monotonic_ns() < deadline {
            usleep(1000)
            offer = process.offered(signal)
        }
        return offer == .taken
    }

    /// Whether the initial process is in its handler of the signal.
    package func isHandling(_ signal: UInt8) -> Bool { process.isHandling(Signal(rawValue: signal)) }

    /// The host's terminal has another size: processes that have asked for it hear of that. libc has a handler for all
    /// signals, so that one which nobody waits for would still end waits. Any thread but the guest's.
    package func windowChanged() {
        for process in kernel.allProcesses where kernel.locked({ process.hasAskedForTerminal }) { process.send(.winch) }
    }

    /// Nanoseconds in which a guest must come by for a signal.
    private static let patience: UInt64 = 100_000_000
}

extension Guest: GuestControl {
    package func sendInput(_ bytes: [UInt8]) { captured?.sendInput(bytes) }
    package func closeInput() { captured?.closeInput() }
    package func pause() { kernel.pauseGuest() }
    package func resume() { kernel.resumeGuest() }
    package func setPaused(_ isPaused: Bool, of process: ProcessID) { kernel.setPaused(isPaused, of: process) }
    package func step(_ thread: ThreadID) { _ = kernel.step(thread) }
    package func runToWait() { kernel.runToWait() }
    package func run(until condition: @escaping BreakCondition) { kernel.run(until: condition) }
    package func setBreak(_ condition: BreakCondition?) { kernel.setBreak(condition) }
    package func explain(_ instance: ObjectID?) { kernel.explain(instance) }
    package func act(_ action: WhatIf) -> WhatIfOutcome { kernel.act(action) }
    /// Ends it as a signal would that it does not handle. Any thread.
    package func end(bySignal signal: UInt8) { process.end(.signalled(signal: signal)) }
    package func terminate() { process.end(.signalled(signal: Signal.kill.rawValue)) }
}
