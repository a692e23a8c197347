import CLinux
import Glibc
import WasixABI

/// A host directory that the guest may use, and the name it has there.
public struct DirectoryGrant: Sendable, Equatable {
    public var hostPath: ByteString
    public var guestPath: ByteString
    /// Granted for reading only.
    public var isReadOnly: Bool

    public init(hostPath: ByteString, guestPath: ByteString, isReadOnly: Bool = false) {
        self.hostPath = hostPath
        self.guestPath = guestPath
        self.isReadOnly = isReadOnly
    }

    public init(hostPath: String, guestPath: String, isReadOnly: Bool = false) {
        self.init(hostPath: ByteString(hostPath), guestPath: ByteString(guestPath), isReadOnly: isReadOnly)
    }
}

/// Why a granted directory cannot be given to the guest: one line for the user.
public struct GrantFailure: Error, Equatable {
    public let message: String
}

/// The directories a guest finds open when it starts.
public enum Preopens {
    /// Opens the directories and gives them the next free numbers from 3 on, contiguous as libc's search for them
    /// demands (WasixABI.docc/StartUp). No lock held.
    public static func install(_ grants: [DirectoryGrant], into process: GuestProcess) throws(GrantFailure) {
        for grant in grants {
            let mount = try open(grant)
            do throws(Errno) {
                try add(mount, grant.guestPath.bytes, to: process)
            } catch {
                throw GrantFailure(message: "cannot grant directory \"\(grant.hostPath)\": \(error.text)")
            }
        }
    }

    /// Gives the guest the directory without a number, so that only its path leads to it, unless what it was granted has
    /// a directory there. No lock held.
    public static func mount(_ grant: DirectoryGrant, in process: GuestProcess) throws(GrantFailure) {
        guard !has(place(grant.guestPath.bytes), process) else { return }
        let mount = try open(grant)
        process.kernel.locked { process.mounts.add(mount) }
    }

    private static func open(_ grant: DirectoryGrant) throws(GrantFailure) -> Mount {
        let name = grant.guestPath.bytes
        guard !name.isEmpty, !name.contains(0) else {
            throw GrantFailure(message: "directory \"\(grant.hostPath)\" is granted under an empty or broken name")
        }
        let fd = grant.hostPath.withCString { Glibc.open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard fd >= 0 else {
            let reason = String(cString: strerror(Glibc.errno))
            throw GrantFailure(message: "cannot open directory \"\(grant.hostPath)\": \(reason)")
        }
        return Mount(path: place(name), hostFd: fd, isReadOnly: grant.isReadOnly)
    }

    /// Whether there is something at that place in what the process was granted.
    private static func has(_ place: [UInt8], _ process: GuestProcess) -> Bool {
        guard let (mount, rest) = process.mounts.covering(place) else { return false }
        if mount.path == place { return true }
        guard let fd = try? Sandbox.open(mount, mount.hostFd, rest, CL_O_PATH | O_NOFOLLOW, 0, .below) else {
            return false
        }
        close(fd)
        return true
    }

    /// Where a guest finds an empty directory of its own.
    public enum Temporary: String {
        case files = "/tmp"
        /// Named semaphores and shared memory are files there (sem_overview(7), shm_overview(7)).
        case sharedMemory = "/dev/shm"
    }

    /// Gives the guest an empty directory of its own, which is removed when the guest ends, unless what it was granted
    /// has a directory there. With `isNumbered` it becomes the next descriptor; otherwise only its path leads to it. No
    /// lock held.
    public static func add(
        _ temporary: Temporary, isNumbered: Bool, to process: GuestProcess
    ) throws(GrantFailure) {
        let name = Array(temporary.rawValue.utf8)
        guard !has(name, process) else { return }
        do throws(Errno) {
            let fd = try TemporaryDirectory.reserveDescriptor()
            let mount = Mount(path: name, hostFd: fd, temporary: TemporaryDirectory())
            if isNumbered {
                try add(mount, name, to: process)
            } else {
                process.kernel.locked { process.mounts.add(mount) }
            }
        } catch {
            throw GrantFailure(message: "cannot make a temporary directory: \(error.text)")
        }
    }

    /// Gives the guest a `/`, as the next descriptor, unless it was granted one: libc looks names up below open
    /// directories, so it finds nothing without, not even devices. To be called when nothing else is granted any more. No
    /// lock held.
    public static func addRoot(to process: GuestProcess) throws(GrantFailure) {
        guard process.mounts.mount(at: PathText.root) == nil else { return }
        do throws(Errno) {
            try process.kernel.locked { () throws(Errno) in
                let root = VirtualDirectory(kernel: process.kernel, path: PathText.root, process.mounts)
                try add(root, PathText.root, to: process)
            }
        } catch {
            throw GrantFailure(message: "cannot make a root directory: \(error.text)")
        }
    }

    /// The place of a granted directory in the guest's tree.
    private static func place(_ name: [UInt8]) -> [UInt8] { PathText.normalize(PathText.join([], name)) }

    private static func add(_ mount: Mount, _ name: [UInt8], to process: GuestProcess) throws(Errno) {
        try process.kernel.locked { () throws(Errno) in
            try add(HostDirectory(kernel: process.kernel, rootOf: mount), name, to: process)
            process.mounts.add(mount)
        }
    }

    /// Lock held.
    private static func add(_ directory: OpenFile, _ name: [UInt8], to process: GuestProcess) throws(Errno) {
        directory.hold()
        defer { directory.release() }
        let number = try process.descriptors.add(directory, inheriting: .known, atLeast: 3)
        process.descriptors.slot(number)?.pointee.preopenName = name
    }
}
