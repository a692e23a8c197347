import Trace

@testable import Kernel

/// Runs no code: every thread has the same stack.
final class FrameRunner: GuestRunner {
    static let frames = [GuestFrame(function: "serve", moduleOffset: 0x40), GuestFrame(function: "main")]

    /// Requests that were served, stacks that were taken, and how often threads were to look for requests.
    let served = Locked<[Interrupts]>([])
    let taken = Locked(0)
    let nudges = Locked(0)
    /// Called in the middle of serving.
    private let meanwhile: @Sendable (GuestThread) -> Void

    init(meanwhile: @escaping @Sendable (GuestThread) -> Void = { _ in }) { self.meanwhile = meanwhile }

    func canStart(_ entry: ThreadEntry) -> Bool { false }
    func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool { false }
    func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool { false }
    func destroy(_ value: ThreadLocalValue, on thread: GuestThread) {}

    func serve(_ requests: Interrupts, on thread: GuestThread) {
        if requests.contains(.stack) { thread.keepStack(stack(of: thread)) }
        meanwhile(thread)
        served.withLock { $0.append(requests) }
    }

    func stack(of thread: GuestThread) -> [GuestFrame] {
        taken.withLock { $0 += 1 }
        return Self.frames
    }

    func nudge() { nudges.withLock { $0 += 1 } }
}
