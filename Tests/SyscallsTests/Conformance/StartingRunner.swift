import Kernel

/// Starts threads that do nothing.
final class StartingRunner: GuestRunner {
    var canStartThreads: Bool { true }
    func start(_ thread: GuestThread, argument: UInt64) -> Bool { true }
    func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool { false }
}
