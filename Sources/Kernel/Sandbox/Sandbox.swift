import CLinux
import Glibc
import WasixABI

/// The one door to host files below a directory.
enum Sandbox {
    /// A rename that happens while `..` is being resolved makes the host ask for another try (openat2(2)).
    private static let retries = 64

    /// Opens `path` below `directory`; the host does not let it lead out. No lock held.
    /// - Parameter isRoot: `..` above the directory stays there, and absolute links start from it; else both lead out.
    /// - Throws: XDEV when it would lead out; the host's reason.
    static func open(
        _ directory: HostDirectory, _ path: [UInt8], _ flags: Int32, _ mode: mode_t, isRoot: Bool
    ) throws(Errno) -> Int32 {
        let resolve = UInt64(isRoot ? RESOLVE_IN_ROOT : RESOLVE_BENEATH) | UInt64(RESOLVE_NO_MAGICLINKS)
        let hostFlags = UInt64(UInt32(bitPattern: flags | O_CLOEXEC))
        var failure = Errno.again
        for _ in 0..<retries where failure == .again {
            let fd = PathText.withCString(path) {
                cl_openat2(directory.hostFd, $0, hostFlags, UInt64(mode), resolve)
            }
            if fd >= 0 { return fd }
            failure = .lastHost
        }
        throw failure
    }
}

extension FdTable {
    /// Where an absolute path starts: the granted directory with the longest name that contains it.
    struct Grant {
        let directory: HostDirectory
        let rights: Rights
        let inheriting: Rights
        /// What is left of the path, "." when nothing is.
        let rest: [UInt8]
    }

    /// Lock held.
    func grant(for path: [UInt8]) -> Grant? {
        var best: Grant?
        var bestLength = -1
        _ = forEach { _, entry, file in
            guard let name = entry.preopenName, let directory = file as? HostDirectory else { return }
            let prefix = PathText.normalize(PathText.join([], name))
            guard prefix.count > bestLength, let rest = PathText.remainder(of: path, below: prefix) else { return }
            bestLength = prefix.count
            best = Grant(directory: directory, rights: entry.rights, inheriting: entry.inheriting, rest: rest)
        }
        return best
    }

    /// `path`, absolute and normalized, lies above a granted directory. Lock held.
    func isAboveGrant(_ path: [UInt8]) -> Bool {
        var found = false
        _ = forEach { _, entry, _ in
            guard let name = entry.preopenName else { return }
            if PathText.remainder(of: PathText.normalize(PathText.join([], name)), below: path) != nil { found = true }
        }
        return found
    }
}
