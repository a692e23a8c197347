/// What the kernel asks of whoever runs the guest's code.
public protocol GuestRunner: AnyObject, Sendable {
    /// Starts `thread` on a host thread of its own with the guest's start argument. No lock held.
    /// - Returns: false when there is no room for another thread.
    func start(_ thread: GuestThread, argument: UInt64) -> Bool
    /// The module has the entry that threads start at.
    var canStartThreads: Bool { get }
    /// Calls the guest's export `handler` with `signal` on `thread`, which is inside a host call. No lock held.
    /// - Returns: false when there is no such export.
    func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool
}
