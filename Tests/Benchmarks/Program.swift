import Foundation

/// A program that ended otherwise than it should have.
struct Failure: Error, CustomStringConvertible {
    let description: String
}

/// A program to run to its end, and what it printed.
struct Program {
    var path: String
    var arguments: [String]
    /// Where it runs; nil is where we are.
    var directory: String?

    init(_ path: String, _ arguments: [String] = []) {
        self.path = path
        self.arguments = arguments
    }

    /// The program's whole standard output. Throws when it exits with anything but 0.
    func output() throws -> String {
        let running = try start()
        let text = String(decoding: running.output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        try running.finish()
        return text
    }

    /// Milliseconds from start to exit, output thrown away. Foundation's `Process` notices an end up to 50 ms late.
    func milliseconds() throws -> Double {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var child: pid_t = 0
        var status: Int32 = 0
        let start = ContinuousClock.now
        guard posix_spawn(&child, path, &actions, nil, &words, environ) == 0, waitpid(child, &status, 0) == child,
            status == 0
        else { throw Failure(description: "\(path) failed") }
        return (ContinuousClock.now - start) / .milliseconds(1)
    }

    /// - Parameter input: its standard input; nil is none.
    func start(input: Pipe? = nil) throws -> Running {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        return Running(program: self, process: process, output: output)
    }
}

/// A program that has been started.
struct Running {
    let program: Program
    let process: Process
    let output: Pipe

    /// Waits for the end, which must be a good one.
    func finish() throws {
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let command = ([program.path] + program.arguments).joined(separator: " ")
            throw Failure(description: "\(command) ended with status \(process.terminationStatus)")
        }
    }

    /// Bytes of memory it has in use now.
    func residentBytes() throws -> Double {
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        for line in status.split(separator: "\n") where line.hasPrefix("VmRSS:") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count == 3, let kilobytes = Double(words[1]) { return kilobytes * 1024 }
        }
        throw Failure(description: "no VmRSS in \(status)")
    }

    /// The next line of output, without its newline.
    func line() -> String {
        var bytes: [UInt8] = []
        while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The number of the line "NAME VALUE UNIT" in a benchmark's output.
func result(named name: String, in output: String) throws -> Double {
    for line in output.split(separator: "\n") {
        let words = line.split(separator: " ")
        if words.count == 3, words[0] == name, let value = Double(words[1]) { return value }
    }
    throw Failure(description: "no result '\(name)' in: \(output)")
}
