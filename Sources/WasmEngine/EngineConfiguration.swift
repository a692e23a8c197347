import Glibc

/// The settings of an engine. Those that change the machine code are part of the module cache's key.
public struct EngineConfiguration: Sendable, Hashable {
    /// Compiled with epoch checks: running code can be paused, sampled and stopped. Costs up to 1.5x in tight loops.
    public let isInterruptible: Bool
    /// The compiler may start a thread for every processor; without room for them it ends the program. Not in the key.
    public let compilesInParallel: Bool
    /// Native stack for guest frames, in bytes. Deeper recursion traps with `.stackOverflow`.
    public let maximumWasmStack: Int
    /// Address space set aside for each private memory, in bytes: it can grow that far, because it never moves.
    public let memoryReservation: UInt64

    /// What a memory with 32-bit addresses can be at most.
    private static let leastReservation: UInt64 = 1 << 32
    /// What is set aside in all at most, of the 128 TiB that a program has.
    private static let mostReservations: UInt64 = 1 << 43
    /// What is set aside for one memory at most: more than the host has to fill it with.
    private static let mostReservation: UInt64 = 1 << 40

    /// Room on a guest thread's stack for the host functions that the deepest guest frame may call.
    private static let hostStackReserve = 1 << 20

    /// Native stack for guest frames where nothing else is asked for, in bytes.
    public static let standardWasmStack = 2 << 20

    /// - Parameter memories: what the modules declare that the engine is going to run. Those with 64-bit addresses may
    ///   need more than the usual room.
    public init(
        isInterruptible: Bool, maximumWasmStack: Int = standardWasmStack, compilesInParallel: Bool = true,
        memories: [MemoryType] = []
    ) {
        self.isInterruptible = isInterruptible
        self.compilesInParallel = compilesInParallel
        self.maximumWasmStack = maximumWasmStack
        memoryReservation = Self.reservation(memories)
    }

    private static func reservation(_ memories: [MemoryType]) -> UInt64 {
        let wanted = memories.filter { $0.is64 && !$0.isShared }.map { memory -> UInt64 in
            let (bytes, overflows) = (memory.maximum ?? .max).multipliedReportingOverflow(by: 65_536)
            return overflows ? .max : bytes
        }.max()
        guard let wanted else { return leastReservation }
        let share = min(mostReservation, min(mostReservations, addressSpace) / UInt64(memories.count))
        // A round number: the cache of compiled modules has an entry for each.
        let most = UInt64(1) << UInt64(63 - share.leadingZeroBitCount)
        var room = leastReservation
        while room < wanted, room < most { room *= 2 }
        return room
    }

    /// Half of what RLIMIT_AS leaves this program, if it leaves less than everything.
    private static var addressSpace: UInt64 {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return .max }
        return max(1, UInt64(limit.rlim_cur) / 2)
    }

    /// The least stack, in bytes, for a thread that runs guest code: on a smaller one a deep recursion of the guest
    /// kills the process instead of trapping. The kernel commits only what is touched.
    public var guestThreadStackSize: Int { maximumWasmStack + Self.hostStackReserve }
}
