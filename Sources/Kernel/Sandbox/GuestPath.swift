import CLinux
import Glibc
import Trace
import WasixABI

/// A path of the guest, bound to the granted or opened directory it starts from.
///
/// The host resolves it and keeps it below that directory (openat2(2), RESOLVE_BENEATH or RESOLVE_IN_ROOT). What leads out
/// of it, or may meet a directory that was granted further down, is walked one component at a time (`PathWalk`). What is
/// done with the text here decides where a path starts and which error it gets, never whether it stays inside. Made with
/// the lock held, used and dropped without it.
public struct GuestPath: ~Copyable {
    /// Longest path that the host takes.
    private static let limit = 4095

    let process: GuestProcess
    /// The directory it starts from, kept open; nil for an absolute path.
    private let directory: HostDirectory?
    let start: Start
    /// Relative to `start`; never empty, no NUL in it.
    let relative: [UInt8]
    /// As the guest wrote it.
    let written: [UInt8]
    /// The rights of the directory's number.
    let rights: Rights
    /// The rights that what is opened here can have at most.
    public let inheriting: Rights

    /// Where a path starts.
    enum Start {
        /// A directory of a mount, by its path from the guest's root.
        case directory(Mount, Int32, path: [UInt8])
        /// The guest's root, where nothing is granted.
        case root
    }

    /// What was found, open in the host.
    public struct Found {
        public let fd: Int32
        public let mount: Mount
        /// As the guest would write it from its root.
        public let path: [UInt8]
    }

    /// Binds `bytes` to the directory behind `fd`, or, when it is absolute and the module speaks WASIX, to the granted
    /// directory that contains it. Lock held.
    /// - Throws: NOENT for an empty path, NAMETOOLONG, INVAL for a NUL in it, ILSEQ when it is not UTF-8, BADF, NOTDIR,
    ///   NOTCAPABLE for an absolute path of a plain preview1 module.
    public init(_ bytes: [UInt8], at fd: FdNumber, _ thread: GuestThread) throws(Errno) {
        try Self.check(bytes)
        let process = thread.process
        guard bytes[0] != PathText.slash else {
            guard process.isWasix else { throw .notcapable }
            self.init(absolute: bytes, process)
            return
        }
        guard process.descriptors.file(fd, thread) != nil, let entry = process.descriptors.directorySlot(fd),
            let file = entry.file?.takeUnretainedValue()
        else { throw .badf }
        let (rights, inheriting) = (entry.rights, entry.inheriting)
        if let place = (file as? VirtualDirectory)?.path {
            self.init(absolute: PathText.join(place, bytes), process, rights, inheriting, written: bytes)
        } else if let directory = file as? HostDirectory {
            self.init(bytes, from: directory, process, rights, inheriting)
        } else {
            throw .notdir
        }
    }

    /// Lock held.
    private init(
        _ bytes: [UInt8], from directory: HostDirectory, _ process: GuestProcess, _ rights: Rights, _ inheriting: Rights
    ) {
        self.process = process
        self.directory = directory
        start = .directory(directory.mount, directory.hostFd, path: directory.path)
        relative = bytes
        written = bytes
        self.rights = rights
        self.inheriting = inheriting
        directory.hold()
    }

    /// Binds an absolute path. No lock needed.
    init(
        absolute bytes: [UInt8], _ process: GuestProcess, _ rights: Rights = .directory,
        _ inheriting: Rights = .known, written: [UInt8]? = nil
    ) {
        self.written = written ?? bytes
        self.process = process
        directory = nil
        self.rights = rights
        self.inheriting = inheriting
        if let (mount, rest) = process.mounts.covering(bytes) {
            start = .directory(mount, mount.hostFd, path: mount.path)
            relative = rest
        } else {
            start = .root
            relative = bytes
        }
    }

    deinit {
        if let directory { process.kernel.locked { directory.release() } }
    }

