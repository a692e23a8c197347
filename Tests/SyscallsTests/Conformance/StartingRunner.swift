import Kernel

/// Starts threads that do nothing, with whatever entry.
final class StartingRunner: GuestRunner {
    func canStart(_ entry: ThreadEntry) -> Bool { true }
    func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool { true }
    func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool { false }
    func destroy(_ value: ThreadLocalValue, on thread: GuestThread) {}
}
