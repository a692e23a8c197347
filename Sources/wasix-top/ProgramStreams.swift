import Glibc
import Terminal

/// What the program itself says on standard error, unbuffered. All of it is written here, made safe and cut: texts of a
/// module, of a file or of the command line can neither control the terminal nor flood it.
enum StandardError {
    /// Characters of one line. A list of imports that we do not have can be long.
    private static let limit = 16_384

    static func write(line: String) { write(lines: [line]) }

    static func write(lines: [String]) {
        let text = lines.map { Sanitizer.clean($0, limit: limit) + "\n" }.joined()
        // A failure is ignored: there is nowhere else to report it.
        _ = writeAll(text, to: STDERR_FILENO)
    }
}

/// Standard output, for what a command was asked for.
enum StandardOutput {
    /// - Throws: a failure of our own when not all of it can be written, as coreutils' programs do.
    static func write(_ text: String) throws {
        let failure = writeAll(text, to: STDOUT_FILENO)
        guard failure == 0 else { throw Failure("standard output: \(String(cString: strerror(failure)))") }
    }
}

/// - Returns: 0 or the host's errno.
private func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
        var rest = UnsafeRawBufferPointer(bytes)
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            } else if count == 0 || errno != EINTR {
                return count == 0 ? EIO : errno
            }
        }
        return 0
    }
}
