import Glibc
import Kernel

/// Small files of the host, read whole.
enum HostText {
    /// Bytes; more than any lesson or guest's source has.
    private static let limit = 1 << 20

    /// - Throws: the host's errno; EISDIR and EINVAL for what is no file, EFBIG for one that is too large.
    static func read(_ path: ByteString) throws(HostTextError) -> [UInt8] {
        // Nobody need be at the other end of a pipe, to be told that it is none.
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw HostTextError(errno: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw HostTextError(errno: errno) }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG else { throw HostTextError(errno: kind == S_IFDIR ? EISDIR : EINVAL) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw HostTextError(errno: errno) }
            if count == 0 { return bytes }
            bytes += part[..<count]
            guard bytes.count <= limit else { throw HostTextError(errno: EFBIG) }
        }
    }

    /// What can be read of the lines of a file; nil where there is none.
    static func lines(_ path: ByteString) -> [String]? {
        guard let bytes = try? read(path) else { return nil }
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        return lines.map(String.init)
    }

    /// Names in a directory; none where there is no directory.
    static func names(in folder: ByteString) -> [String] {
        guard let directory = folder.withCString({ opendir($0) }) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names.sorted()
    }
}

struct HostTextError: Error {
    let errno: Int32
}
