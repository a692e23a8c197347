/// What exec and spawn are asked to run (WasixABI.docc/ProcessCreation).
public struct ProgramRequest: Sendable {
    public var name: [UInt8]
    /// The program's name first.
    public var arguments: [[UInt8]]
    /// `KEY=VALUE` each.
    public var environment: [[UInt8]]
    /// Directories to look in, separated by colons, for a name without a slash; nil: the name is a path.
    public var searchPath: [UInt8]?

    public init(name: [UInt8], arguments: [[UInt8]], environment: [[UInt8]], searchPath: [UInt8]? = nil) {
        self.name = name
        self.arguments = arguments
        self.environment = environment
        self.searchPath = searchPath
    }

    /// Where programs are looked for when nobody says where.
    public static let usualSearchPath = Array("/usr/local/bin:/bin:/usr/bin".utf8)
}

/// A program that was found: a module, as far as anybody knows.
public struct ProgramFile: Sendable {
    /// Open for reading, from its beginning, and not handed on by the host's exec. Whoever gets this value closes it.
    public let hostFd: Int32
    /// As the guest spelled it, or as the search put it together; the interpreter's when a script was asked for.
    public let path: [UInt8]
    /// Those of the request, behind what `#!` lines and the command itself have put before them.
    public let arguments: [[UInt8]]
    /// That of the request, and what the command itself adds to it.
    public let environment: [[UInt8]]
}

/// A name that stands for a program of the host, whatever directories were granted.
public struct CommandMapping: Sendable {
    public let name: [UInt8]
    public let file: ByteString
    /// What the program is to take for its name, whatever it was called by.
    public var programName: [UInt8]?
    /// What stands before the arguments that it is given.
    public var leadingArguments: [[UInt8]] = []
    /// `KEY=VALUE` each: variables that it gets unless it is given others of their names.
    public var variables: [[UInt8]] = []

    public init(name: [UInt8], file: ByteString) {
        self.name = name
        self.file = file
    }

    /// The arguments of a program that is asked for with `arguments`.
    func arguments(_ arguments: [[UInt8]]) -> [[UInt8]] {
        guard programName != nil || !leadingArguments.isEmpty else { return arguments }
        return [programName ?? arguments.first ?? name] + leadingArguments + arguments.dropFirst()
    }

    /// `environment`, and the variables that it lacks.
    public static func environment(_ environment: [[UInt8]], adding variables: [[UInt8]]) -> [[UInt8]] {
        let names = Set(environment.map(variableName))
        return variables.filter { !names.contains(variableName($0)) } + environment
    }

    private static func variableName(_ variable: [UInt8]) -> ArraySlice<UInt8> {
        variable.prefix { $0 != UInt8(ascii: "=") }
    }
}
