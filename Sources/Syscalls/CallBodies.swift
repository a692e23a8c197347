import WasixABI

/// Every implemented row: what `wasix-top calls` lists as working, and what the dispatcher jumps to.
public enum CallBodies {
    private static let bindings: [CallBinding] =
        EpollCalls.bindings + PollCalls.bindings + ChannelCalls.bindings + FutexCalls.bindings + AtomicCalls.bindings
        + ThreadCalls.bindings
        + LegacyThreadCalls.bindings
        + ProcessCalls.bindings + StackCalls.bindings + ExecCalls.bindings + SpawnCalls.bindings + SignalCalls.bindings
        + FdCalls.bindings + TransferCalls.bindings
        + SocketCalls.bindings + SocketTransferCalls.bindings + SocketOptionCalls.bindings + SendFileCalls.bindings
        + MulticastCalls.bindings
        + ResolveCalls.bindings + PortCalls.bindings
        + FileCalls.bindings + DirectoryCalls.bindings + PathCalls.bindings + WorkingDirectoryCalls.bindings
        + DynamicCalls.bindings + ContextCalls.bindings
        + LinkCalls.bindings
        + ArgumentCalls.bindings + ClockCalls.bindings + RandomCalls.bindings + TerminalCalls.bindings

    /// Indexed by `CallID.rawValue`; nil where the row answers NOSYS.
    public static let all: [CallBinding?] = {
        var table = [CallBinding?](repeating: nil, count: CallTable.all.count)
        for binding in bindings {
            precondition(table[Int(binding.id.rawValue)] == nil, "two implementations of one row")
            table[Int(binding.id.rawValue)] = binding
        }
        return table
    }()

    public static func isImplemented(_ id: CallID) -> Bool { all[Int(id.rawValue)] != nil }
}
