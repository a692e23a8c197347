import CLinux
import Glibc
import Trace
import WasixABI

/// What `path_open` asks for.
public struct OpenRequest: Sendable {
    public var oflags: OFlags
    public var fdflags: FdFlags
    public var rights: Rights
    public var inheriting: Rights
    public var followsLink: Bool
    public var isCloseOnExec: Bool

    public init(
        oflags: OFlags, fdflags: FdFlags, rights: Rights, inheriting: Rights, followsLink: Bool, isCloseOnExec: Bool
    ) {
        self.oflags = oflags
        self.fdflags = fdflags
        self.rights = rights
        self.inheriting = inheriting
        self.followsLink = followsLink
        self.isCloseOnExec = isCloseOnExec
    }

    /// - Throws: INVAL for combinations that nothing can satisfy.
    public func check() throws(Errno) {
        let known: OFlags = [.create, .directory, .exclusive, .truncate]
        guard oflags.isSubset(of: known), fdflags.isSubset(of: [.append, .dsync, .nonblock, .rsync, .sync]) else {
            throw .inval
        }
        if oflags.isSuperset(of: [.create, .directory]) { throw .inval }
    }

    /// Flags for the host. Access is what the guest asked for and the directory lets it have; status flags stay with
    /// our description, and O_NONBLOCK keeps an open of a FIFO from waiting.
    fileprivate func hostFlags(granted: Rights) -> Int32 {
        var flags = O_NONBLOCK | O_NOCTTY
        switch (granted.contains(.fdRead), granted.contains(.fdWrite)) {
        case (true, true): flags |= O_RDWR
        case (false, true): flags |= O_WRONLY
        default: flags |= O_RDONLY
        }
        if oflags.contains(.create) { flags |= O_CREAT }
        if oflags.contains(.exclusive) { flags |= O_EXCL }
        if oflags.contains(.truncate) { flags |= O_TRUNC }
        if oflags.contains(.directory) { flags |= O_DIRECTORY }
        if !followsLink { flags |= O_NOFOLLOW }
        return flags
    }
}

extension GuestPath {
    /// Opens it and gives it the lowest free number of its process. The call is that of `thread`, one of the process's own
    /// or of its parent's. No lock held.
    /// - Throws: NOTCAPABLE when it leads outside, or when the directory does not let it be changed as asked; the
    ///   host's reason.
    public func open(_ request: OpenRequest, _ thread: GuestThread) throws(Errno) -> FdNumber {
        let granted = request.rights.intersection(inheriting)
        // Emptying a file is a right of the path: the descriptor need not write (open(2): O_RDONLY with O_TRUNC).
        let mayTruncate = rights.contains(.pathFilestatSetSize) && inheriting.contains(.fdWrite)
        guard mayTruncate || !request.oflags.contains(.truncate) else {
            thread.note(CallNote(.missingRight))
            throw .notcapable
        }
        let found: Found
        do throws(Errno) {
            found = try open(
                request.hostFlags(granted: granted), mode: request.oflags.contains(.create) ? 0o666 : 0)
        } catch {
            guard error == .noent, let (place, miss) = placeAbove(relative), miss == .noent else { throw error }
            return try openVirtual(place, request, granted)
        }
        let fd = found.fd
        let status: FileStatus
        do throws(Errno) {
            status = try FileStatus(hostFd: fd)
        } catch {
            close(fd)
            throw error
        }
        let kernel = thread.kernel
        return try kernel.locked { () throws(Errno) in
            let file: OpenFile =
                status.type == .directory
                ? HostDirectory(
                    kernel: kernel, hostFd: fd, in: found.mount, path: found.path, flags: request.fdflags)
                : HostObject.make(
                    kernel, opened: fd, status, access: granted.intersection([.fdRead, .fdWrite]), name: found.path,
                    flags: request.fdflags, isReadOnly: found.mount.isReadOnly)
            file.hold()
            defer { file.release() }
            // A directory hands on all that it was given, and files in it may be emptied: standard libraries ask for too
            // little there (Zig's leaves the data rights out, Go's all of them), because other runtimes do not look.
            let isDirectory = status.type == .directory
            let handedOn = isDirectory ? inheriting : request.inheriting.intersection(inheriting)
            let kept = isDirectory ? rights.intersection(.pathFilestatSetSize) : []
            return try process.descriptors.add(
                file, rights: granted.intersection(file.rights).union(kept), inheriting: handedOn,
                isCloseOnExec: request.isCloseOnExec)
        }
    }

    /// Opens a directory that only the guest sees.
    private func openVirtual(
        _ place: [UInt8], _ request: OpenRequest, _ granted: Rights
    ) throws(Errno) -> FdNumber {
        if request.oflags.isSuperset(of: [.create, .exclusive]) { throw .exist }
        guard request.oflags.isDisjoint(with: [.create, .truncate]), !granted.contains(.fdWrite) else { throw .isdir }
        return try process.kernel.locked { () throws(Errno) in
            let directory = VirtualDirectory(
                kernel: process.kernel, path: place, process.mounts, flags: request.fdflags)
            directory.hold()
            defer { directory.release() }
            return try process.descriptors.add(
                directory, rights: granted.intersection(directory.rights), inheriting: inheriting,
                isCloseOnExec: request.isCloseOnExec)
        }
    }
}
