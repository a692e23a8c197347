/// What changes the machine code the engine makes, part of the module cache's key, and how it makes it.
public struct EngineConfiguration: Sendable, Hashable {
    /// Compiled with epoch checks: running code can be paused, sampled and stopped. Costs up to 1.5x in tight loops.
    public let isInterruptible: Bool
    /// The compiler may start a thread for every processor; without room for them it ends the program. Not in the key.
    public let compilesInParallel: Bool
    /// Native stack for guest frames, in bytes. Deeper recursion traps with `.stackOverflow`.
    public let maximumWasmStack: Int

    /// Room on a guest thread's stack for the host functions that the deepest guest frame may call.
    private static let hostStackReserve = 1 << 20

    public static let standardWasmStack = 2 << 20

    public init(isInterruptible: Bool, maximumWasmStack: Int = standardWasmStack, compilesInParallel: Bool = true) {
        self.isInterruptible = isInterruptible
        self.compilesInParallel = compilesInParallel
        self.maximumWasmStack = maximumWasmStack
    }

    /// The least stack, in bytes, for a thread that runs guest code: on a smaller one a deep recursion of the guest
    /// kills the process instead of trapping. The kernel commits only what is touched.
    public var guestThreadStackSize: Int { maximumWasmStack + Self.hostStackReserve }
}
