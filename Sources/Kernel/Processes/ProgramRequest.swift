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
    /// Those of the request, behind what `#!` lines have put before them.
    public let arguments: [[UInt8]]
}

/// A name that stands for a program of the host, whatever directories were granted.
public struct CommandMapping: Sendable {
    public let name: [UInt8]
    public let file: ByteString

    public init(name: [UInt8], file: ByteString) {
        self.name = name
        self.file = file
    }
}
