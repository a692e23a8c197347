import Kernel

/// How a guest is to be run.
package struct GuestOptions: Sendable {
    package enum Stdio: Sendable {
        /// The program's own standard streams; `input` replaces standard input by a file of the host.
        case inherited(input: ByteString?)
        /// Captured for the inspector: output is collected, and input is typed, unless it comes from a file or is piped
        /// into the program.
        case captured(input: ByteString?)
    }

    /// Path of the guest on the host: a module's file, or a package.
    package var module: ByteString
    /// The command of the package that runs; nil for the one that the package says.
    package var entrypoint: ByteString?
    /// Packages whose commands the guest may start, and whose files it sees.
    package var packages: [IncludedPackage] = []
    /// What the guest sees as its own name; nil for the module's path, or the name that a package's command has.
    package var programName: ByteString?
    /// What the guest sees as its arguments, behind its name.
    package var arguments: [ByteString]
    /// `KEY=VALUE` each.
    package var environment: [ByteString] = []
    package var grants: [DirectoryGrant] = []
    /// The guest's working directory; nil for `/`, or the one that a package's command has.
    package var workingDirectory: ByteString?
    package var network: NetworkPolicy = .denied
    package var listeners: [GuestListener] = []
    package var stdio: Stdio = .inherited(input: nil)
    /// Compile with epochs: running guest code can be stopped.
    package var isInterruptible = false
    /// The guest's clocks stand still while it is paused.
    package var freezesClock = false
    /// Bytes of linear memory the guest may have; nil for what the module declares.
    package var maximumMemory: UInt64?
    /// Bytes of native stack for guest frames; nil for the engine's default.
    package var stackSize: Int?
    /// Names that stand for programs of the host.
    package var commands: [CommandMapping] = []
    /// Processes that the guest may have at once.
    package var mostProcesses = Kernel.standardProcesses
    /// Take the compiled module from the user's cache, and keep it there (`ModuleCache`).
    package var usesModuleCache = true

    package init(module: ByteString, arguments: [ByteString] = []) {
        self.module = module
        self.arguments = arguments
    }

    package init(module: String, arguments: [String] = []) {
        self.init(module: ByteString(module), arguments: arguments.map { ByteString($0) })
    }
}
