import CLinux
import Glibc
import Synchronization
import WasixABI

/// A directory of the host that exists for one guest: made, for this user alone, when the guest first looks at it.
///
/// A helper process removes it. It waits for the end of a pipe whose other end only this program holds, so the directory
/// goes also when this program is killed.
final class TemporaryDirectory: Sendable {
    private struct Made {
        var remover: pid_t
        /// The end of the pipe whose closing tells the remover to begin.
        var lifeline: Int32
    }

    private let made = Mutex<Made?>(nil)
    /// The directories that exist. They are removed when the program ends in an orderly way.
    private static let existing = Mutex<[pid_t: Int32]>([:])

    deinit {
        guard let made = made.withLock({ $0 }) else { return }
        Self.existing.withLock { $0[made.remover] = nil }
        Self.remove(made)
    }

    /// A descriptor number for a directory that does not exist yet.
    static func reserveDescriptor() throws(Errno) -> Int32 {
        Int32(try HostCall.value(.open) { open("/", CL_O_PATH | O_CLOEXEC) })
    }

    var isMade: Bool { made.withLock { $0 != nil } }

    /// Where such directories are made, by the value of TMPDIR: an empty one counts as none, as for mktemp(1).
    static func parent(_ named: UnsafePointer<CChar>?) -> [CChar] {
        guard let named, named.pointee != 0 else { return Array("/tmp".utf8CString) }
        return Array(UnsafeBufferPointer(start: named, count: strlen(named) + 1))
    }

    /// Makes the directory, unless that has happened, and lets the reserved `fd` stand for it. Makes a process as well: no
    /// lock held.
    func make(behind fd: Int32) throws(Errno) {
        try made.withLock { (made) throws(Errno) in
            guard made == nil else { return }
            var name = Self.parent(getenv("TMPDIR")).dropLast() + Array("/wasix-top-XXXXXX".utf8CString)
            guard mkdtemp(&name) != nil else { throw .lastHost }
            do throws(Errno) {
                let directory = Int32(
                    try HostCall.value(.open) { open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
                defer { close(directory) }
                // The remover changes to another working directory, so it needs the absolute path.
                guard let whole = realpath(name, nil) else { throw .lastHost }
                defer { free(whole) }
                let new = try Self.startRemover(of: whole)
                do throws(Errno) {
                    try HostCall.value(.open) { cl_dup3(directory, fd, O_CLOEXEC) }
                } catch {
                    Self.remove(new)
                    throw error
                }
                Self.removeAtExit(new)
                made = new
            } catch {
                rmdir(name)
                throw error
            }
        }
    }

    /// Starts the helper process that removes it, in a session of its own, where neither the terminal's keys nor a
    /// hang-up reach it.
    private static func startRemover(of name: UnsafePointer<CChar>) throws(Errno) -> Made {
        var ends: [Int32] = [0, 0]
        try HostCall.value(.open) { cl_pipe2(&ends, O_CLOEXEC) }
        defer { close(ends[0]) }
        // Directories that the guest left without permissions are made removable first.
        let script = "cd /; read line; chmod -R u+rwX -- \"$0\"; exec rm -rf -- \"$0\""
        var words: [UnsafeMutablePointer<CChar>?] = [
            strdup("/bin/sh"), strdup("-c"), strdup(script), strdup(name), nil,
        ]
        defer { for word in words { free(word) } }
        let child = cl_spawn_apart(&words, ends[0])
        guard child > 0 else {
            close(ends[1])
            throw Errno(host: -child)
        }
        return Made(remover: child, lifeline: ends[1])
    }

    private static func removeAtExit(_ made: Made) {
        let isFirst = existing.withLock { existing in
            existing[made.remover] = made.lifeline
            return existing.count == 1
        }
        guard isFirst else { return }
        atexit {
            let left = TemporaryDirectory.existing.withLock { existing in
                defer { existing = [:] }
                return existing
            }
            for (remover, lifeline) in left { TemporaryDirectory.remove(Made(remover: remover, lifeline: lifeline)) }
        }
    }

    private static func remove(_ made: Made) {
        close(made.lifeline)
        var status: Int32 = 0
        while waitpid(made.remover, &status, 0) < 0, Glibc.errno == EINTR {}
    }
}
