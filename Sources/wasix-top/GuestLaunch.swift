import CLinux
import Glibc
import Kernel
import Runtime
import Trace
import WasixABI

/// A loaded guest and how a command takes it to its end. Belongs to the main thread.
final class GuestLaunch {
    let guest: Guest
    private let limit: TimeLimit?
    /// CLOCK_MONOTONIC nanoseconds.
    private let deadline: UInt64
    private var isTimedOut = false

    /// A guest that has been loaded; nothing of it runs yet.
    init(_ guest: Guest) {
        self.guest = guest
        limit = nil
        deadline = .max
        tellNotice()
    }

    /// Loads a guest; nothing of it runs yet.
    init(loading options: GuestOptions, limit: TimeLimit, tracer: Tracer? = nil) throws {
        self.limit = limit
        deadline = limit.deadline
        guard let guest = try GuestLoader(options, tracer: tracer).guest(until: deadline) else {
            throw limit.failure("the module was still being loaded")
        }
        self.guest = guest
        tellNotice()
    }

    private func tellNotice() {
        if let notice = guest.notice { StandardError.write(line: "wasix-top: note: \(notice)") }
    }

    func start() throws {
        do throws(LaunchError) {
            try guest.start()
        } catch {
            throw Failure(error)
        }
    }

    /// Nanoseconds that the threads of an ended guest have to finish their last calls.
    private static let lastCalls: UInt64 = 100_000_000

    /// Waits for the guest's end, which the time limit may bring about, and for a moment for the last records of its
    /// threads.
    @discardableResult
    func settle() -> GuestState {
        let state = waitForEnd()
        _ = guest.waitForThreads(until: cl_monotonic_ns() + Self.lastCalls)
        return state
    }

    /// Waits for the guest's end and says what a user must know of it.
    /// - Returns: the exit status.
    func finish() throws -> Int32 {
        let state = waitForEnd()
        if isTimedOut, let limit { throw limit.failure("the guest was ended") }
        Self.report(state)
        return ExitStatus.of(state)
    }

    private func waitForEnd() -> GuestState {
        if guest.wait(until: deadline) == .running {
            GuestReport.write(guest)
            guest.terminate()
            isTimedOut = guest.wait() == .killed
        }
        return guest.wait()
    }

    /// Reports a trap with the guest's stack. Any other end needs no message: the exit status tells it.
    static func report(_ state: GuestState) {
        guard case .trapped(let message, let stack) = state else { return }
        StandardError.write(
            lines: ["wasix-top: error: the guest trapped: \(message)"]
                + stack.enumerated().map { depth, frame in "  #\(depth) \(frame)" })
    }
}

extension GuestState {
    /// What `Guest.terminate` leaves.
    fileprivate static let killed = GuestState.signalled(signal: Signal.kill.rawValue)
}

extension GuestArguments {
    /// - Parameter arguments: what follows MODULE.
    func options(_ arguments: [ByteString], stdio: GuestOptions.Stdio) throws -> GuestOptions {
        var options = GuestOptions(module: module, arguments: arguments)
        options.entrypoint = entrypoint
        options.packages = packages
        options.programName = programName
        options.environment = environment
        options.grants = directories + volumes + mapdirs
        options.workingDirectory = workingDirectory
        options.listeners = try (forwardsListeners ? GuestListener.activated() : []) + listeners
        options.network = try network()
        options.stdio = stdio
        options.maximumMemory = memoryLimit.map { UInt64($0.bytes) }
        options.commands = commands
        if let processLimit { options.mostProcesses = processLimit }
        options.stackSize = stackSize.map { Int($0.bytes) }
        return options
    }
}
