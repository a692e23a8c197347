import Glibc
import WasixABI

/// Finds the file that exec and spawn are to run, as execve(2) and execvp(3) do. Files need not be marked as executable:
/// modules rarely are. No lock held.
enum ProgramSearch {
    /// - Parameters:
    ///   - thread: looks no further when its process ends.
    ///   - process: whose working directory and granted directories count.
    /// - Returns: the program, which may still turn out not to be a module.
    /// - Throws: NOENT, NOTDIR, NAMETOOLONG; ACCES for what is no regular file or cannot be read; LOOP for too many
    ///   scripts that interpret each other; what any path can.
    static func find(
        _ request: ProgramRequest, _ thread: GuestThread?, in process: GuestProcess, commands: [CommandMapping]
    ) throws(Errno) -> ProgramFile {
        let lookup = ProgramLookup(
            process: process, thread: thread, commands: commands, environment: request.environment)
        guard let searchPath = request.searchPath, !request.name.contains(PathText.slash) else {
            return try lookup.file(at: request.name, request.arguments)
        }
        return try lookup.search(request.name, in: searchPath, request.arguments)
    }

    /// Opens the regular file that an absolute path of the guest leads to.
    static func open(_ path: [UInt8], _ process: GuestProcess) throws(Errno) -> Int32 {
        try GuestPath.check(path)
        return try ProgramLookup(process: process, thread: nil, commands: [], environment: []).open(path)
    }
}

private struct ProgramLookup {
    /// Scripts that may be interpreters of each other (Linux: exec_binprm).
    private static let mostScripts = 5
    private static let longestComponent = 255
    private static let envCommand = Array("/usr/bin/env".utf8)
    private static let pathVariable = Array("PATH=".utf8)
    /// Where a command of the host seems to be.
    private static let commandDirectories = ["/bin/", "/usr/bin/"].map { Array($0.utf8) }

    let process: GuestProcess
    let thread: GuestThread?
    let commands: [CommandMapping]
    let environment: [[UInt8]]

    // MARK: names

    /// Looks `name` up in each directory of `searchPath`; an empty one is the working directory (execvp(3)). A script
    /// whose interpreter is missing counts as missing itself.
    func search(
        _ name: [UInt8], in searchPath: [UInt8], _ arguments: [[UInt8]], scripts: Int = 0
    ) throws(Errno) -> ProgramFile {
        try GuestPath.check(name)
        guard name.count <= Self.longestComponent else { throw .nametoolong }
        if let command = commands.last(where: { $0.name == name }) {
            return try program(command, at: Self.commandDirectories[0] + name, arguments)
        }
        var failure = SearchFailure()
        for directory in searchPath.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            guard thread?.isEnding != true else { throw .intr }
            let path = directory.isEmpty ? name : PathText.join(Array(directory), name)
            do throws(Errno) {
                return try file(at: path, arguments, scripts: scripts)
            } catch {
                try failure.add(error)
            }
        }
        throw failure.errno
    }

    /// The program at `path`: the file itself, or that of the interpreter it names.
    /// - Parameter scripts: how many led here.
    func file(at path: [UInt8], _ arguments: [[UInt8]], scripts: Int = 0) throws(Errno) -> ProgramFile {
        try GuestPath.check(path)
        let whole = process.kernel.locked { PathText.join(process.workingDirectory, path) }
        if let command = command(at: whole) {
            return try program(command, at: path, arguments)
        }
        let fd = try open(whole)
        let line: ScriptLine?
        do throws(Errno) {
            line = ScriptLine(try head(of: fd))
        } catch {
            close(fd)
            throw error
        }
        guard let line else {
            return ProgramFile(hostFd: fd, path: path, arguments: arguments, environment: environment)
        }
        close(fd)
        guard scripts < Self.mostScripts else { throw .loop }
        return try interpreter(of: path, line, arguments.dropFirst(), scripts: scripts + 1)
    }

    /// - Parameter rest: the script's own arguments.
    private func interpreter(
        of script: [UInt8], _ line: ScriptLine, _ rest: ArraySlice<[UInt8]>, scripts: Int
    ) throws(Errno) -> ProgramFile {
        let before = [line.interpreter] + (line.argument.map { [$0] } ?? []) + [script]
        do throws(Errno) {
            return try file(at: line.interpreter, before + rest, scripts: scripts)
        } catch {
            // Guests rarely have an `env`, but many scripts begin with it.
            guard error == .noent || error == .notcapable, line.interpreter == Self.envCommand,
                let name = line.argument, !name.contains(PathText.slash)
            else { throw error }
            let variable = environment.first { $0.starts(with: Self.pathVariable) }
            let searchPath = variable.map { Array($0.dropFirst(Self.pathVariable.count)) }
            return try search(
                name, in: searchPath ?? ProgramRequest.usualSearchPath, [name, script] + rest, scripts: scripts)
        }
    }

    /// The command of the host that an absolute path names.
    private func command(at path: [UInt8]) -> CommandMapping? {
        guard !commands.isEmpty, !PathText.climbs(path) else { return nil }
        let place = PathText.normalize(path)
        return commands.last { command in Self.commandDirectories.contains { $0 + command.name == place } }
    }

    // MARK: files

    private func program(
        _ command: CommandMapping, at path: [UInt8], _ arguments: [[UInt8]]
    ) throws(Errno) -> ProgramFile {
        ProgramFile(
            hostFd: try open(command), path: path, arguments: command.arguments(arguments),
            environment: CommandMapping.environment(environment, adding: command.variables))
    }

    private func open(_ command: CommandMapping) throws(Errno) -> Int32 {
        let fd = try HostCall.value(.open) {
            command.file.withCString { Glibc.open($0, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) }
        }
        return try regular(Int32(fd))
    }

    /// Opens what an absolute path of the guest leads to.
    fileprivate func open(_ path: [UInt8]) throws(Errno) -> Int32 {
        let names = path.split(separator: PathText.slash)
        guard names.allSatisfy({ $0.count <= Self.longestComponent }) else { throw .nametoolong }
        guard Device(path) == nil else { throw .acces }
        let place = GuestPath(absolute: path, process)
        let fd: Int32
        do throws(Errno) {
            fd = try place.open(O_RDONLY | O_NONBLOCK | O_NOCTTY).fd
        } catch {
            switch error {
            case .nxio: throw .acces
            // A directory that only the guest sees.
            case .noent where place.placeAbove(place.relative) != nil: throw .acces
            default: throw error
            }
        }
        return try regular(fd)
    }

    /// - Throws: ACCES, and closes it, when it is no regular file (Linux: do_open_execat).
    private func regular(_ fd: Int32) throws(Errno) -> Int32 {
        do throws(Errno) {
            guard try FileStatus(hostFd: fd).type == .regularFile else { throw .acces }
            return fd
        } catch {
            close(fd)
            throw error
        }
    }

    /// The bytes that say whether it is a script.
    private func head(of fd: Int32) throws(Errno) -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: ScriptLine.headSize) { (buffer, count) throws(Errno) in
            count = try HostCall.value(.read) { pread(fd, buffer.baseAddress!, ScriptLine.headSize, 0) }
        }
    }
}