    /// The text rules that hold for every path.
    public static func check(_ bytes: [UInt8]) throws(Errno) {
        guard !bytes.isEmpty else { throw .noent }
        guard bytes.count <= limit else { throw .nametoolong }
        guard !bytes.contains(0) else { throw .inval }
        guard bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil else { throw .ilseq }
    }

    /// Where a descriptor stands in the part of the guest's tree that only the guest sees, or the guest's root when that
    /// was granted; nil for everything else. No lock held.
    public static func place(of fd: FdNumber, _ thread: GuestThread) -> [UInt8]? {
        thread.kernel.locked {
            guard let file = thread.descriptors.directorySlot(fd)?.file else { return nil }
            return file._withUnsafeGuaranteedRef { file in
                if let directory = file as? VirtualDirectory { return directory.path }
                return (file as? HostDirectory)?.isGuestRoot == true ? PathText.root : nil
            }
        }
    }

    // MARK: host calls (no lock held)

    /// Opens it.
    /// - Throws: NOTCAPABLE when it leads out of what was granted; the host's reason.
    public func open(_ flags: Int32, mode: mode_t = 0) throws(Errno) -> Found { try open(relative, flags, mode) }

    /// What `filestat` tells of it; of the link itself unless `followsLink`.
    public func status(followsLink: Bool) throws(Errno) -> FileStatus {
        do throws(Errno) {
            let fd = try open(CL_O_PATH | (followsLink ? 0 : O_NOFOLLOW)).fd
            defer { close(fd) }
            return try FileStatus(hostFd: fd)
        } catch {
            guard let place = placeAbove(after: error) else { throw error }
            return VirtualDirectory.status(of: place)
        }
    }

    /// Sets its times; of the link itself unless `followsLink`.
    /// - Throws: ROFS for what only the guest sees or was granted for reading only; as `open`.
    public func set(_ times: FileTimes, followsLink: Bool) throws(Errno) {
        let found: Found
        do throws(Errno) {
            found = try open(CL_O_PATH | (followsLink ? 0 : O_NOFOLLOW))
        } catch {
            throw placeAbove(after: error) == nil ? error : .rofs
        }
        defer { close(found.fd) }
        guard !found.mount.isReadOnly else { throw .rofs }
        try times.apply(to: found.fd)
    }

    /// The text of a symbolic link, cut off where the buffer ends.
    /// - Throws: INVAL for a buffer without room, whatever the path says, and for what is no link (readlink(2)).
    public func readLink(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        guard let base = buffer.baseAddress, buffer.count > 0 else { throw .inval }
        let fd: Int32
        do throws(Errno) {
            fd = try open(CL_O_PATH | O_NOFOLLOW).fd
        } catch {
            throw placeAbove(after: error) == nil ? error : .inval
        }
        defer { close(fd) }
        guard try FileStatus(hostFd: fd).type == .symbolicLink else { throw .inval }
        return try HostCall.value(.status) {
            readlinkat(fd, "", base.assumingMemoryBound(to: CChar.self), buffer.count)
        }
    }

    // MARK: resolving

    func open(_ path: [UInt8], _ flags: Int32, _ mode: mode_t) throws(Errno) -> Found {
        try prepare()
        guard process.isWasix else { return try openBelow(path, flags, mode) }
        do throws(Errno) {
            if let found = try openDirectly(path, flags, mode) { return found }
        } catch {
            // It leads out of this mount, or through a link: our own walk decides.
            guard error == .xdev || error == .loop && process.mounts.isNested else { throw error }
        }
        return try openWalking(path, flags, mode)
    }

    /// Makes the directory that the path starts from, if that is made on demand. Must have succeeded before the host is
    /// asked about anything below it.
    func prepare() throws(Errno) {
        if case .directory(let mount, _, _) = start { try mount.prepare() }
    }

