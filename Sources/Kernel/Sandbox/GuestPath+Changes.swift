import CLinux
import Glibc
import Trace
import WasixABI

/// Making, moving and removing names. No lock held.
extension GuestPath {
    public func createDirectory() throws(Errno) {
        let parent = try parent()
        try parent.checkMaking()
        try parent.withName { mkdirat(parent.fd, $0, 0o777) }
    }

    /// - Throws: INVAL and NOTEMPTY for a last component `.` and `..` (rmdir(2)), what any path can.
    public func removeDirectory() throws(Errno) {
        let parent = try parent()
        // The name of a granted directory is not the directory's own ".".
        switch Array(PathText.split(written).name.prefix { $0 != PathText.slash }) {
        case PathText.here: throw .inval
        case PathText.up: throw .notempty
        default: break
        }
        try parent.checkPlace(pinned: .busy)
        try parent.checkWritable()
        try parent.withName { unlinkat(parent.fd, $0, AT_REMOVEDIR) }
    }

    public func unlink() throws(Errno) {
        let parent = try parent()
        try parent.checkPlace(pinned: .isdir)
        try parent.checkWritable()
        try parent.withName { unlinkat(parent.fd, $0, 0) }
    }

    /// Makes it a symbolic link that says `target`.
    public func makeLink(to target: [UInt8]) throws(Errno) {
        let parent = try parent()
        try parent.checkMaking()
        try parent.withName { name in
            PathText.withCString(target) { symlinkat($0, parent.fd, name) }
        }
    }

    /// Moves it to the name that `bind` gives. `bind` is called when the old name's directory has been found, because
    /// Linux looks the names up in this order.
    /// - Throws: XDEV from one granted directory of a WASIX module to another, as between mounts; ACCES when a
    ///   Unix-domain socket would get to where rules say something else of it.
    public func rename(to bind: () throws(Errno) -> GuestPath, _ thread: GuestThread) throws(Errno) {
        let source = try parent()
        let target = try bind().parent()
        try source.checkReach(pinned: .busy)
        try target.checkReach(pinned: .busy)
        guard source.mount === target.mount || !process.isWasix else { throw .xdev }
        try source.checkPlace(pinned: .busy)
        try source.checkWritable()
        try target.checkWritable()
        try SocketMove.perform(source.fd, source.name, target.fd, target.name, thread) { () throws(Errno) in
            try source.withName { name in
                PathText.withCString(target.name) { renameat(source.fd, name, target.fd, $0) }
            }
        }
    }

    /// Gives it a second name, `bind` being as for `rename`.
    /// - Throws: PERM for a directory; XDEV and ACCES as for `rename`.
    public func link(as bind: () throws(Errno) -> GuestPath, _ thread: GuestThread) throws(Errno) {
        // The host would follow a link that has a slash behind its name, and only our own walk may do that.
        guard relative.last != PathText.slash else {
            close(try open(CL_O_PATH | O_DIRECTORY).fd)
            let target = try bind().parent()
            try target.checkFree()
            // Nothing can be made in a directory that has been removed, whatever it is (Linux: filename_create).
            var directory = stat()
            let isRemoved = fstat(target.fd, &directory) == 0 && directory.st_nlink == 0
            throw isRemoved || target.name.last == PathText.slash ? .noent : .perm
        }
        let source = try parent()
        let target = try Self.parent(bind, after: source)
        if source.isPinned { throw .perm }
        guard source.mount != nil else { throw source.isDevice ? .xdev : source.miss }
        let crosses = source.mount !== target.mount && process.isWasix
        if crosses {
            try source.checkExistence()
            try target.checkFree()
            throw .xdev
        }
        try target.checkMaking()
        try SocketMove.perform(source.fd, source.name, target.fd, target.name, thread) { () throws(Errno) in
            try source.withName { name in
                PathText.withCString(target.name) { linkat(source.fd, name, target.fd, $0, 0) }
            }
        }
    }

    /// The directory of the second name. When it cannot be found, and the first name does not exist either, that is
    /// reported first, as on Linux.
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

