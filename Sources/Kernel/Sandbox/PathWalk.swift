import CLinux
import Glibc
import WasixABI

/// Resolves a path component by component, as Linux does where mounts lie in the way: for what leads from one granted
/// directory into another. The host is only ever asked about single names, whose links it does not follow, and about
/// `..` of a directory that is then found below its mount. No lock held.
struct PathWalk: ~Copyable {
    /// As many links as Linux follows in one path.
    private static let mostLinks = 40
    /// More levels than any path can name.
    private static let mostLevels = 4096

    private let mounts: MountTable
    /// What is still to be walked.
    private var rest: ArraySlice<UInt8>
    private var links = 0
    /// The path walked so far went upwards or through a link, so its text alone does not say where it leads.
    private var hasTurned = false

    /// The mount of the directory reached; nil above every granted directory, where the tree exists for the guest
    /// alone.
    private(set) var mount: Mount?
    private(set) var fd: Int32 = -1
    private var ownsFd = false
    /// The same place as the guest's root sees it, normalized and free of links.
    private(set) var path: [UInt8]

    /// Starts at the directory `fd`, which is `path` below `mount`, and which the caller keeps open.
    init(_ mounts: MountTable, from mount: Mount, _ fd: Int32, at path: [UInt8], _ rest: [UInt8]) {
        self.mounts = mounts
        self.rest = rest[...]
        self.mount = mount
        self.fd = fd
        self.path = path
    }

    /// Starts at the guest's root.
    init(_ mounts: MountTable, fromRoot rest: [UInt8]) throws(Errno) {
        self.mounts = mounts
        self.rest = rest[...]
        path = PathText.root
        try place(at: PathText.root)
    }

    deinit { if ownsFd { close(fd) } }

    /// The errno for a name that does not exist.
    var miss: Errno { hasTurned ? .notcapable : .noent }

    /// Walks to the directory of the last component; into that one too when it is a directory that only this walk can
    /// enter (`..`, or one granted there).
    /// - Parameter creating: what is not there is to be made, as a file.
    /// - Returns: the last component with the slashes behind it, not a link if links are followed; "." when the walk
    ///   stands in what was meant. In a directory that only the guest sees, any other name is that of a device or of
    ///   nothing.
    mutating func toLast(followingLink: Bool, creating: Bool = false) throws(Errno) -> [UInt8] {
        while true {
            let (name, slashes) = next()
            let isLast = rest.isEmpty
            switch PathText.Component(name) {
            case .here: if isLast { return PathText.here }
            case .up:
                try up()
                if isLast { return PathText.here }
            case .name:
                // A file cannot be made under a name with a slash behind it; Linux does not even look it up
                // (open_last_lookups).
                if isLast, creating, !slashes.isEmpty { throw .isdir }
                let followed = try step(to: name, slashes, isLast: isLast, followsLast: followingLink)
                if isLast, followed == .here { return PathText.here }
                if followed == .last { return name + slashes }
            }
        }
    }

    /// The next component and the slashes behind it; leading slashes are passed over.
    private mutating func next() -> (name: [UInt8], slashes: ArraySlice<UInt8>) {
        rest = rest.drop { $0 == PathText.slash }
        let name = rest.prefix { $0 != PathText.slash }
        let behind = rest[name.endIndex...]
        rest = behind.drop { $0 == PathText.slash }
        return (Array(name), behind[..<rest.startIndex])
    }

    /// What a step came to: the walk is in the component, a link's text is in front of the rest, or the walk stands
    /// before the last component.
    private enum Step { case here, link, last }

