import CLinux
import Glibc
import WasixABI

/// Reads a directory's entries through a host descriptor of its own. Cookies are the file system's: they stay valid
/// while entries come and go. One thread at a time, no lock.
final class DirectoryCursor {
    private static let chunk = 32_768
    private let fd: Int32
    /// The entries last read from the host, and how many bytes of them the guest has got: its buffers are often
    /// smaller.
    private let entries: UnsafeMutableRawBufferPointer
    private var filled = 0
    private var position = 0
    /// The cookie of the entry before `position`; 0 when there is none.
    private var cookie: UInt64 = 0

    /// Offsets in the host's `linux_dirent64`.
    private enum HostEntry {
        static let inode = 0
        static let next = 8
        static let length = 16
        static let type = 18
        static let name = 19
    }

    init(of directory: Int32) throws(Errno) {
        fd = Int32(try HostCall.value(.open) { openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
        entries = .allocate(byteCount: Self.chunk, alignment: 8)
    }

    deinit {
        if fd >= 0 {
            close(fd)
            entries.deallocate()
        }
    }

    /// Fills `buffer` with entries as the guest reads them, from the one after cookie `start` on.
    /// - Returns: bytes filled.
    /// - Throws: INVAL for a cookie that no entry can have; the host's reason.
    func fill(_ buffer: UnsafeMutableRawBufferPointer, after start: UInt64) throws(Errno) -> Int {
        // A listing from the start always asks the host again, as rewinddir(3) demands.
        if start == 0 || start != cookie {
            guard let offset = Int(exactly: start), lseek(fd, offset, SEEK_SET) >= 0 else { throw .inval }
            (filled, position, cookie) = (0, 0, start)
        }
        var used = 0
        while used < buffer.count {
            if position == filled {
                let read = try HostCall.value(.read) { cl_getdents(fd, entries.baseAddress!, entries.count) }
                (filled, position) = (read, 0)
                if read == 0 { break }
            }
            let entry = UnsafeRawPointer(entries.baseAddress! + position)
            let name = (entry + HostEntry.name).assumingMemoryBound(to: CChar.self)
            let next = entry.loadUnaligned(fromByteOffset: HostEntry.next, as: UInt64.self)
            let one = GuestDirent(
                next: next, inode: entry.loadUnaligned(fromByteOffset: HostEntry.inode, as: UInt64.self),
                type: type(of: entry, name))
            // An entry that did not fit whole is read again by the next call.
            guard one.put(UnsafeRawBufferPointer(start: name, count: strlen(name)), into: buffer, at: &used) else {
                break
            }
            position += Int(entry.loadUnaligned(fromByteOffset: HostEntry.length, as: UInt16.self))
            cookie = next
        }
        return used
    }

    private func type(of entry: UnsafeRawPointer, _ name: UnsafePointer<CChar>) -> FileType {
        let told = entry.load(fromByteOffset: HostEntry.type, as: UInt8.self)
        if let type = FileType(hostEntryType: told) { return type }
        var status = stat()
        guard fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return .unknown }
        return FileType(hostMode: status.st_mode)
    }
}
