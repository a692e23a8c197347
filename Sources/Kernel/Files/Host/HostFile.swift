import CLinux
import Glibc
import Trace
import WasixABI

/// A regular file, or a device that is read and written like one. The offset is the host descriptor's own, so it is
/// shared by whoever shares the description. Status flags are ours alone: a descriptor lent by the program that
/// started us is never changed.
public final class HostFile: HostNode {
    private let type: FileType

    /// Lock held.
    public init(
        kernel: Kernel, hostFd: Int32, ownsHostFd: Bool = true, path: [UInt8], type: FileType = .regularFile,
        isReadOnly: Bool = false, flags: FdFlags = []
    ) {
        self.type = type
        super.init(
            kernel: kernel, hostFd: hostFd, ownsHostFd: ownsHostFd, path: path, isReadOnly: isReadOnly, flags: flags)
    }

    public override var kind: ObjectKind { type == .regularFile ? .file : .device }
    public override var fileType: FileType { type }
    public override var rights: Rights { Rights.regularFile }

    public override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        let answer = withoutLock {
            // With a single buffer the host need not read a list of buffers.
            if let only = vectors.single {
                return HostCall.transfer(.read) { Glibc.read(hostFd, only.baseAddress, only.count) }
            }
            return HostCall.transfer(.read) { readv(hostFd, vectors.base, Int32(vectors.count)) }
        }
        bytesIn &+= UInt64(answer.count)
        return answer
    }

    public override func write(from vectors: IoVectors, _ thread: GuestThread) -> IoResult {
        let mode = writeMode
        let answer = withoutLock {
            if mode != 0 {
                return HostCall.transfer(.write) { cl_pwritev2(hostFd, vectors.base, Int32(vectors.count), -1, mode) }
            }
            if let only = vectors.single {
                return HostCall.transfer(.write) { Glibc.write(hostFd, only.baseAddress, only.count) }
            }
            return HostCall.transfer(.write) { writev(hostFd, vectors.base, Int32(vectors.count)) }
        }
        bytesOut &+= UInt64(answer.count)
        return answer
    }

    /// Reads at `offset`; the description's own offset stays. Lock held, released while the host works.
    public func read(into vectors: IoVectors, at offset: Int64) -> IoResult {
        let answer = withoutLock {
            if let only = vectors.single {
                return HostCall.transfer(.read) { pread(hostFd, only.baseAddress, only.count, Int(offset)) }
            }
            return HostCall.transfer(.read) { preadv(hostFd, vectors.base, Int32(vectors.count), Int(offset)) }
        }
        bytesIn &+= UInt64(answer.count)
        return answer
    }

    /// Writes at `offset`; the description's own offset stays. With APPEND the bytes go to the end of the file all the
    /// same (Linux: pwrite(2), BUGS). Lock held, released while the host works.
    public func write(from vectors: IoVectors, at offset: Int64) -> IoResult {
        let mode = writeMode
        let answer = withoutLock {
            HostCall.transfer(.write) { cl_pwritev2(hostFd, vectors.base, Int32(vectors.count), offset, mode) }
        }
        bytesOut &+= UInt64(answer.count)
        return answer
    }

    /// Moves the offset. Lock held, released while the host works.
    /// - Returns: the new offset.
    public func seek(_ offset: Int64, _ whence: Whence) throws(Errno) -> UInt64 {
        let origin: Int32
        switch whence {
        case .set: origin = SEEK_SET
        case .current: origin = SEEK_CUR
        case .end: origin = SEEK_END
        default: throw .inval
        }
        return UInt64(try host(.status) { lseek($0, Int(offset), origin) })
    }

    /// Truncates or extends it. Lock held, released while the host works.
    public func setSize(_ size: Int64) throws(Errno) { try host(.change) { ftruncate($0, Int(size)) } }

    /// Tells the host how a part of the file is going to be read. Lock held, released while the host works.
    public func advise(_ offset: Int64, _ count: Int64, _ advice: Advice) throws(Errno) {
        let hostAdvice: Int32 =
            switch advice {
            case .sequential: POSIX_FADV_SEQUENTIAL
            case .random: POSIX_FADV_RANDOM
            case .willNeed: POSIX_FADV_WILLNEED
            case .dontNeed: POSIX_FADV_DONTNEED
            case .noReuse: POSIX_FADV_NOREUSE
            default: POSIX_FADV_NORMAL
            }
        // posix_fadvise(2) answers the errno itself.
        try HostCall.value(
            of: withoutLock {
                HostCall.repeating(.status) { -Int(posix_fadvise(hostFd, Int(offset), Int(count), hostAdvice)) }
            })
    }

    /// Makes the file at least `offset + count` bytes long. Lock held, released while the host works.
    public func allocate(_ offset: Int64, _ count: Int64) throws(Errno) {
        try host(.change) { fd -> Int32 in
            guard cl_fallocate(fd, offset, count) != 0 else { return 0 }
            guard Glibc.errno == EOPNOTSUPP else { return -1 }
            var status = stat()
            guard fstat(fd, &status) == 0 else { return -1 }
            return Int64(status.st_size) < offset + count ? ftruncate(fd, Int(offset + count)) : 0
        }
    }

    public override var readableCount: UInt64 {
        var status = stat()
        let position = lseek(hostFd, 0, SEEK_CUR)
        guard position >= 0, fstat(hostFd, &status) == 0, status.st_size > position else { return 0 }
        return UInt64(status.st_size - position)
    }

    /// The status flags as the host takes them for one write.
    private var writeMode: Int32 {
        guard !flags.isDisjoint(with: [.append, .dsync, .sync, .rsync]) else { return 0 }
        var mode: Int32 = 0
        if flags.contains(.append) { mode |= CL_RWF_APPEND }
        if flags.contains(.dsync) { mode |= CL_RWF_DSYNC }
        if !flags.isDisjoint(with: [.sync, .rsync]) { mode |= CL_RWF_SYNC }
        return mode
    }
}

extension Rights {
    /// The rights of a file that is open for reading and writing.
    public static let regularFile: Rights = [
        .fdDatasync, .fdRead, .fdSeek, .fdFdstatSetFlags, .fdSync, .fdTell, .fdWrite, .fdAdvise, .fdAllocate,
        .fdFilestatGet, .fdFilestatSetSize, .fdFilestatSetTimes, .pollFdReadwrite,
    ]

    /// The rights of a directory: no data moves through it.
    public static let directory: Rights = [
        .fdDatasync, .fdFdstatSetFlags, .fdSync, .pathCreateDirectory, .pathCreateFile, .pathLinkSource,
        .pathLinkTarget, .pathOpen, .fdReaddir, .pathReadlink, .pathRenameSource, .pathRenameTarget, .pathFilestatGet,
        .pathFilestatSetSize, .pathFilestatSetTimes, .fdFilestatGet, .fdFilestatSetTimes, .pathSymlink,
        .pathRemoveDirectory, .pathUnlinkFile, .pollFdReadwrite,
    ]
}
