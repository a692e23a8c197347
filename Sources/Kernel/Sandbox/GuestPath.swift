import CLinux
import Glibc
import Trace
import WasixABI

/// A path of the guest, bound to the granted or opened directory it starts from.
///
/// The host resolves it and keeps it below that directory (openat2(2), RESOLVE_BENEATH or RESOLVE_IN_ROOT); what is
/// done with the text here decides which directory it starts from and which error it gets, never whether it stays
/// inside. Made with the lock held, used and dropped without it.
public struct GuestPath: ~Copyable {
    /// Longest path that the host takes.
    private static let limit = 4095

    private let process: GuestProcess
    private let directory: HostDirectory
    /// Relative to `directory`; never empty, no NUL in it.
    private let relative: [UInt8]
    /// The rights of the directory's number.
    let rights: Rights
    /// The rights that what is opened here can have at most.
    public let inheriting: Rights

    /// Binds `bytes` to the directory behind `fd`, or, when it is absolute and the module speaks WASIX, to the granted
    /// directory that contains it. Lock held.
    /// - Throws: NOENT for an empty path, NAMETOOLONG, INVAL for a NUL in it, ILSEQ when it is not UTF-8, BADF, NOTDIR,
    ///   NOTCAPABLE for an absolute path of a plain preview1 module.
    public init(_ bytes: [UInt8], at fd: FdNumber, _ thread: GuestThread) throws(Errno) {
        try Self.check(bytes)
        let process = thread.process
        if bytes[0] == UInt8(ascii: "/") {
            guard process.isWasix else { throw .notcapable }
            try self.init(absolute: bytes, process)
        } else {
            guard let file = process.descriptors.file(fd, thread)?.takeUnretainedValue(),
                let entry = process.descriptors.slot(fd)
            else { throw .badf }
            guard let directory = file as? HostDirectory else { throw .notdir }
            self.init(process, directory, bytes, entry.pointee.rights, entry.pointee.inheriting)
        }
    }

    /// Binds an absolute path to the granted directory that contains it. Lock held.
    /// - Throws: NOENT when there is none.
    init(absolute bytes: [UInt8], _ process: GuestProcess) throws(Errno) {
        guard let grant = process.descriptors.grant(for: bytes) else { throw .noent }
        self.init(process, grant.directory, grant.rest, grant.rights, grant.inheriting)
    }

    private init(
        _ process: GuestProcess, _ directory: HostDirectory, _ relative: [UInt8], _ rights: Rights,
        _ inheriting: Rights
    ) {
        self.process = process
        self.directory = directory
        self.relative = relative
        self.rights = rights
        self.inheriting = inheriting
        directory.hold()
    }

    deinit { process.kernel.locked { directory.release() } }

