import CLinux
import Glibc
import WasixABI

/// Changing the directory that a process's relative names start from.
public enum WorkingDirectory {
    /// Makes the directory at `path` the process's working directory. No lock held.
    /// - Throws: NOENT, NOTDIR, and what any path can.
    public static func change(to path: [UInt8], _ process: GuestProcess) throws(Errno) {
        try GuestPath.check(path)
        let whole = process.kernel.locked { PathText.join(process.workingDirectory, path) }
        // The root and what lies above a granted directory exist only in the guest's view.
        var walk = try PathWalk(process.mounts, fromRoot: whole)
        let name = try walk.toLast(followingLink: true)
        let place = PathText.normalize(PathText.join(walk.path, name))
        if let mount = walk.mount {
            close(try Sandbox.open(mount, walk.fd, name, CL_O_PATH | O_DIRECTORY, 0, .withoutLinks))
        } else if name != PathText.here {
            throw Device(place) == nil ? walk.miss : .notdir
        }
        process.kernel.locked { process.workingDirectory = place }
    }
}
