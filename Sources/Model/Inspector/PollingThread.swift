import Glibc

/// A thread that calls `body` again and again until it is stopped, then once more, and sleeps in between for as long as
/// `body` answers.
/// Arriving records wake nobody: a wake-up would cost the guest time.
package final class PollingThread: @unchecked Sendable {
    // Safe to share: `thread` is written by `start` and read by `stop`, both called by the owner; `body` runs on the
    // new thread alone; the rest is constant.
    private let body: (_ isLast: Bool) -> Int32
    /// A pipe; closing its write end stops the thread.
    private let bell: (read: Int32, write: Int32)
    private var thread = pthread_t()

    /// - Parameter body: answers the milliseconds to sleep.
    package init(_ body: sending @escaping (_ isLast: Bool) -> Int32) {
        self.body = body
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no descriptors left for the inspector's thread")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        bell = (ends[0], ends[1])
    }

    deinit { close(bell.read) }

    package func start() {
        let box = Unmanaged.passRetained(self).toOpaque()
        let error = pthread_create(&thread, nil, runPollingThread, box)
        precondition(error == 0, "the inspector's thread cannot be made")
    }

    /// Ends the thread after a last round and waits for it. Call once, after `start`.
    package func stop() {
        close(bell.write)
        pthread_join(thread, nil)
    }

    fileprivate func run() {
        // Signals are for the main thread.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        while true {
            let milliseconds = body(false)
            var watched = pollfd(fd: bell.read, events: Int16(POLLIN), revents: 0)
            guard poll(&watched, 1, milliseconds) <= 0 else { break }
        }
        _ = body(true)
    }
}

private func runPollingThread(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    Unmanaged<PollingThread>.fromOpaque(box!).takeRetainedValue().run()
    return nil
}