    /// The text rules that hold for every path.
    public static func check(_ bytes: [UInt8]) throws(Errno) {
        guard !bytes.isEmpty else { throw .noent }
        guard bytes.count <= limit else { throw .nametoolong }
        guard !bytes.contains(0) else { throw .inval }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .ilseq }
    }

    /// The path as the guest would write it from its root.
    public var absolute: [UInt8] { PathText.join(directory.path, relative) }

    // MARK: host calls (no lock held)

    /// Opens it.
    /// - Throws: NOTCAPABLE when it leads out of what was granted; the host's reason.
    public func open(_ flags: Int32, mode: mode_t = 0) throws(Errno) -> Int32 { try open(relative, flags, mode) }

    /// What `filestat` tells of it; of the link itself unless `followsLink`.
    public func status(followsLink: Bool) throws(Errno) -> FileStatus {
        let fd = try open(CL_O_PATH | (followsLink ? 0 : O_NOFOLLOW))
        defer { close(fd) }
        return try FileStatus(hostFd: fd)
    }

    public func set(_ times: FileTimes, followsLink: Bool) throws(Errno) {
        let fd = try open(CL_O_PATH | (followsLink ? 0 : O_NOFOLLOW))
        defer { close(fd) }
        try Self.check(times.apply(to: fd))
    }

    /// The text of a symbolic link, cut off where the buffer ends.
    public func readLink(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        let fd = try open(CL_O_PATH | O_NOFOLLOW)
        defer { close(fd) }
        guard try FileStatus(hostFd: fd).type == .symbolicLink else { throw .inval }
        guard let base = buffer.baseAddress, buffer.count > 0 else { return 0 }
        let count = readlinkat(fd, "", base.assumingMemoryBound(to: CChar.self), buffer.count)
        guard count >= 0 else { throw .lastHost }
        return count
    }

    public func createDirectory() throws(Errno) { try atParent { mkdirat($0, $1, 0o777) } }

    public func removeDirectory() throws(Errno) { try atParent { unlinkat($0, $1, AT_REMOVEDIR) } }

    public func unlink() throws(Errno) { try atParent { unlinkat($0, $1, 0) } }

    /// Makes it a symbolic link that says `target`.
    public func makeLink(to target: [UInt8]) throws(Errno) {
        try atParent { parent, name in
            PathText.withCString(target) { symlinkat($0, parent, name) }
        }
    }

    public func rename(to other: borrowing GuestPath) throws(Errno) {
        let source = try parent()
        let target = try other.parent()
        try Self.check(
            source.withName { name in
                target.withName { renameat(source.fd, name, target.fd, $0) == 0 ? .success : .lastHost }
            })
    }

    /// Gives it a second name.
    /// - Throws: PERM for a directory.
    public func link(as other: borrowing GuestPath) throws(Errno) {
        // With a slash behind it a link would be followed, and only the host's own walk may do that.
        guard relative.last != UInt8(ascii: "/") else {
            close(try open(CL_O_PATH | O_DIRECTORY))
            throw .perm
        }
        let source = try parent()
        let target = try other.parent()
        try Self.check(
            source.withName { name in
                target.withName { linkat(source.fd, name, target.fd, $0, 0) == 0 ? .success : .lastHost }
            })
    }

    // MARK: the two ways to the host

    /// The directory that a last component is in, and that component with the slashes behind it. None of the host calls
    /// made with them follows a link there, and `.` and `..` are refused by each of them.
    private struct Parent: ~Copyable {
        let fd: Int32
        let ownsFd: Bool
        let name: [UInt8]

        init(fd: Int32, ownsFd: Bool, name: [UInt8]) {
            self.fd = fd
            self.ownsFd = ownsFd
            self.name = name
        }

        deinit { if ownsFd { close(fd) } }

        borrowing func withName(_ body: (UnsafePointer<CChar>) -> Errno) -> Errno { PathText.withCString(name, body) }
    }

    /// A descriptor of our own for the directory that the last component is in, and that component with the slashes
    /// behind it: for host calls that make something there.
    func openParent() throws(Errno) -> (directory: Int32, name: [UInt8]) {
        let (directories, name) = PathText.split(relative)
        return (try open(directories.isEmpty ? [UInt8(ascii: ".")] : directories, CL_O_PATH | O_DIRECTORY, 0), name)
    }

    private func parent() throws(Errno) -> Parent {
        let (directories, name) = PathText.split(relative)
        guard !directories.isEmpty else { return Parent(fd: directory.hostFd, ownsFd: false, name: name) }
        return Parent(fd: try open(directories, CL_O_PATH | O_DIRECTORY, 0), ownsFd: true, name: name)
    }

    private func atParent(_ body: (_ parent: Int32, _ name: UnsafePointer<CChar>) -> Int32) throws(Errno) {
        let parent = try parent()
        try Self.check(parent.withName { body(parent.fd, $0) == 0 ? .success : .lastHost })
    }

    private static func check(_ errno: Errno) throws(Errno) {
        guard errno == .success else { throw errno }
    }

    private func open(_ path: [UInt8], _ flags: Int32, _ mode: mode_t) throws(Errno) -> Int32 {
        do throws(Errno) {
            return try Sandbox.open(directory, path, flags, mode, isRoot: directory.isRoot && process.isWasix)
        } catch {
            guard error == .xdev else { throw error }
            return try openFromRoot(path, flags, mode)
        }
    }

    /// A WASIX module sees one tree: what leads out of the directory it started from may lead into a granted one.
    private func openFromRoot(_ path: [UInt8], _ flags: Int32, _ mode: mode_t) throws(Errno) -> Int32 {
        guard process.isWasix else { throw .notcapable }
        let whole = PathText.normalize(PathText.join(directory.path, path))
        let grant = process.kernel.locked {
            let grant = process.descriptors.grant(for: whole)
            grant?.directory.hold()
            return grant
        }
        guard let grant else { throw .notcapable }
        defer { process.kernel.locked { grant.directory.release() } }
        do throws(Errno) {
            return try Sandbox.open(grant.directory, grant.rest, flags, mode, isRoot: grant.directory.isRoot)
        } catch {
            throw error == .xdev ? .notcapable : error
        }
    }
}
