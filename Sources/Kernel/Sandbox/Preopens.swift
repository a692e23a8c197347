import CLinux
import Glibc
import WasixABI

/// A host directory that the guest may use, and the name it has there.
public struct DirectoryGrant: Sendable, Equatable {
    public var hostPath: ByteString
    public var guestPath: ByteString
    /// The guest may look at what is in it and change nothing.
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
    /// demands (ABI 4.2). No lock held.
    public static func install(_ grants: [DirectoryGrant], into process: GuestProcess) throws(GrantFailure) {
        for grant in grants {
            let name = grant.guestPath.bytes
            guard !name.isEmpty, !name.contains(0) else {
                throw GrantFailure(message: "directory \"\(grant.hostPath)\" is granted under an empty or broken name")
            }
            let fd = grant.hostPath.withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
            guard fd >= 0 else {
                let reason = String(cString: strerror(Glibc.errno))
                throw GrantFailure(message: "cannot open directory \"\(grant.hostPath)\": \(reason)")
            }
            let mount = Mount(path: place(name), hostFd: fd, isReadOnly: grant.isReadOnly)
            guard add(mount, name, to: process) == .success else {
                throw GrantFailure(message: "cannot grant directory \"\(grant.hostPath)\": too many descriptors")
            }
        }
    }

    /// Gives the guest an empty `/tmp` of its own that goes with it, unless what it was granted has one. No lock held.
    public static func addTemporary(to process: GuestProcess) throws(GrantFailure) {
        let name = Array("/tmp".utf8)
        if let (mount, rest) = process.mounts.covering(name) {
            guard mount.path != name else { return }
            if let fd = try? Sandbox.open(mount, mount.hostFd, rest, CL_O_PATH | O_NOFOLLOW, 0, .below) {
                close(fd)
                return
            }
        }
        do throws(Errno) {
            let fd = try TemporaryDirectory.reserveDescriptor()
            let failure = add(Mount(path: name, hostFd: fd, temporary: TemporaryDirectory()), name, to: process)
            guard failure == .success else { throw failure }
        } catch {
            throw GrantFailure(message: "cannot make a temporary directory: \(error.text)")
        }
    }

    /// The place of a granted directory in the guest's tree.
    private static func place(_ name: [UInt8]) -> [UInt8] { PathText.normalize(PathText.join([], name)) }

    private static func add(_ mount: Mount, _ name: [UInt8], to process: GuestProcess) -> Errno {
        process.kernel.locked {
            let directory = HostDirectory(kernel: process.kernel, rootOf: mount)
            directory.hold()
            defer { directory.release() }
            do throws(Errno) {
                let number = try process.descriptors.add(directory, inheriting: .known, atLeast: 3)
                process.descriptors.slot(number)?.pointee.preopenName = name
                process.mounts.add(mount)
                return .success
            } catch {
                return error
            }
        }
    }
}
