import Glibc

/// A thread that calls `body` again and again until it is stopped, then once more, and sleeps in between for as long as
/// `body` answers, or until it is woken.
/// Arriving records wake nobody: a wake-up would cost the guest time. Who makes a paused guest go on does.
package final class PollingThread: @unchecked Sendable {
    /// Why a round is made.
    package enum Reason {
        /// As long as the round before asked for has passed.
        case due
        case woken
        /// The thread is to end.
        case last
    }

    // Safe to share: `thread` is written by `start` and read by `stop`, both called by the owner; `body` runs on the
    // new thread alone; the rest is constant.
    private let body: (Reason) -> Int32
    /// A pipe: bytes wake the thread, closing its write end stops it.
    private let bell: (read: Int32, write: Int32)
    private var thread = pthread_t()

    /// - Parameter body: answers the milliseconds to sleep.
    package init(_ body: sending @escaping (Reason) -> Int32) {
        self.body = body
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no descriptors left for the inspector's thread")
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        bell = (ends[0], ends[1])
    }

    deinit { close(bell.read) }

    package func start() {
        let box = Unmanaged.passRetained(self).toOpaque()
        let error = pthread_create(&thread, nil, runPollingThread, box)
        precondition(error == 0, "the inspector's thread cannot be made")
    }

    /// Makes a round at once. Not after `stop`.
    package func wake() {
        // A pipe that is full of earlier wake-ups wakes as well.
        var byte: UInt8 = 0
        _ = write(bell.write, &byte, 1)
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
        var reason = Reason.due
        while reason != .last {
            let milliseconds = body(reason)
            var watched = pollfd(fd: bell.read, events: Int16(POLLIN), revents: 0)
            reason = poll(&watched, 1, milliseconds) > 0 ? answerBell() : .due
        }
        _ = body(.last)
    }

    private func answerBell() -> Reason {
        var wakeUps = [UInt8](repeating: 0, count: 64)
        return read(bell.read, &wakeUps, wakeUps.count) == 0 ? .last : .woken
    }
}

private func runPollingThread(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    Unmanaged<PollingThread>.fromOpaque(box!).takeRetainedValue().run()
    return nil
}
