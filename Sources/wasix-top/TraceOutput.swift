import CLinux
import Glibc
import Kernel

/// Where a trace or a report goes: standard error, a file, or a command's standard input (`-o '|cmd'`).
final class TraceOutput {
    let descriptor: Int32
    /// What messages call it.
    let name: String
    private var command: pid_t?

    /// - Parameters:
    ///   - path: nil for standard error.
    ///   - what: what is written, for messages: `trace`.
    init(_ path: ByteString?, for what: String) throws {
        guard let path else {
            descriptor = STDERR_FILENO
            name = "standard error"
            return
        }
        name = path.description
        guard let first = path.bytes.first, first == UInt8(ascii: "|") || first == UInt8(ascii: "!") else {
            descriptor = path.withCString { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666) }
            guard descriptor >= 0 else { throw Failure("the \(what) cannot be written", name, errno: errno) }
            return
        }
        var ends: [Int32] = [-1, -1]
        guard cl_pipe2(&ends, O_CLOEXEC) == 0 else {
            throw Failure("the \(what) cannot be written", name, errno: errno)
        }
        let line: [ByteString] = ["/bin/sh", "-c", ByteString(path.bytes.dropFirst())]
        var words: [UnsafeMutablePointer<CChar>?] = line.map { $0.withCString { strdup($0) } } + [nil]
        defer { for word in words { free(word) } }
        let answer = cl_spawn_fed(&words, ends[0])
        close(ends[0])
        guard answer > 0 else {
            close(ends[1])
            throw Failure("the \(what) cannot be written", name, errno: -answer)
        }
        command = answer
        descriptor = ends[1]
    }

    /// No more is written: a file is closed, a command reads the end and is waited for.
    /// - Returns: how the command ended, as a shell has it; 0 for a file.
    @discardableResult
    func finish() -> Int32 {
        guard descriptor != STDERR_FILENO else { return 0 }
        close(descriptor)
        guard let command else { return 0 }
        var status: Int32 = 0
        while waitpid(command, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }
}
