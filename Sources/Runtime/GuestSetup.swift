import Glibc
import Kernel
import Trace
import WasixABI

/// What a guest is given before it starts: standard streams, from descriptor 3 on granted directories, then listeners.
enum GuestSetup {
    /// - Returns: the inspector's end of captured streams.
    static func streams(_ options: GuestOptions, _ process: GuestProcess) throws(LaunchError) -> CapturedStreams? {
        switch options.stdio {
        case .inherited(nil):
            try check("standard streams") { () throws(Errno) in try StandardStreams.inherit(into: process) }
            return nil
        case .inherited(let input?):
            try check("\(input)") { () throws(Errno) in try StandardStreams.input(from: input, into: process) }
            try check("standard streams") { () throws(Errno) in
                try StandardStreams.inherit(1, into: process)
                try StandardStreams.inherit(2, into: process)
            }
            return nil
        case .captured(let input):
            let streams = try check("standard streams") { () throws(Errno) in
                try StandardStreams.capture(into: process)
            }
            guard input != nil || isatty(STDIN_FILENO) == 0 else { return streams }
            _ = process.kernel.locked { process.descriptors.close(FdNumber(rawValue: 0)) }
            try check(input?.description ?? "standard input") { () throws(Errno) in
                if let input {
                    try StandardStreams.input(from: input, into: process)
                } else {
                    try StandardStreams.inherit(0, into: process)
                }
            }
            return streams
        }
    }

    /// Adds what packages bring, granted directories, listeners, and what else the module expects to find. The order matters: granted
    /// directories and listeners keep their numbers whatever is added after them, and libc's search for directories
    /// ends at the first number that is no directory.
    ///
    /// The directory of commands that can be started is for modules that look for it, which find it by its path.
    static func descriptors(
        _ options: GuestOptions, _ module: GuestModule, _ packages: UnpackedPackages, _ process: GuestProcess
    ) throws(LaunchError) {
        let hasListeners = !options.listeners.isEmpty
        try grants { () throws(GrantFailure) in
            try Preopens.install(packages.volumes + options.grants, into: process)
            if module.usesPaths, !hasListeners { try Preopens.add(.files, isNumbered: true, to: process) }
        }
        try listeners(options, process)
        if module.isWasix, module.findsDirectories {
            try grants { () throws(GrantFailure) in
                if hasListeners { try Preopens.add(.files, isNumbered: false, to: process) }
                try Preopens.add(.sharedMemory, isNumbered: false, to: process)
                if let commands = packages.commandDirectory { try Preopens.mount(commands, in: process) }
                try Preopens.addRoot(to: process)
            }
        }
        guard let directory = options.workingDirectory else { return }
        try check("cannot start in directory \"\(directory)\"") { () throws(Errno) in
            try WorkingDirectory.change(to: directory.bytes, process)
        }
    }

    private static func grants(_ body: () throws(GrantFailure) -> Void) throws(LaunchError) {
        do throws(GrantFailure) {
            try body()
        } catch {
            throw LaunchError(.failure, error.message)
        }
    }

    private static func listeners(_ options: GuestOptions, _ process: GuestProcess) throws(LaunchError) {
        for listener in options.listeners {
            try check(name(listener)) { () throws(Errno) in
                try process.kernel.locked { () throws(Errno) in try add(listener, to: process) }
            }
        }
    }

    private static func name(_ listener: GuestListener) -> String {
        switch listener {
        case .address(let address): "cannot listen on \(address.text)"
        case .hostDescriptor(let fd): "cannot take over descriptor \(fd)"
        }
    }

    /// Lock held.
    private static func add(_ listener: GuestListener, to process: GuestProcess) throws(Errno) {
        let socket =
            switch listener {
            case .address(let address): try StreamSocket.listener(at: address, process.kernel)
            case .hostDescriptor(let fd): StreamSocket(listener: fd, kernel: process.kernel)
            }
        socket.hold()
        defer { socket.release() }
        // Non-blocking, as wasmtime's are. Programs rely on it: Go's runtime polls only descriptors that do not block.
        socket.flags = .nonblock
        _ = try process.descriptors.add(socket, atLeast: 3)
    }

    @discardableResult
    private static func check<Value>(_ what: String, _ body: () throws(Errno) -> Value) throws(LaunchError) -> Value {
        do throws(Errno) {
            return try body()
        } catch {
            throw LaunchError(.failure, "\(what): \(error.text)")
        }
    }
}
