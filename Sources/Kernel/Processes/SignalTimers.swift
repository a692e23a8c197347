import Trace
import WasixABI

/// The timers of `proc_raise_interval`: one for each signal of a process. A host thread of their own sleeps until the next is
/// due; it begins with the first timer and ends with the process.
final class SignalTimers: @unchecked Sendable {
    // Safe to share: mutable fields are protected by the kernel lock.
    private struct Timer {
        /// Nanoseconds of the guest's clock.
        var due: UInt64
        var interval: UInt64
        var repeats: Bool
    }

    /// Nanoseconds between two of the same signal, at least: what the host's timers can keep (its timer slack).
    private static let leastInterval: UInt64 = 50_000

    private let kernel: Kernel
    private var timers: [Signal: Timer] = [:]
    private var isRunning = false
    private let wakeWord = WakeWord()

    init(_ kernel: Kernel) { self.kernel = kernel }

    deinit { wakeWord.retire() }

    /// Sends `signal` to `process` after `interval` nanoseconds, and again and again with `repeats`; replaces an earlier
    /// timer of that signal. 0 ends it. No lock held.
    /// - Throws: AGAIN when the host has no room for the thread.
    func set(_ signal: Signal, _ interval: UInt64, repeats: Bool, _ process: GuestProcess) throws(Errno) {
        let mustStart = kernel.locked {
            let kept = max(interval, Self.leastInterval)
            let timer = Timer(due: kernel.clock.now().addingWithLimit(kept), interval: kept, repeats: repeats)
            timers[signal] = interval == 0 ? nil : timer
            kernel.wakeups.wake(wakeWord)
            guard !isRunning, interval != 0 else { return false }
            isRunning = true
            return true
        }
        guard mustStart else { return }
        process.whenEnded { [self] _ in kernel.locked { kernel.wakeups.wake(wakeWord) } }
        let runner = kernel.locked { process.image.runner }
        let hasStarted = runner?.startService { [self, weak process] in
            while let next = process.flatMap({ turn($0) }) { _ = wakeWord.sleep(until: next) }
        }
        guard hasStarted == true else {
            kernel.locked {
                isRunning = false
                timers[signal] = nil
            }
            throw .again
        }
    }

    /// The guest's clock stands now, or runs again. Lock held.
    func lookAgain() { if isRunning { kernel.wakeups.wake(wakeWord) } }

    /// Sends what is due.
    /// - Returns: when to look again, by the host's clock; nil when the process has ended.
    private func turn(_ process: GuestProcess) -> UInt64? {
        let (unhandled, next): ([Signal], UInt64?) = kernel.locked {
            guard !process.state.hasEnded else { return ([], nil) }
            let now = kernel.clock.now()
            let due = timers.filter { $0.value.due <= now }
            for (signal, timer) in due {
                // Those that were missed are one (setitimer(2): pending signals of a number are not counted).
                let missed = (now - timer.due) / timer.interval
                let following = timer.due.addingWithLimit(timer.interval.multipliedWithLimit(missed + 1))
                timers[signal] = timer.repeats ? Timer(due: following, interval: timer.interval, repeats: true) : nil
            }
            // Sent under the same lock: nothing comes of a timer that has been ended.
            let next = timers.values.map(\.due).min() ?? .max
            return (due.keys.filter { !process.post($0) }, kernel.clock.hostTime(of: next))
        }
        process.nudge()
        for signal in unhandled { process.send(signal) }
        return next
    }
}

extension UInt64 {
    fileprivate func addingWithLimit(_ other: UInt64) -> UInt64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }

    fileprivate func multipliedWithLimit(_ other: UInt64) -> UInt64 {
        let (product, overflows) = multipliedReportingOverflow(by: other)
        return overflows ? .max : product
    }
}
