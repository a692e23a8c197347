import Glibc
import WasixABI

/// A host directory that the guest may use, and the name it has there.
public struct DirectoryGrant: Sendable, Equatable {
    public var hostPath: String
    public var guestPath: String

    public init(hostPath: String, guestPath: String) {
        self.hostPath = hostPath
        self.guestPath = guestPath
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
            let name = Array(grant.guestPath.utf8)
            guard !name.isEmpty, !name.contains(0) else {
                throw GrantFailure(message: "directory \"\(grant.hostPath)\" is granted under an empty or broken name")
            }
            let fd = open(grant.hostPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard fd >= 0 else {
                let reason = String(cString: strerror(Glibc.errno))
                throw GrantFailure(message: "cannot open directory \"\(grant.hostPath)\": \(reason)")
            }
            let failure = process.kernel.locked { add(fd, name, to: process) }
            guard failure == .success else {
                throw GrantFailure(message: "cannot grant directory \"\(grant.hostPath)\": too many descriptors")
            }
        }
    }

    /// Lock held.
    private static func add(_ fd: Int32, _ name: [UInt8], to process: GuestProcess) -> Errno {
        let isRoot = PathText.normalize(PathText.join([], name)) == Array("/".utf8)
        let directory = HostDirectory(kernel: process.kernel, hostFd: fd, path: name, isRoot: isRoot)
        directory.hold()
        defer { directory.release() }
        do throws(Errno) {
            let number = try process.descriptors.add(directory, inheriting: .known, atLeast: 3)
            process.descriptors.slot(number)?.pointee.preopenName = name
            return .success
        } catch {
            return error
        }
    }
}
