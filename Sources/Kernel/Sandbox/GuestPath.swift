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

    private let process: GuestProcess
    /// The directory it starts from, kept open; nil for an absolute path.
    private let directory: HostDirectory?
    private let start: Start
    /// Relative to `start`; never empty, no NUL in it.
    private let relative: [UInt8]
    /// The rights of the directory's number.
    let rights: Rights
    /// The rights that what is opened here can have at most.
    public let inheriting: Rights

    /// Where a path starts.
    private enum Start {
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
        if bytes[0] == PathText.slash {
            guard process.isWasix else { throw .notcapable }
            try self.init(absolute: bytes, process)
        } else {
            try self.init(relative: bytes, at: fd, thread)
        }
    }

    private init(relative bytes: [UInt8], at fd: FdNumber, _ thread: GuestThread) throws(Errno) {
        let process = thread.process
        guard let file = process.descriptors.file(fd, thread)?.takeUnretainedValue(),
            let entry = process.descriptors.slot(fd)
        else { throw .badf }
        guard let directory = file as? HostDirectory else { throw .notdir }
        try directory.mount.prepare()
        self.process = process
        self.directory = directory
        start = .directory(directory.mount, directory.hostFd, path: directory.path)
        relative = bytes
        rights = entry.pointee.rights
        inheriting = entry.pointee.inheriting
        directory.hold()
    }

    /// Binds an absolute path. No lock needed.
    init(absolute bytes: [UInt8], _ process: GuestProcess) throws(Errno) {
        self.process = process
        directory = nil
        rights = .directory
        inheriting = .known
        if let (mount, rest) = process.mounts.covering(bytes) {
            try mount.prepare()
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

    /// Whether the descriptor is the directory that was granted as the guest's root. No lock held.
    public static func isRoot(_ fd: FdNumber, _ thread: GuestThread) -> Bool {
        thread.kernel.locked {
            guard let file = thread.descriptors.slot(fd)?.pointee.file else { return false }
            return file._withUnsafeGuaranteedRef { ($0 as? HostDirectory)?.isGuestRoot ?? false }
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
            // Above the granted directories there is a tree that only the guest sees.
            guard error == .noent || error == .notcapable, placeAbove(relative) != nil else { throw error }
            return FileStatus(type: .directory, id: 0)
        }
    }

    public func set(_ times: FileTimes, followsLink: Bool) throws(Errno) {
        let found = try open(CL_O_PATH | (followsLink ? 0 : O_NOFOLLOW))
        defer { close(found.fd) }
        guard !found.mount.isReadOnly else { throw .rofs }
        try Self.check(times.apply(to: found.fd))
    }

    /// The text of a symbolic link, cut off where the buffer ends.
    public func readLink(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        let fd = try open(CL_O_PATH | O_NOFOLLOW).fd
        defer { close(fd) }
        guard try FileStatus(hostFd: fd).type == .symbolicLink else { throw .inval }
        guard let base = buffer.baseAddress, buffer.count > 0 else { return 0 }
        let count = readlinkat(fd, "", base.assumingMemoryBound(to: CChar.self), buffer.count)
        guard count >= 0 else { throw .lastHost }
        return count
    }

    public func createDirectory() throws(Errno) {
        let parent = try parent()
        try parent.checkMaking()
        try Self.check(parent.withName { mkdirat(parent.fd, $0, 0o777) })
    }

    public func removeDirectory() throws(Errno) {
        let parent = try parent()
        try parent.checkPlace(pinned: .busy)
        try parent.checkWritable()
        try Self.check(parent.withName { unlinkat(parent.fd, $0, AT_REMOVEDIR) })
    }

    public func unlink() throws(Errno) {
        let parent = try parent()
        try parent.checkPlace(pinned: .isdir)
        try parent.checkWritable()
        try Self.check(parent.withName { unlinkat(parent.fd, $0, 0) })
    }

    /// Makes it a symbolic link that says `target`.
    public func makeLink(to target: [UInt8]) throws(Errno) {
        let parent = try parent()
        try parent.checkMaking()
        try Self.check(
            parent.withName { name in
                PathText.withCString(target) { symlinkat($0, parent.fd, name) }
            })
    }

    /// - Parameter bind: the new name. It is looked at when the old one's directory has been found, as Linux does.
    /// - Throws: XDEV from one granted directory of a WASIX module to another, as between mounts.
    public func rename(to bind: () throws(Errno) -> GuestPath) throws(Errno) {
        let source = try parent()
        let target = try bind().parent()
        try source.checkPlace(pinned: .busy)
        try target.checkPlace(pinned: .busy)
        guard source.mount === target.mount || !process.isWasix else { throw .xdev }
        try source.checkWritable()
        try target.checkWritable()
        try Self.check(
            source.withName { name in PathText.withCString(target.name) { renameat(source.fd, name, target.fd, $0) } })
    }

    /// Gives it a second name.
    /// - Parameter bind: as for `rename`.
    /// - Throws: PERM for a directory; XDEV as for `rename`.
    public func link(as bind: () throws(Errno) -> GuestPath) throws(Errno) {
        // With a slash behind it a link would be followed, and only our own walk may do that.
        guard relative.last != PathText.slash else {
            close(try open(CL_O_PATH | O_DIRECTORY).fd)
            let target = try bind().parent()
            try target.checkFree()
            throw target.name.last == PathText.slash ? .noent : .perm
        }
        let source = try parent()
        let target = try Self.parent(bind, after: source)
        try source.checkPlace(pinned: .perm)
        let crosses = source.mount !== target.mount && process.isWasix
        if crosses {
            try source.checkExistence()
            try target.checkFree()
            throw .xdev
        }
        try target.checkMaking()
        try Self.check(
            source.withName { name in PathText.withCString(target.name) { linkat(source.fd, name, target.fd, $0, 0) } })
    }

    /// Where a second name is to be. Whether the first is there is said first, as on Linux.
    private static func parent(
        _ bind: () throws(Errno) -> GuestPath, after source: borrowing Parent
    ) throws(Errno) -> Parent {
        do throws(Errno) {
            return try bind().parent()
        } catch {
            try source.checkExistence()
            throw error
        }
    }

    // MARK: names

    /// The directory that a last component is in, and that component with the slashes behind it. None of the host calls
    /// made with them follows a link there, and `.` and `..` are refused by each of them.
    private struct Parent: ~Copyable {
        let fd: Int32
        let ownsFd: Bool
        /// Nil above every granted directory.
        let mount: Mount?
        let name: [UInt8]
        /// A granted directory is there or below.
        let isPinned: Bool
        /// What it is to ask for what is not there.
        let miss: Errno

        deinit { if ownsFd { close(fd) } }

        borrowing func withName(_ body: (UnsafePointer<CChar>) -> Int32) -> Errno {
            PathText.withCString(name) { body($0) == 0 ? .success : .lastHost }
        }

        /// - Parameter pinned: what the call answers for a granted directory.
        borrowing func checkPlace(pinned: Errno) throws(Errno) {
            if isPinned { throw pinned }
            if mount == nil { throw miss }
        }

        borrowing func checkWritable() throws(Errno) {
            if mount?.isReadOnly == true { throw .rofs }
        }

        borrowing func checkExistence() throws(Errno) {
            guard mount != nil else { return }
            let answer = withName { faccessat(fd, $0, F_OK, AT_SYMLINK_NOFOLLOW) }
            guard answer == .success else { throw answer }
        }

        /// Before something new gets the name.
        borrowing func checkMaking() throws(Errno) {
            try checkPlace(pinned: .exist)
            if mount?.isReadOnly == true { try checkFree() }
        }

        /// As `checkMaking`, asking the host. Linux says what is there before it says that nothing may be.
        borrowing func checkFree() throws(Errno) {
            try checkPlace(pinned: .exist)
            let bare = Array(name[...(name.lastIndex { $0 != PathText.slash } ?? 0)])
            let answer: Errno = PathText.withCString(bare) {
                faccessat(fd, $0, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? .success : .lastHost
            }
            guard answer == .noent else { throw answer == .success ? .exist : answer }
            try checkWritable()
        }
    }

    /// A descriptor of our own for the directory that the last component is in, and that component with the slashes
    /// behind it: for host calls that make something there.
    func openParent() throws(Errno) -> (directory: Int32, name: [UInt8]) {
        let (directories, name) = PathText.split(relative)
        let found = try open(directories.isEmpty ? PathText.here : directories, CL_O_PATH | O_DIRECTORY, 0)
        guard !found.mount.isReadOnly else {
            close(found.fd)
            throw .rofs
        }
        return (found.fd, name)
    }

    private func parent() throws(Errno) -> Parent {
        let (directories, name) = PathText.split(relative)
        switch start {
        case .directory(let mount, let fd, let path) where directories.isEmpty:
            let isMount = relative == PathText.here && fd == mount.hostFd
            return Parent(
                fd: fd, ownsFd: false, mount: mount, name: name, isPinned: isMount || isPinned(path, name),
                miss: .noent)
        case .directory, .root:
            return try parent(directories.isEmpty ? PathText.here : directories, name)
        }
    }

    private func parent(_ directories: [UInt8], _ name: [UInt8]) throws(Errno) -> Parent {
        do throws(Errno) {
            let found = try open(directories, CL_O_PATH | O_DIRECTORY, 0)
            return Parent(
                fd: found.fd, ownsFd: true, mount: found.mount, name: name, isPinned: isPinned(found.path, name),
                miss: .noent)
        } catch {
            guard error == .noent || error == .notcapable, let (place, miss) = placeAbove(directories) else {
                throw error
            }
            return Parent(
                fd: -1, ownsFd: false, mount: nil, name: name,
                isPinned: process.mounts.isPinned(PathText.normalize(PathText.join(place, name))), miss: miss)
        }
    }

    private func isPinned(_ directory: [UInt8], _ name: [UInt8]) -> Bool {
        process.isWasix && process.mounts.isNested
            && process.mounts.isPinned(PathText.normalize(PathText.join(directory, name)))
    }

    private static func check(_ errno: Errno) throws(Errno) {
        guard errno == .success else { throw errno }
    }

    // MARK: resolving

    private func open(_ path: [UInt8], _ flags: Int32, _ mode: mode_t) throws(Errno) -> Found {
        guard process.isWasix else { return try openBelow(path, flags, mode) }
        do throws(Errno) {
            if let found = try openDirectly(path, flags, mode) { return found }
        } catch {
            // It leads elsewhere, or through a link.
            guard error == .xdev || error == .loop && process.mounts.isNested else { throw error }
        }
        return try openWalking(path, flags, mode)
    }

    /// A plain module has directories, and no tree that they are parts of.
    private func openBelow(_ path: [UInt8], _ flags: Int32, _ mode: mode_t) throws(Errno) -> Found {
        guard case .directory(let mount, let fd, let base) = start else { throw .notcapable }
        do throws(Errno) {
            let opened = try Sandbox.open(mount, fd, path, flags, mode, .below)
            return Found(fd: opened, mount: mount, path: PathText.join(base, path))
        } catch {
            throw error == .xdev ? .notcapable : error
        }
    }

    /// Leaves the whole path to the host, where that is the same.
    /// - Throws: XDEV, and with nested grants LOOP, when it is not.
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
        // A name that turns into a link meanwhile is looked at again.
        for _ in 0..<Self.tries {
            var walk = try newWalk(path)
            let name = try walk.toLast(
                followingLink: flags & O_NOFOLLOW == 0 && !createsOnly, creating: flags & O_CREAT != 0)
            guard let mount = walk.mount else { throw walk.miss }
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

    /// Where `path` leads when that is above every granted directory, and what a name that is not there answers.
    private func placeAbove(_ path: [UInt8]) -> (place: [UInt8], miss: Errno)? {
        guard process.isWasix else { return nil }
        do throws(Errno) {
            var walk = try newWalk(path)
            let name = try walk.toLast(followingLink: true)
            return name == PathText.here && walk.mount == nil ? (walk.path, walk.miss) : nil
        } catch {
            return nil
        }
    }

    private func newWalk(_ path: [UInt8]) throws(Errno) -> PathWalk {
        switch start {
        case .directory(let mount, let fd, let base): PathWalk(process.mounts, from: mount, fd, at: base, path)
        case .root: try PathWalk(process.mounts, fromRoot: path)
        }
    }
}
