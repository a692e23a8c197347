import Foundation
import Glibc
import Kernel
import Trace
import WasixABI

@testable import Syscalls

/// A guest with a granted directory, which is removed with it.
final class FileGuest: CallGuest {
    static let memorySize = 1 << 20
    let root: String
    /// Descriptor number of the granted directory.
    let directory: UInt64 = 3

    /// - Parameter grantName: the guest's name of the granted directory.
    init(
        isWasix: Bool = true, network: NetworkPolicy = .denied, grantName: String = "/data", arguments: [String] = [],
        environment: [String] = []
    ) throws {
        var template = Array("/tmp/wasix-top-files-XXXXXX".utf8CString)
        root = String(cString: mkdtemp(&template)!)
        // With a tracer, because the kernel keeps the names of descriptions only while someone listens.
        super.init(
            Kernel(tracer: Tracer(), network: network), memorySize: Self.memorySize, arguments: arguments,
            environment: environment)
        process.isWasix = isWasix
        try Preopens.install([DirectoryGrant(hostPath: root, guestPath: grantName)], into: process)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    // MARK: whole operations

    static let readWrite: Rights = [.fdRead, .fdWrite]

    /// `path_open` below the granted directory, asking for `rights`.
    func open(
        _ path: String, _ oflags: OFlags = [], rights: Rights = readWrite, at fd: UInt64? = nil, follow: Bool = true,
        flags: FdFlags = []
    ) -> (errno: Errno, fd: UInt64) {
        let name = Array(path.utf8)
        let result = room(4)
        let errno = call(
            .pathOpen, fd ?? directory, follow ? 1 : 0, put(name), UInt64(name.count), UInt64(oflags.rawValue),
            rights.union(Rights.regularFile.subtracting(Self.readWrite)).rawValue, Rights.known.rawValue,
            UInt64(flags.rawValue), result)
        return (errno, errno == .success ? UInt64(load(result, as: UInt32.self)) : .max)
    }

    /// A new file, open for everything.
    func create(_ path: String, _ contents: String = "", flags: FdFlags = []) -> UInt64 {
        let (errno, fd) = open(path, .create, flags: flags)
        precondition(errno == .success, "\(errno)")
        if !contents.isEmpty {
            _ = write(fd, contents)
            _ = call(.fdSeek, fd, 0, UInt64(Whence.set.rawValue), room(8))
        }
        return fd
    }

    func write(_ fd: UInt64, _ contents: String) -> (errno: Errno, count: Int) {
        let result = room(4)
        let errno = call(.fdWrite, fd, vectors([(put(contents), contents.utf8.count)]), 1, result)
        return (errno, errno == .success ? Int(load(result, as: UInt32.self)) : 0)
    }

    func read(_ fd: UInt64, _ count: Int = 256) -> (errno: Errno, text: String) {
        let (buffer, result) = (room(count), room(4))
        let errno = call(.fdRead, fd, vectors([(buffer, count)]), 1, result)
        return (errno, errno == .success ? text(buffer, Int(load(result, as: UInt32.self))) : "")
    }

    /// A call whose only arguments are the directory and a path.
    func onPath(_ id: CallID, _ path: String, at fd: UInt64? = nil) -> Errno {
        call(id, fd ?? directory, put(path), UInt64(path.utf8.count))
    }

    func rename(_ old: String, _ new: String) -> Errno {
        call(
            .pathRename, directory, put(old), UInt64(old.utf8.count), directory, put(new), UInt64(new.utf8.count))
    }

    func link(_ old: String, _ new: String, flags: UInt64 = 0) -> Errno {
        call(
            .pathLink, directory, flags, put(old), UInt64(old.utf8.count), directory, put(new), UInt64(new.utf8.count))
    }

    func symlink(_ target: String, _ path: String) -> Errno {
        call(.pathSymlink, put(target), UInt64(target.utf8.count), directory, put(path), UInt64(path.utf8.count))
    }

    func readlink(_ path: String, _ room: Int = 256) -> (errno: Errno, text: String) {
        let (buffer, used) = (self.room(room), self.room(4))
        let errno = call(
            .pathReadlink, directory, put(path), UInt64(path.utf8.count), buffer, UInt64(room), used)
        return (errno, errno == .success ? text(buffer, Int(load(used, as: UInt32.self))) : "")
    }

    /// Type and size that `path_filestat_get` tells.
    func status(_ path: String, follow: Bool = true, at fd: UInt64? = nil) -> (
        errno: Errno, type: FileType, size: UInt64
    ) {
        let target = room(FilestatLayout.size)
        let errno = call(
            .pathFilestatGet, fd ?? directory, follow ? 1 : 0, put(path), UInt64(path.utf8.count), target)
        return (
            errno, FileType(rawValue: load(target + UInt64(FilestatLayout.fileType))),
            load(target + UInt64(FilestatLayout.fileSize))
        )
    }

    /// An in-process pipe's two numbers.
    func pipe() -> (reader: UInt64, writer: UInt64) {
        let (first, second) = (room(4), room(4))
        precondition(call(.fdPipe, first, second) == .success)
        return (UInt64(load(first, as: UInt32.self)), UInt64(load(second, as: UInt32.self)))
    }

    /// Makes a file on the host's side.
    func hostFile(_ name: String, _ contents: String) {
        precondition(FileManager.default.createFile(atPath: root + "/" + name, contents: Data(contents.utf8)))
    }
}
