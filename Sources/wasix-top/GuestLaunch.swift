import CLinux
import Runtime
import Trace

/// A guest that has been started, for commands that wait for its end.
struct GuestLaunch {
    let guest: Guest

    /// Loads and starts the guest. Signals stay blocked in the threads that this makes.
    init(_ options: GuestOptions, tracer: Tracer? = nil) throws {
        do {
            guest = try Guest(options, tracer: tracer)
            try guest.start()
        } catch {
            throw Failure(error.message, status: error.status.rawValue)
        }
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
    func options(_ arguments: [String], stdio: GuestOptions.Stdio) -> GuestOptions {
        var options = GuestOptions(module: module, arguments: arguments)
        options.environment = environment
        options.grants = (directories + volumes + mapdirs).map { .init(host: $0.host, guest: $0.guest) }
        if let workingDirectory { options.workingDirectory = workingDirectory }
        options.network = isNetworkGranted ? .granted : .denied
        options.stdio = stdio
        options.maximumMemory = memoryLimit.map { UInt64($0.bytes) }
        options.stackSize = stackSize.map { Int($0.bytes) }
        return options
    }
}
