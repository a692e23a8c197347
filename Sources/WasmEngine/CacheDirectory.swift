import Glibc

/// An open directory that belongs to this user and that nobody else can write. Names in it are never followed as links.
struct CacheDirectory: ~Copyable {
    private let descriptor: Int32

    /// nil when the directory is missing, somebody else's, writable by others, or cannot be made.
    /// - Parameter given: makes what is missing after this many bytes of the path; nil makes nothing.
    init?(path: [UInt8], makingBelow given: Int? = nil) {
        if let given { Self.make(path, below: given) }
        descriptor = Self.withCString(path) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) }
        var status = stat()
        guard descriptor >= 0 else { return nil }
        let isPrivate = fstat(descriptor, &status) == 0 && status.st_uid == geteuid() && status.st_mode & 0o022 == 0
        guard isPrivate else {
            close(descriptor)
            return nil
        }
    }

    deinit {
        close(descriptor)
    }

    /// Hands the contents of a regular file of ours to `body`; nil when there is no such file.
    func withFile<R>(named name: String, _ body: (UnsafeRawBufferPointer) -> R) -> R? {
        // Not blocking: somebody may have put a named pipe there.
        let file = openat(descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            status.st_size > 0, let bytes = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, file, 0),
            bytes != MAP_FAILED
        else { return nil }
        defer { munmap(bytes, Int(status.st_size)) }
        return body(UnsafeRawBufferPointer(start: bytes, count: Int(status.st_size)))
    }

    /// Writes a file that has no name, and names it when it is whole; the program can be ended at any moment and leaves
    /// nothing behind. Where the file system knows no such files it has a temporary name. Whatever fails leaves no
    /// trace: the next run tries again.
    func replace(_ name: String, with parts: [[UInt8]]) {
        let temporary = "\(name).\(getpid()).\(UInt32.random(in: 0 ... .max))"
        let nameless = openat(descriptor, ".", Self.nameless | O_WRONLY | O_CLOEXEC, 0o600)
        let file =
            nameless >= 0
            ? nameless : openat(descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return }
        var isWhole = parts.allSatisfy { Self.writeAll($0, to: file) }
        if isWhole, nameless >= 0 {
            isWhole = linkat(AT_FDCWD, "/proc/self/fd/\(file)", descriptor, temporary, AT_SYMLINK_FOLLOW) == 0
        }
        // Some file systems say only now that there was no room.
        let closed = close(file) == 0
        guard isWhole, closed, renameat(descriptor, temporary, descriptor, name) == 0 else {
            unlinkat(descriptor, temporary, 0)
            return
        }
    }

    /// O_TMPFILE, which is no plain number in C.
    private static let nameless: Int32 = 0o20_000_000 | O_DIRECTORY

    private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }

    /// Makes every missing directory on the way. Failures show when the directory is opened.
    private static func make(_ path: [UInt8], below given: Int) {
        for end in max(given, 1)..<path.count where path[end] == UInt8(ascii: "/") && end > given {
            withCString(path[..<end]) { _ = mkdir($0, 0o700) }
        }
        withCString(path) { _ = mkdir($0, 0o700) }
    }

    private static func withCString<Result>(
        _ path: some Sequence<UInt8>, _ body: (UnsafePointer<CChar>) -> Result
    ) -> Result {
        (path.map(CChar.init(bitPattern:)) + [0]).withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}
