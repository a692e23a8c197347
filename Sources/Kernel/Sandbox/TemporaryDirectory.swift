import CLinux
import Glibc
import Synchronization
import WasixABI

/// A directory of the host that exists for one guest: made, for this user alone, when it is first asked for.
///
/// A helper process removes it. It waits for the end of a pipe whose other end only this program holds, so the directory
/// goes also when this program is killed.
public final class TemporaryDirectory: Sendable {
    private struct Made {
        /// Absolute.
        let path: ByteString
        var remover: pid_t
        /// The end of the pipe whose closing tells the remover to begin.
        var lifeline: Int32
    }

    private let made = Mutex<Made?>(nil)
    /// The directories that exist. They are removed when the program ends in an orderly way.
    private static let existing = Mutex<[pid_t: Int32]>([:])

    public init() {}

    deinit {
        guard let made = made.withLock({ $0 }) else { return }
        Self.existing.withLock { $0[made.remover] = nil }
        Self.remove(made.remover, made.lifeline)
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

    /// Makes the directory, unless that has happened. Makes a process as well: no lock held.
    /// - Returns: its absolute path on the host.
    public func path() throws(Errno) -> ByteString {
        try made.withLock { (made) throws(Errno) in
            if let made { return made.path }
            let new = try Self.make()
            made = new
            return new.path
        }
    }

    /// Makes the directory, unless that has happened, and lets the reserved `fd` stand for it. No lock held.
    func make(behind fd: Int32) throws(Errno) {
        try made.withLock { (made) throws(Errno) in
            guard made == nil else { return }
            let new = try Self.make()
            do throws(Errno) {
                let directory = Int32(
                    try HostCall.value(.open) {
                        new.path.withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
                    })
                defer { close(directory) }
                try HostCall.value(.open) { cl_dup3(directory, fd, O_CLOEXEC) }
            } catch {
                Self.existing.withLock { $0[new.remover] = nil }
                Self.remove(new.remover, new.lifeline)
                throw error
            }
            made = new
        }
    }

    private static func make() throws(Errno) -> Made {
        var name = parent(getenv("TMPDIR")).dropLast() + Array("/wasix-top-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else { throw .lastHost }
        do throws(Errno) {
            // The remover changes to another working directory, so it needs the absolute path.
            guard let whole = realpath(name, nil) else { throw .lastHost }
            defer { free(whole) }
            let (remover, lifeline) = try startRemover(of: whole)
            removeAtExit(remover, lifeline)
            return Made(path: ByteString(cString: whole), remover: remover, lifeline: lifeline)
        } catch {
            rmdir(name)
            throw error
        }
    }

    /// Starts the helper process that removes it, in a session of its own, where neither the terminal's keys nor a
    /// hang-up reach it.
    private static func startRemover(
        of name: UnsafePointer<CChar>
    ) throws(Errno) -> (remover: pid_t, lifeline: Int32) {
        var ends: [Int32] = [0, 0]
        try HostCall.value(.open) { cl_pipe2(&ends, O_CLOEXEC) }
        defer { close(ends[0]) }
        // Directories that the guest left without permissions are made removable first. Where a thread is still writing, a
        // file may be new behind the back of the first rm(1).
        let script =
            "cd /; read line; chmod -R u+rwX -- \"$0\"; rm -rf -- \"$0\" 2>/dev/null || exec rm -rf -- \"$0\""
        var words: [UnsafeMutablePointer<CChar>?] = [
            strdup("/bin/sh"), strdup("-c"), strdup(script), strdup(name), nil,
        ]
        defer { for word in words { free(word) } }
        let child = cl_spawn_apart(&words, ends[0])
        guard child > 0 else {
            close(ends[1])
            throw Errno(host: -child)
        }
        return (child, ends[1])
    }

    private static func removeAtExit(_ remover: pid_t, _ lifeline: Int32) {
        let isFirst = existing.withLock { existing in
            existing[remover] = lifeline
            return existing.count == 1
        }
        guard isFirst else { return }
        atexit {
            let left = TemporaryDirectory.existing.withLock { existing in
                defer { existing = [:] }
                return existing
            }
            for (remover, lifeline) in left { TemporaryDirectory.remove(remover, lifeline) }
        }
    }

    private static func remove(_ remover: pid_t, _ lifeline: Int32) {
        close(lifeline)
        var status: Int32 = 0
        while waitpid(remover, &status, 0) < 0, Glibc.errno == EINTR {}
    }
}
