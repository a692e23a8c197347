import Glibc
import Trace
import WasixABI

/// A directory of the host: paths start here, and its entries can be listed.
public final class HostDirectory: HostNode {
    /// The granted directory that this one is, or is in.
    let mount: Mount
    /// The cursor of the last listing, while no call is using it.
    private var idleCursor: DirectoryCursor?

    /// A directory below `mount`. Lock held.
    init(kernel: Kernel, hostFd: Int32, in mount: Mount, path: [UInt8], flags: FdFlags = []) {
        self.mount = mount
        super.init(kernel: kernel, hostFd: hostFd, path: path, isReadOnly: mount.isReadOnly, flags: flags)
    }

    /// The granted directory itself. Lock held.
    init(kernel: Kernel, rootOf mount: Mount) {
        self.mount = mount
        super.init(
            kernel: kernel, hostFd: mount.hostFd, ownsHostFd: false, path: mount.path, isReadOnly: mount.isReadOnly)
    }

    /// It was granted as the guest's root.
    var isGuestRoot: Bool { hostFd == mount.hostFd && mount.path == PathText.root }

    override func prepare() throws(Errno) { try mount.prepare() }

    public override var kind: ObjectKind { .directory }
    public override var fileType: FileType { .directory }
    public override var rights: Rights { .directory }
    public override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult { .failed(.isdir) }
    public override func write(from vectors: IoVectors, _ thread: GuestThread) -> IoResult { .failed(.badf) }

    /// Fills `buffer` with entries as the guest reads them, starting after the entry whose cookie is given. Lock held,
    /// released while the host works.
    /// - Returns: bytes filled; less than the buffer holds at the end of the directory.
    public override func list(into buffer: UnsafeMutableRawBufferPointer, after cookie: UInt64) throws(Errno) -> Int {
        assertLocked()
        var cursor = idleCursor
        idleCursor = nil
        defer { idleCursor = cursor }
        return try withoutLock { () throws(Errno) in
            try prepare()
            let ours: DirectoryCursor
            if let cursor { ours = cursor } else { ours = try DirectoryCursor(of: hostFd) }
            cursor = ours
            return try ours.fill(buffer, after: cookie)
        }
    }
}
