import Trace
import WasixABI

/// A directory that only the guest sees, where nothing was granted: its root, `/dev`, and those on the way to granted
/// directories. It lists what can be found in it and cannot be changed. Lock held for everything, unless said otherwise.
final class VirtualDirectory: OpenFile {
    /// From the guest's root, normalized.
    let path: [UInt8]
    private let mounts: MountTable

    init(kernel: Kernel, path: [UInt8], _ mounts: MountTable, flags: FdFlags = []) {
        self.path = path
        self.mounts = mounts
        super.init(kernel: kernel, flags: flags)
    }

    override var kind: ObjectKind { .directory }
    override var detail: ObjectDetail { .path(String(decoding: path, as: UTF8.self)) }
    override var fileType: FileType { .directory }
    override var rights: Rights { .directory }
    override var isPollable: Bool { false }
    override func readiness() -> EpollEvents { [.in, .out] }
    override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult { .failed(.isdir) }

    /// What `filestat` tells of such a place. No lock needed.
    static func status(of path: [UInt8]) -> FileStatus { FileStatus(type: .directory, id: inode(path)) }

    /// A number of its own for each place, never 0 (FNV-1a): programs that walk a tree tell directories apart by it.
    private static func inode(_ path: [UInt8]) -> UInt32 {
        path.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } | 1
    }

    /// A cookie is the number of entries before it. What there is does not change, so they stay valid.
    override func list(into buffer: UnsafeMutableRawBufferPointer, after cookie: UInt64) throws(Errno) -> Int {
        assertLocked()
        let entries =
            [(PathText.here, FileType.directory, path), (PathText.up, .directory, PathText.parent(of: path))]
            + mounts.virtualEntries(of: path).map { ($0.name, $0.type, PathText.join(path, $0.name)) }
        var used = 0
        for (index, (name, type, place)) in entries.enumerated().dropFirst(Int(clamping: cookie)) {
            let entry = GuestDirent(next: UInt64(index + 1), inode: UInt64(Self.inode(place)), type: type)
            let isWhole = name.withUnsafeBytes { entry.put($0, into: buffer, at: &used) }
            guard isWhole, used < buffer.count else { break }
        }
        return used
    }
}

extension MountTable {
    /// The guest finds a directory here without a grant: the root, `/dev`, or one that leads to something granted.
    func isVirtualDirectory(_ path: [UInt8]) -> Bool {
        path == PathText.root || path == Device.directory || isPinned(path)
    }

    /// What is in a directory that only the guest sees, but for `.` and `..`.
    fileprivate func virtualEntries(of path: [UInt8]) -> [(name: [UInt8], type: FileType)] {
        var found = names(below: path).map { (name: $0, type: FileType.directory) }
        let isRoot = path == PathText.root
        let inDev = Array(Device.directory.dropFirst())
        if isRoot, !found.contains(where: { $0.name == inDev }) { found.append((inDev, .directory)) }
        if path == Device.directory {
            for name in Device.names where !found.contains(where: { $0.name == name }) {
                found.append((name, .characterDevice))
            }
        }
        return found.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }
}
