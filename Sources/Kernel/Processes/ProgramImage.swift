import WasixABI

/// The program that a process runs, with the memory it runs in. A process has one at a time: exec gives it another, and
/// threads of the one before keep what they began with until they are gone.
public final class ProgramImage: @unchecked Sendable {
    // Safe to share: set up before the first thread of the program starts and constant afterwards.
    public let arguments: [[UInt8]]
    /// `KEY=VALUE` each.
    public let environment: [[UInt8]]
    public let memory = GuestMemory()
    /// Futexes are words of the memory.
    public let futexes: FutexTable
    /// Who may change the program's modules.
    public let linkTurn: LinkTurn
    /// The module imports from a WASIX namespace: some preview1 calls mean something else then.
    public var isWasix = false
    /// The module is a Rust program of 2022-2023, which expects both ends of `fd_pipe` to read and write, as those of a
    /// socket pair do (WasixABI.docc/LegacyPrograms).
    public var hasDuplexPipes = false
    /// Runs the guest's code.
    public var runner: (any GuestRunner)?

    public init(_ kernel: Kernel, arguments: [[UInt8]], environment: [[UInt8]]) {
        self.arguments = arguments
        self.environment = environment
        futexes = FutexTable(kernel)
        linkTurn = LinkTurn(kernel)
    }

    /// Lets go of the memory and of what ran the code, when no thread is left. Lock held.
    /// - Returns: what is released with the value.
    func takeApart() -> some Any {
        defer { runner = nil }
        return (runner, memory.detach())
    }

    /// The same program with a memory of its own, for a process that forks. Its runner is still to be set.
    public func copy(_ kernel: Kernel) -> ProgramImage {
        let image = ProgramImage(kernel, arguments: arguments, environment: environment)
        image.isWasix = isWasix
        image.hasDuplexPipes = hasDuplexPipes
        return image
    }
}
