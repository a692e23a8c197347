import CLinux
import Glibc
import Runtime
import Trace

/// A guest and how a command takes it from load to end.
struct GuestLaunch {
    let guest: Guest

    /// Loads the guest; nothing of it runs yet.
    init(loading options: GuestOptions, tracer: Tracer? = nil) throws {
        guest = try Self.quietly { () throws(LaunchError) in try Guest(options, tracer: tracer) }
        if let notice = guest.notice { Failure.writeError("wasix-top: note: \(notice)\n") }
    }

    /// Loads and starts the guest.
    init(_ options: GuestOptions, tracer: Tracer? = nil) throws {
        try self.init(loading: options, tracer: tracer)
        try start()
    }

    func start() throws {
        try Self.quietly { () throws(LaunchError) in try guest.start() }
    }

    /// Runs `body` with signals blocked, but for those of faults: threads that it makes leave signals to this one.
    private static func quietly<Result>(_ body: () throws(LaunchError) -> Result) throws -> Result {
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &before)
        cl_block_signals()
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        do throws(LaunchError) {
            return try body()
        } catch {
            throw Failure(error.message, status: error.status.rawValue)
        }
    }

    /// Nanoseconds that the threads of an ended guest have to finish their last calls.
    private static let lastCalls: UInt64 = 100_000_000

    /// Waits for the guest's end and, for a moment, for the last records of its threads.
    @discardableResult
    func settle() -> GuestState {
        let state = guest.wait()
        _ = guest.waitForThreads(until: cl_monotonic_ns() + Self.lastCalls)
        return state
    }

    /// Waits for the guest's end and says what a user must know of it.
    /// - Returns: the exit status.
    func finish() -> Int32 {
        let state = guest.wait()
        Self.report(state)
        return ExitStatus.of(state)
    }

    /// A trap is told with the guest's stack; any other end speaks for itself.
    static func report(_ state: GuestState) {
        guard case .trapped(let message, let stack) = state else { return }
        var text = "wasix-top: error: the guest trapped: \(message)\n"
        for (depth, frame) in stack.enumerated() { text += "  #\(depth) \(frame)\n" }
        Failure.writeError(text)
    }
}

extension GuestArguments {
    /// - Parameter arguments: what follows MODULE.
    func options(_ arguments: [String], stdio: GuestOptions.Stdio) throws -> GuestOptions {
        var options = GuestOptions(module: module, arguments: arguments)
        if let programName { options.arguments[0] = programName }
        options.environment = environment
        options.grants = directories + volumes + mapdirs
        if let workingDirectory { options.workingDirectory = workingDirectory }
        options.listeners = try (forwardsListeners ? GuestListener.activated() : []) + listeners
        options.network = try network()
        options.stdio = stdio
        options.maximumMemory = memoryLimit.map { UInt64($0.bytes) }
        options.stackSize = stackSize.map { Int($0.bytes) }
        return options
    }
}