    /// The directory of the last component, and that component with the slashes behind it. The host calls that are made
    /// with them follow no link there, and each refuses `.` and `..`.
    private struct Parent: ~Copyable {
        let fd: Int32
        let ownsFd: Bool
        /// Nil where only the guest sees a directory.
        let mount: Mount?
        let name: [UInt8]
        /// A directory is there that leads to a granted one, or that the guest finds without a grant.
        let isPinned: Bool
        /// A device is there.
        let isDevice: Bool
        /// The errno for a name that does not exist.
        let miss: Errno

        deinit { if ownsFd { close(fd) } }

        borrowing func withName(_ body: (UnsafePointer<CChar>) -> Int32) throws(Errno) {
            try PathText.withCString(name) { name throws(Errno) in _ = try HostCall.value(.name) { body(name) } }
        }

        /// Refuses a name that is pinned, and one whose directory is outside what was granted.
        /// - Parameter pinned: what the call answers for a granted directory.
        borrowing func checkReach(pinned: Errno) throws(Errno) {
            if isPinned { throw pinned }
            if mount == nil, miss == .notcapable { throw miss }
        }

        /// As `checkReach`; what only the guest sees cannot be changed.
        borrowing func checkPlace(pinned: Errno) throws(Errno) {
            try checkReach(pinned: pinned)
            if mount == nil { throw .rofs }
        }

        /// - Throws: ROFS in a directory that was granted for reading only.
        borrowing func checkWritable() throws(Errno) {
            if mount?.isReadOnly == true { throw .rofs }
        }

        /// - Throws: the host's reason when the name does not exist. In a place that only the guest sees nothing is
        ///   checked.
        borrowing func checkExistence() throws(Errno) {
            guard mount != nil else { return }
            try withName { faccessat(fd, $0, F_OK, AT_SYMLINK_NOFOLLOW) }
        }

        /// Checks that something new may be made under the name.
        borrowing func checkMaking() throws(Errno) {
            if isDevice { throw .exist }
            try checkPlace(pinned: .exist)
            if mount?.isReadOnly == true { try checkFree() }
        }

        /// As `checkMaking`, asking the host first: Linux reports EXIST before EROFS.
        borrowing func checkFree() throws(Errno) {
            if isDevice { throw .exist }
            try checkPlace(pinned: .exist)
            let bare = Array(name[...(name.lastIndex { $0 != PathText.slash } ?? 0)])
            let answer = PathText.withCString(bare) { name in
                HostCall.answer(.name) { faccessat(fd, name, F_OK, AT_SYMLINK_NOFOLLOW) }
            }
            guard answer == -Int(ENOENT) else { throw answer < 0 ? Errno(failure: answer) : .exist }
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
            try prepare()
            let isMount = relative == PathText.here && fd == mount.hostFd
            return Parent(
                fd: fd, ownsFd: false, mount: mount, name: name, isPinned: isMount || isPinned(path, name),
                isDevice: false, miss: .noent)
        case .directory, .root:
            return try parent(directories.isEmpty ? PathText.here : directories, name)
        }
    }

    private func parent(_ directories: [UInt8], _ name: [UInt8]) throws(Errno) -> Parent {
        do throws(Errno) {
            let found = try open(directories, CL_O_PATH | O_DIRECTORY, 0)
            return Parent(
                fd: found.fd, ownsFd: true, mount: found.mount, name: name, isPinned: isPinned(found.path, name),
                isDevice: false, miss: .noent)
        } catch {
            guard error == .noent || error == .notcapable, let (place, miss) = placeAbove(directories) else {
                throw error
            }
            let whole = PathText.normalize(PathText.join(place, name))
            return Parent(
                fd: -1, ownsFd: false, mount: nil, name: name, isPinned: process.mounts.isVirtualDirectory(whole),
                isDevice: Device(whole) != nil, miss: miss)
        }
    }

    private func isPinned(_ directory: [UInt8], _ name: [UInt8]) -> Bool {
        process.isWasix && process.mounts.isNested
            && process.mounts.isPinned(PathText.normalize(PathText.join(directory, name)))
    }
}
