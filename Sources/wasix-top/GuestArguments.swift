import ArgumentParser
@preconcurrency import Glibc
import Kernel
import Runtime

/// The options of every command that runs a guest: which module, and what the guest may see of the host.
struct GuestArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The guest: a .wasm or .wat file, or a package: a .webc file or a directory with a wasmer.toml.",
            valueName: "MODULE"),
        completion: .file(extensions: ["wasm", "wat", "webc"]))
    var module: ByteString

    @Option(
        name: .customLong("entrypoint"),
        help: ArgumentHelp("The command of a package that is run, in place of its default.", valueName: "NAME"))
    var entrypoint: ByteString?

    @Option(
        name: .customLong("include-webc"),
        help: ArgumentHelp(
            "A package that the guest's needs, or whose commands it may start; NAME is what others need it as.",
            valueName: "[NAME=]FILE"),
        completion: .file(extensions: ["webc"]), transform: IncludedPackage.parse)
    var packages: [IncludedPackage] = []

    @Option(
        name: .customLong("dir"), help: ArgumentHelp("Grant a host directory.", valueName: "HOST[::GUEST[::ro]]"),
        completion: .directory, transform: DirectoryGrant.parseDir)
    var directories: [DirectoryGrant] = []

    @Option(
        name: .customLong("volume"), help: ArgumentHelp("The same, as wasmer writes it.", valueName: "HOST:GUEST[:ro]"),
        completion: .directory, transform: DirectoryGrant.parseVolume)
    var volumes: [DirectoryGrant] = []

    @Option(
        name: .customLong("mapdir"), help: ArgumentHelp("The same the other way round.", valueName: "GUEST:HOST[:ro]"),
        completion: .directory, transform: DirectoryGrant.parseMapdir)
    var mapdirs: [DirectoryGrant] = []

    @Option(
        name: .customLong("argv0"),
        help: ArgumentHelp("The program's name for the guest, in place of MODULE.", valueName: "NAME"))
    var programName: ByteString?

    @Option(
        name: .customLong("env"), help: ArgumentHelp("Set an environment variable.", valueName: "K=V"),
        transform: parseVariable)
    var variables: [ByteString] = []

    @Flag(name: .customLong("forward-host-env"), help: "Pass the host's environment; --env overrides it.")
    var forwardsHostEnvironment = false

    @Option(name: .customLong("cwd"), help: ArgumentHelp("The guest's working directory.", valueName: "DIR"))
    var workingDirectory: ByteString?

    @Flag(
        name: .customLong("net"),
        help: ArgumentHelp(
            "Grant the host's network; --net=RULES only what the rules allow.", discussion: NetworkRules.help))
    var isNetworkGranted = false

    @Option(name: .customLong(NetworkRules.option), help: .hidden)
    var networkRules: [NetworkRules] = []

    @Option(
        name: .customLong("tcplisten"),
        help: ArgumentHelp("Hand the guest a socket that listens there.", valueName: "ADDRESS:PORT"),
        transform: GuestListener.parse)
    var listeners: [GuestListener] = []

    @Flag(name: .customLong("listenfd"), help: "Hand the guest our own listening sockets (LISTEN_FDS).")
    var forwardsListeners = false

    @Option(
        name: .customLong("stdin"), help: ArgumentHelp("Standard input from a file.", valueName: "FILE"),
        completion: .file())
    var standardInput: ByteString?

    @Option(
        name: .customLong("max-memory"), help: ArgumentHelp("Limit of the guest's memory, as 64M.", valueName: "SIZE"))
    var memoryLimit: ByteSize?

    @Option(
        name: .customLong("stack-size"), help: ArgumentHelp("Stack of a guest thread, as 1M.", valueName: "SIZE"))
    var stackSize: ByteSize?

    @Option(
        name: .customLong("map-command"),
        help: ArgumentHelp("A program that the guest may start under that name.", valueName: "NAME=MODULE"),
        completion: .file(extensions: ["wasm", "wat"]), transform: CommandMapping.parse)
    var commands: [CommandMapping] = []

    @Option(
        name: .customLong("max-processes"), help: ArgumentHelp("Limit of the guest's processes.", valueName: "N"),
        transform: parseProcessLimit)
    var processLimit: Int?

    private static func parseProcessLimit(_ text: String) throws -> Int {
        guard let limit = Int(text), limit >= 1 else {
            throw ValidationError("expected a number of processes, at least 1")
        }
        return limit
    }

    /// `K=V` each, each name once, later settings in place of earlier ones. Names are bytes: spellings that Unicode
    /// holds for the same are two.
    var environment: [ByteString] {
        var host = forwardsHostEnvironment || forwardsListeners ? Self.hostEnvironment : []
        if !forwardsHostEnvironment {
            host.removeAll { ![Self.listeners, Self.listenerNames].contains(Self.name($0)) }
        }
        var positions: [ByteString: Int] = [:]
        var environment: [ByteString] = []
        for variable in host + variables {
            let name = Self.name(variable)
            if let position = positions[name] {
                environment[position] = variable
            } else {
                positions[name] = environment.count
                environment.append(variable)
            }
        }
        return environment
    }

    private static let listeners: ByteString = "LISTEN_FDS"
    private static let listenerNames: ByteString = "LISTEN_FDNAMES"

    private static func name(_ variable: ByteString) -> ByteString {
        ByteString(variable.bytes.prefix { $0 != UInt8(ascii: "=") })
    }

    private static func parseVariable(_ text: String) throws -> ByteString {
        let variable = ArgumentText.decode(text)
        let name = name(variable)
        guard !name.bytes.isEmpty, name != variable else { throw ValidationError("expected K=V") }
        return variable
    }

    private static var hostEnvironment: [ByteString] {
        var variables: [ByteString] = []
        var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
        while let entry = next.pointee {
            variables.append(ByteString(cString: entry))
            next += 1
        }
        return variables
    }
}
