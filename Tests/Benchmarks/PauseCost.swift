import Foundation
import Kernel
import Trace
import WasixABI

/// How long it takes until all threads of a paused guest stand still: threads of which each calls without a rest.
final class PauseCost: @unchecked Sendable {
    // Safe to share: the kernel has its lock, and nothing else changes.
    private let kernel = Kernel(tracer: nil)
    private let process: GuestProcess

    init(threads: Int) {
        process = GuestProcess(kernel: kernel, arguments: [], environment: [], workingDirectory: [])
        for index in 0..<threads {
            guard let thread = process.makeThread(isMain: index == 0) else { continue }
            let running = Thread {
                thread.begin()
                while !thread.mustLeave {
                    if thread.pendingInterrupts.contains(.pause) { thread.pause(.beforeCall) }
                    sched_yield()
                }
                thread.end()
            }
            running.stackSize = 256 << 10
            running.start()
        }
    }

    deinit { process.end(.exited(code: 0)) }

    /// Milliseconds from the pause to the last thread; the guest runs on afterwards.
    func milliseconds() -> Double {
        let start = ContinuousClock.now
        kernel.pauseGuest()
        while !process.snapshot().threads.allSatisfy({ $0.pausedAt != nil }) {}
        let taken = ContinuousClock.now - start
        kernel.resumeGuest()
        usleep(50_000)
        return taken / .milliseconds(1)
    }
}