    /// A plain preview1 module has separate directories, not one tree.
    private func openBelow(_ path: [UInt8], _ flags: Int32, _ mode: mode_t) throws(Errno) -> Found {
        guard case .directory(let mount, let fd, let base) = start else { throw .notcapable }
        do throws(Errno) {
            let opened = try Sandbox.open(mount, fd, path, flags, mode, .below)
            return Found(fd: opened, mount: mount, path: PathText.join(base, path))
        } catch {
            throw error == .xdev ? .notcapable : error
        }
    }

    /// Opens the path with a single host call, where that gives the same result as a walk.
    /// - Returns: nil when only a walk can resolve the path.
    /// - Throws: XDEV, and with nested grants LOOP, when the host has found that out; its reason for other failures.
    private func openDirectly(_ path: [UInt8], _ flags: Int32, _ mode: mode_t) throws(Errno) -> Found? {
        guard case .directory(let mount, let fd, let base) = start else { return nil }
        let whole = path == PathText.here ? base : PathText.join(base, path)
        guard process.mounts.isNested else {
            let isRoot = fd == mount.hostFd && mount.path == PathText.root
            let opened = try Sandbox.open(mount, fd, path, flags, mode, isRoot ? .root : .below)
            return Found(fd: opened, mount: mount, path: whole)
        }
        guard !PathText.climbs(path) else { return nil }
        let place = PathText.normalize(whole)
        guard let (covering, rest) = process.mounts.covering(whole) else { return nil }
        if covering === mount {
            return Found(
                fd: try Sandbox.open(mount, fd, path, flags, mode, .withoutLinks), mount: mount, path: place)
        }
        try covering.prepare()
        return Found(
            fd: try Sandbox.open(covering, covering.hostFd, rest, flags, mode, .withoutLinks), mount: covering,
            path: place)
    }

    private func openWalking(_ path: [UInt8], _ flags: Int32, _ mode: mode_t) throws(Errno) -> Found {
        let createsOnly = flags & (O_CREAT | O_EXCL) == O_CREAT | O_EXCL
        // A name may have become a link after the walk looked at it: then the walk is repeated.
        for _ in 0..<Self.tries {
            var walk = try newWalk(path)
            let name = try walk.toLast(
                followingLink: flags & O_NOFOLLOW == 0 && !createsOnly, creating: flags & O_CREAT != 0)
            guard let mount = walk.mount else {
                // In a directory that only the guest sees nothing can be made.
                throw flags & O_CREAT != 0 && name != PathText.here && walk.miss == .noent ? .rofs : walk.miss
            }
            do throws(Errno) {
                let opened = try Sandbox.open(mount, walk.fd, name, flags | O_NOFOLLOW, mode, .withoutLinks)
                return Found(
                    fd: opened, mount: mount, path: PathText.normalize(PathText.join(walk.path, name)))
            } catch {
                guard error == .loop, flags & O_NOFOLLOW == 0 else { throw error }
            }
        }
        throw .loop
    }

    private static let tries = 64

    /// Where `path` leads, if that is a place that only the guest sees, and the errno for a name that does not exist
    /// there.
    func placeAbove(_ path: [UInt8]) -> (place: [UInt8], miss: Errno)? {
        guard process.isWasix else { return nil }
        do throws(Errno) {
            var walk = try newWalk(path)
            let name = try walk.toLast(followingLink: true)
            return name == PathText.here && walk.mount == nil ? (walk.path, walk.miss) : nil
        } catch {
            return nil
        }
    }

    /// The place that the path names, when the host did not find it because only the guest sees it.
    private func placeAbove(after error: Errno) -> [UInt8]? {
        error == .noent || error == .notcapable ? placeAbove(relative)?.place : nil
    }

    private func newWalk(_ path: [UInt8]) throws(Errno) -> PathWalk {
        switch start {
        case .directory(let mount, let fd, let base): PathWalk(process.mounts, from: mount, fd, at: base, path)
        case .root: try PathWalk(process.mounts, fromRoot: path)
        }
    }
}
