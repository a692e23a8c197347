import Glibc
import Runtime

/// Takes the host's signals that ask the program to end, on a thread of its own, so that what is left to write can be
/// written first.
struct HostSignals {
    static let ending: [Int32] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
    /// Seconds after a signal in which the rest must have been written.
    private static let patience: UInt32 = 3

    /// From now on the first signal calls `body`, once, on another thread. A second signal ends the program at once,
    /// and so does the first when the program still runs after `patience`. Call it on the main thread while no other
    /// thread takes signals.
    /// - Parameter nanoseconds: time after which `body` is called without a signal; nil for never.
    static func take(after nanoseconds: UInt64? = nil, _ body: @escaping @Sendable (Int32?) -> Void) {
        var set = Self.set
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let watch = Unmanaged.passRetained(Watch(nanoseconds, body)).toOpaque()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        guard pthread_create(&thread, &attributes, watchSignals, watch) == 0 else {
            Unmanaged<Watch>.fromOpaque(watch).release()
            pthread_sigmask(SIG_UNBLOCK, &set, nil)
            return
        }
    }

    /// From now on SIGQUIT (Ctrl-\) calls `isTaken` on a thread of its own; where that says no, it does afterwards what it does
    /// anyway. Call it on the main thread while no other thread takes signals.
    static func atQuit(_ isTaken: @escaping @Sendable () -> Bool) {
        guard !isIgnored(SIGQUIT) else { return }
        var quit = sigset_t()
        sigemptyset(&quit)
        sigaddset(&quit, SIGQUIT)
        awaitAll(quit) { _ in isTaken() }
    }

    /// From now on a thread of its own hands signals to `isTaken`: those that ask the program to end, but for SIGQUIT, and
    /// SIGWINCH. One that is not taken does what it does anyway. Call it on the main thread while no other thread takes signals.
    static func forward(_ isTaken: @escaping @Sendable (Int32) -> Bool) {
        var forwarded = sigset_t()
        sigemptyset(&forwarded)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGWINCH] where !isIgnored(signal) { sigaddset(&forwarded, signal) }
        awaitAll(forwarded, isTaken)
    }

    /// Blocks the signals, and waits for them on a thread of its own.
    private static func awaitAll(_ signals: sigset_t, _ isTaken: @escaping @Sendable (Int32) -> Bool) {
        var signals = signals
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let isAwaited = startHostThread(stackSize: 1 << 20) { [signals] in
            var signals = signals
            var signal: Int32 = 0
            while sigwait(&signals, &signal) == 0 {
                guard !isTaken(signal) else { continue }
                // Its handler, where there is one, gives the terminal back before the program ends.
                pthread_sigmask(SIG_UNBLOCK, &signals, nil)
                raise(signal)
            }
        }
        if !isAwaited { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
    }

    /// Ends the program as the signal would have, had nobody taken it.
    static func die(of signal: Int32) -> Never {
        // No core file: the program ends as it was asked to.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        Glibc.signal(signal, SIG_DFL)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, signal)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        kill(getpid(), signal)
        _exit(128 + signal)
    }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in ending where !isIgnored(signal) { sigaddset(&set, signal) }
        return set
    }

    /// The program was started with the signal ignored (nohup, a shell's background): it is to go on.
    private static func isIgnored(_ signal: Int32) -> Bool {
        var current = sigaction()
        guard sigaction(signal, nil, &current) == 0 else { return false }
        return unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    fileprivate final class Watch: Sendable {
        private let nanoseconds: UInt64?
        private let body: @Sendable (Int32?) -> Void

        init(_ nanoseconds: UInt64?, _ body: @escaping @Sendable (Int32?) -> Void) {
            self.nanoseconds = nanoseconds
            self.body = body
        }

        func run() {
            let first = HostSignals.wait(nanoseconds)
            body(first)
            guard let second = HostSignals.wait(UInt64(HostSignals.patience) * 1_000_000_000) ?? first else {
                // The time was over: signals are still taken at once.
                if let late = HostSignals.wait(nil) { HostSignals.die(of: late) }
                return
            }
            HostSignals.die(of: second)
        }
    }

    /// - Returns: nil when the time is over.
    private static func wait(_ nanoseconds: UInt64?) -> Int32? {
        var set = Self.set
        guard let nanoseconds else {
            var signal: Int32 = 0
            return sigwait(&set, &signal) == 0 ? signal : nil
        }
        var time = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        while true {
            let signal = sigtimedwait(&set, nil, &time)
            if signal > 0 { return signal }
            if errno != EINTR { return nil }
        }
    }
}

private func watchSignals(_ watch: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    Unmanaged<HostSignals.Watch>.fromOpaque(watch!).takeRetainedValue().run()
    return nil
}
