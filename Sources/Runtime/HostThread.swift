import CLinux
import Glibc
import Synchronization

/// Threads of `startHostThread` that have not ended.
private let hostThreads = Atomic<Int>(0)

/// Starts a detached host thread with a stack of `stackSize` bytes. It blocks all signals but those of faults, and so
/// do the threads that it starts: signals are for the main thread.
/// - Returns: false when the host has no room for one.
package func startHostThread(stackSize: Int, _ body: @escaping @Sendable () -> Void) -> Bool {
    let count = hostThreads.add(1, ordering: .relaxed).newValue
    let hasStarted = count <= HostRoom.mostThreads && startCounted(stackSize: stackSize, body)
    if !hasStarted { hostThreads.subtract(1, ordering: .relaxed) }
    return hasStarted
}

private func startCounted(stackSize: Int, _ body: @escaping @Sendable () -> Void) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var before = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &before)
    cl_block_signals()
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let box = Unmanaged.passRetained(ThreadBody(body))
    var thread = pthread_t()
    let failure = pthread_create(
        &thread, &attributes,
        { argument in
            Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue().run()
            hostThreads.subtract(1, ordering: .relaxed)
            return nil
        }, box.toOpaque())
    if failure != 0 { box.release() }
    return failure == 0
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