    private mutating func step(
        to name: [UInt8], _ slashes: ArraySlice<UInt8>, isLast: Bool, followsLast: Bool
    ) throws(Errno) -> Step {
        let child = PathText.join(path, name)
        if let mount = mounts.mount(at: child) {
            try enter(mount)
            return .here
        }
        let follows = !isLast || followsLast || !slashes.isEmpty
        if mount == nil || !follows {
            guard mount == nil else { return .last }
            guard mounts.isVirtualDirectory(child) else {
                guard isLast else { throw Device(child) == nil ? miss : .notdir }
                return .last
            }
            path = child
            return .here
        }
        let probe: Int32
        do throws(Errno) {
            probe = try Sandbox.openName(fd, name, CL_O_PATH | O_NOFOLLOW)
        } catch {
            if error == .noent, mounts.isPinned(child) {
                leave(for: child)
                return .here
            }
            if error == .noent, isLast { return .last }
            throw error
        }
        var status = stat()
        do throws(Errno) {
            try HostCall.value(.status) { fstat(probe, &status) }
        } catch {
            close(probe)
            throw error
        }
        switch FileType(hostMode: status.st_mode) {
        case .symbolicLink:
            defer { close(probe) }
            try follow(probe, slashes)
            return .link
        case .directory where !isLast:
            move(to: probe, owned: true, child)
            return .here
        default:
            close(probe)
            guard isLast else { throw .notdir }
            return .last
        }
    }

    /// Puts the text of a link in front of what is left.
    private mutating func follow(_ link: Int32, _ slashes: ArraySlice<UInt8>) throws(Errno) {
        links += 1
        guard links <= Self.mostLinks else { throw .loop }
        let text = try PathText.ofLink(link)
        guard !text.isEmpty else { throw .noent }
        hasTurned = true
        rest = (text + slashes + rest)[...]
        if text.first == PathText.slash { try place(at: PathText.root) }
    }

    // MARK: moving

    private mutating func move(to newFd: Int32, owned: Bool, _ newPath: [UInt8]) {
        if ownsFd { close(fd) }
        fd = newFd
        ownsFd = owned
        path = newPath
    }

    private mutating func enter(_ mount: Mount) throws(Errno) {
        try mount.prepare()
        move(to: mount.hostFd, owned: false, mount.path)
        self.mount = mount
    }

    /// Goes to a directory that lies above every granted one.
    private mutating func leave(for path: [UInt8]) {
        move(to: -1, owned: false, path)
        mount = nil
    }

    /// Goes to a directory whose path is free of links.
    private mutating func place(at path: [UInt8]) throws(Errno) {
        guard let (mount, rest) = mounts.covering(path) else { return leave(for: path) }
        try mount.prepare()
        if mount.path == path { return try enter(mount) }
        do throws(Errno) {
            let found = try Sandbox.open(mount, mount.hostFd, rest, CL_O_PATH | O_DIRECTORY, 0, .withoutLinks)
            move(to: found, owned: true, path)
            self.mount = mount
        } catch {
            leave(for: path)
        }
    }

    private mutating func up() throws(Errno) {
        hasTurned = true
        guard let mount else { return try place(at: PathText.parent(of: path)) }
        let root = try HostIdentity(mount.hostFd)
        if try HostIdentity(fd) == root { return try place(at: PathText.parent(of: mount.path)) }
        let above = try Sandbox.parent(fd)
        do throws(Errno) {
            try Self.check(above, isBelow: root)
        } catch {
            close(above)
            throw error
        }
        move(to: above, owned: true, PathText.parent(of: path))
    }

    /// Climbs from a directory to the root of its mount.
    /// - Throws: NOTCAPABLE when it is not there: it has been moved away.
    private static func check(_ directory: Int32, isBelow root: HostIdentity) throws(Errno) {
        var here = try HostIdentity(directory)
        var fd = Int32(try HostCall.value(.open) { fcntl(directory, F_DUPFD_CLOEXEC, 3) })
        defer { close(fd) }
        for _ in 0..<mostLevels {
            if here == root { return }
            let above = try Sandbox.parent(fd)
            close(fd)
            fd = above
            let next = try HostIdentity(fd)
            if next == here { break }
            here = next
        }
        throw .notcapable
    }
}

/// What makes two host descriptors the same file.
private struct HostIdentity: Equatable {
    private let device: dev_t
    private let inode: ino_t

    init(_ fd: Int32) throws(Errno) {
        var status = stat()
        try HostCall.value(.status) { fstat(fd, &status) }
        device = status.st_dev
        inode = status.st_ino
    }
}
