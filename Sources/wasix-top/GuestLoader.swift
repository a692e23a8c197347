import CLinux
import Runtime
import Synchronization
import Trace

/// A guest that is being read, compiled and linked, on a thread of its own.
///
/// That thread blocks signals, and so do those that the compiler starts from it. The main thread is open to them all
/// the time: a signal ends the program at once, also while a pipe gives nothing and while the compiler works.
final class GuestLoader: Sendable {
    private struct State {
        var outcome: Result<Guest, LaunchError>?
        var observer: (@Sendable () -> Void)?
    }

    let progress = LoadProgress()
    private let state = Mutex(State())
    private let done = Latch()

    init(_ options: GuestOptions, tracer: Tracer? = nil) throws {
        let isBegun = startHostThread(stackSize: HostRoom.loadingStack) { [self] in
            do throws(LaunchError) {
                finish(.success(try Guest(options, tracer: tracer, progress: progress)))
            } catch {
                finish(.failure(error))
            }
        }
        guard isBegun else { throw Failure("the host has no room for another thread") }
    }

    private func finish(_ outcome: Result<Guest, LaunchError>) {
        let observer = state.withLock { state in
            state.outcome = outcome
            return state.observer
        }
        done.set()
        observer?()
    }

    var isDone: Bool { state.withLock { $0.outcome != nil } }

    /// Calls `body` on the loading thread when the guest is loaded or has failed to load; at once, on this thread, when
    /// it has already.
    func whenDone(_ body: @escaping @Sendable () -> Void) {
        let isDone = state.withLock { state in
            state.observer = body
            return state.outcome != nil
        }
        if isDone { body() }
    }

    /// Waits for the guest until `deadline` (CLOCK_MONOTONIC nanoseconds).
    /// - Returns: nil when the deadline came first.
    /// - Throws: why it cannot be run.
    func guest(until deadline: UInt64 = .max) throws -> Guest? {
        done.wait(until: deadline)
        switch state.withLock({ $0.outcome }) {
        case .success(let guest): return guest
        case .failure(let error): throw Failure(error)
        case nil: return nil
        }
    }
}

extension Failure {
    init(_ error: LaunchError) { self.init(error.message, status: error.status.rawValue) }
}
