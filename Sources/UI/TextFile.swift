import Glibc

/// Files that the user asks for.
package enum TextFile {
    /// Writes `text` to a new file. One that is there already is left alone.
    /// - Returns: what to tell the user.
    package static func write(_ text: String, to name: String) -> String {
        let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            return errno == EEXIST
                ? "\(name) is there already; nothing was written"
                : "not written: \(name): \(String(cString: strerror(errno)))"
        }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else {
                return "not all was written: \(name): \(String(cString: strerror(errno)))"
            }
            rest = rest.dropFirst(max(count, 0))
        }
        return "written to \(name)"
    }
}
