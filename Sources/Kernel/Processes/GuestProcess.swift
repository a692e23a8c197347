import Trace
import WasixABI

/// One guest process: descriptors, threads, arguments, and how it ended.
package final class GuestProcess: @unchecked Sendable {
    // Safe to share: mutable fields are protected by the kernel lock.
    package let kernel: Kernel
    package let id: ProcessID
    package let arguments: [[UInt8]]
    /// `KEY=VALUE` each.
    package let environment: [[UInt8]]
    package let descriptors = FdTable()
    package let futexes = FutexTable()
    package let memory = GuestMemory()
    /// Absolute path as the guest sees it.
    package var workingDirectory: [UInt8]
    /// The module imports from a WASIX namespace: some preview1 calls mean something else then.
    package var isWasix = false
    /// Runs the guest's code; set before the first thread starts.
    package var runner: (any GuestRunner)?
    /// The export that signals are to be delivered to, as last named by the guest.
    package var signalCallback: [UInt8]?
    /// Offsets that `clock_time_set` added, by clock id. Plain words, which every clock call reads without the lock.
    package let clockOffsets: UnsafeMutablePointer<Int64>

    private(set) var threads: [GuestThread] = []
    private(set) package var state: GuestState = .running
    /// Called once, without the lock, when the process has ended.
    private var endObservers: [@Sendable (GuestState) -> Void] = []

    package init(kernel: Kernel, arguments: [[UInt8]], environment: [[UInt8]], workingDirectory: [UInt8]) {
        self.kernel = kernel
        id = .initial
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        clockOffsets = .allocate(capacity: 4)
        clockOffsets.initialize(repeating: 0, count: 4)
    }

    deinit { clockOffsets.deallocate() }

    // MARK: threads

    /// A new thread's record; nil when the process is ending.
    package func makeThread(isMain: Bool = false) -> GuestThread? {
        kernel.locked {
            guard !state.hasEnded else { return nil }
            let thread = GuestThread(kernel: kernel, process: self, id: kernel.nextThreadID(), isMain: isMain)
            threads.append(thread)
            return thread
        }
    }

    /// A thread that was made but could not be started. No lock held.
    package func forget(_ thread: GuestThread) {
        kernel.locked { threads.removeAll { $0 === thread } }
    }

    /// Lock held.
    func threadEnded(_ thread: GuestThread) {
        threads.removeAll { $0 === thread }
    }

    /// The last thread left without ending the process: it ends with status 0. No lock held.
    func endIfDeserted() {
        if kernel.locked({ threads.isEmpty }) { end(.exited(code: 0)) }
    }

    /// Threads that have not ended. Lock held.
    package var liveThreads: [GuestThread] { threads }

    /// Waits until the thread has ended; at once when there is no such thread. Lock held, released while asleep.
    package func join(_ id: ThreadID, _ thread: GuestThread) -> WaitEnd {
        while let other = threads.first(where: { $0.id == id }) {
            if thread.wait(in: other.joiners, key: [], until: .max) == .interrupted { return .interrupted }
        }
        return .woken
    }

    // MARK: the end

    /// Ends the process, once: every thread leaves its call and does not come back. No lock held.
    package func end(_ newState: GuestState) {
        let observers: [@Sendable (GuestState) -> Void] = kernel.locked {
            guard !state.hasEnded else { return [] }
            state = newState
            for thread in threads { thread.interrupt() }
            defer { endObservers = [] }
            return endObservers
        }
        for observer in observers { observer(newState) }
    }

    /// `body` runs when the process ends, at once when it has. No lock held.
    package func whenEnded(_ body: @escaping @Sendable (GuestState) -> Void) {
        let now: GuestState? = kernel.locked {
            guard !state.hasEnded else { return state }
            endObservers.append(body)
            return nil
        }
        if let now { body(now) }
    }
}
