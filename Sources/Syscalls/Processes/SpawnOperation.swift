import Kernel
import Trace
import WasixABI

/// One `proc_spawn_fd_op` in guest memory. Only the fields that its command uses mean anything.
struct SpawnOperation {
    private let base: UnsafeRawPointer
    private let isWide: Bool

    /// - Parameter base: of as many bytes as its layout has.
    init(at base: UnsafeRawPointer, isWide: Bool) {
        self.base = base
        self.isWide = isWide
    }

    /// - Parameter room: bytes that paths may still take.
    /// - Throws: INVAL for a command that does not exist, FAULT, NAMETOOLONG, TOOBIG.
    func action(_ memory: GuestMemory, _ room: inout Int) throws(Errno) -> SpawnAction {
        let fd = FdNumber(rawValue: load(SpawnFdOpLayout.fd))
        switch SpawnFdOp(rawValue: load(SpawnFdOpLayout.command)) {
        case .close: return .close(fd)
        case .duplicate: return .duplicate(FdNumber(rawValue: load(SpawnFdOpLayout.sourceFd)), onto: fd)
        case .open: return .open(fd, path: try path(memory, &room), request)
        case .changeDirectory: return .changeDirectory(try path(memory, &room))
        case .changeDirectoryTo: return .changeDirectoryTo(fd)
        default: throw .inval
        }
    }

    private func path(_ memory: GuestMemory, _ room: inout Int) throws(Errno) -> [UInt8] {
        let start: UInt64
        let length: UInt64
        if isWide {
            start = load(SpawnFdOpLayout64.path)
            length = load(SpawnFdOpLayout64.pathLength)
        } else {
            start = UInt64(load(SpawnFdOpLayout.path) as UInt32)
            length = UInt64(load(SpawnFdOpLayout.pathLength) as UInt32)
        }
        guard length <= 1 << 20 else { throw .nametoolong }
        guard length <= room else { throw .toobig }
        room -= Int(length)
        return try memory.bytes(GuestPointer(rawValue: start), length)
    }

    private var request: OpenRequest {
        typealias Narrow = SpawnFdOpLayout
        typealias Wide = SpawnFdOpLayout64
        let lookup = LookupFlags(rawValue: load(isWide ? Wide.lookupFlags : Narrow.lookupFlags))
        let extended = FdFlagsExt(rawValue: load(isWide ? Wide.fdFlagsExt : Narrow.fdFlagsExt))
        return OpenRequest(
            oflags: OFlags(rawValue: load(isWide ? Wide.oFlags : Narrow.oFlags)),
            fdflags: FdFlags(rawValue: load(isWide ? Wide.fdFlags : Narrow.fdFlags)),
            rights: Rights(rawValue: load(isWide ? Wide.rightsBase : Narrow.rightsBase)),
            inheriting: Rights(rawValue: load(isWide ? Wide.rightsInheriting : Narrow.rightsInheriting)),
            followsLink: lookup.contains(.symlinkFollow), isCloseOnExec: extended.contains(.closeOnExec))
    }

    private func load<Value: FixedWidthInteger>(_ offset: Int) -> Value {
        base.loadUnaligned(fromByteOffset: offset, as: Value.self)
    }
}
