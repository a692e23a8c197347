import Kernel
import Trace
import WasixABI

/// Names of files: what they are, and making, moving and removing them.
enum PathCalls {
    static let bindings: [CallBinding] = [
        CallBinding(.pathOpen, pathOpen),
        CallBinding(.pathOpen2, pathOpen2),
        CallBinding(.pathFilestatGet) { call, thread throws(Errno) in
            try pathFilestatGet(call, thread, FilestatLayout.self)
        },
        CallBinding(.pathFilestatGetUnstable) { call, thread throws(Errno) in
            try pathFilestatGet(call, thread, FilestatUnstableLayout.self)
        },
        CallBinding(.pathFilestatSetTimes, pathFilestatSetTimes),
        CallBinding(.pathReadlink, pathReadlink),
        CallBinding(.pathCreateDirectory) { call, thread throws(Errno) in
            try path(1, at: 0, call, thread).createDirectory()
        },
        CallBinding(.pathRemoveDirectory) { call, thread throws(Errno) in
            try path(1, at: 0, call, thread).removeDirectory()
        },
        CallBinding(.pathUnlinkFile) { call, thread throws(Errno) in try path(1, at: 0, call, thread).unlink() },
        CallBinding(.pathSymlink, pathSymlink),
        CallBinding(.pathLink, pathLink),
        CallBinding(.pathRename, pathRename),
    ]

    // MARK: opening

    private static func pathOpen(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try open(call, isCloseOnExec: false, result: 8, thread)
    }

    private static func pathOpen2(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let isCloseOnExec = FdFlagsExt(rawValue: call.u16(8)).contains(.closeOnExec)
        try open(call, isCloseOnExec: isCloseOnExec, result: 9, thread)
    }

    private static func open(_ call: Call, isCloseOnExec: Bool, result: Int, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.range(call.pointer(result), 4)
        let request = OpenRequest(
            oflags: OFlags(rawValue: call.u16(4)), fdflags: FdFlags(rawValue: call.u16(7)),
            rights: Rights(rawValue: call.u64(5)), inheriting: Rights(rawValue: call.u64(6)),
            followsLink: follows(call.u32(1)), isCloseOnExec: isCloseOnExec)
        try request.check()
        let bytes = try text(2, call, thread)
        let made: FdNumber
        if let device = device(bytes, call.fd(0), thread) {
            made = try device.open(request, thread)
        } else {
            made = try path(bytes, call.fd(0), thread).open(request, thread)
        }
        target.storeBytes(of: made.rawValue, as: UInt32.self)
    }

    // MARK: attributes

    private static func pathFilestatGet<Form: FilestatForm>(
        _ call: Call, _ thread: GuestThread, _ form: Form.Type
    ) throws(Errno) {
        let target = try thread.memory.range(call.pointer(4), UInt64(Form.size))
        let bytes = try text(2, call, thread)
        if let device = device(bytes, call.fd(0), thread) {
            try device.status(thread).store(at: target, form)
        } else {
            try path(bytes, call.fd(0), thread).status(followsLink: follows(call.u32(1))).store(at: target, form)
        }
    }

    private static func pathFilestatSetTimes(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let times = try FileTimes(
            access: call.u64(4), modify: call.u64(5), flags: FstFlags(rawValue: call.u16(6)))
        // With nothing to set Linux does not even look for it (utimensat(2)).
        guard !times.isEmpty else { return }
        try path(2, at: 0, call, thread).set(times, followsLink: follows(call.u32(1)))
    }

    private static func pathReadlink(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let memory = thread.memory
        let length = call.size(4)
        guard length > 0 else { throw .inval }
        let buffer = UnsafeMutableRawBufferPointer(
            start: try memory.range(call.pointer(3), length), count: Int(clamping: length))
        _ = try memory.range(call.pointer(5), call.isWide ? 8 : 4)
        let count = try path(1, at: 0, call, thread).readLink(into: buffer)
        try memory.storeSize(UInt64(count), at: call.pointer(5), call)
    }

    // MARK: changing the tree

    /// The target is text. An absolute one means something in a WASIX module's tree; in a preview1 module it can only
    /// lead outside.
    private static func pathSymlink(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try text(0, call, thread)
        try GuestPath.check(target)
        if target.first == UInt8(ascii: "/"), !thread.process.isWasix { throw .notcapable }
        try path(3, at: 2, call, thread).makeLink(to: target)
    }

    private static func pathLink(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard !follows(call.u32(1)) else { throw .inval }
        let (from, to) = (try text(2, call, thread), try text(5, call, thread))
        try path(from, call.fd(0), thread).link(
            as: { () throws(Errno) in try path(to, call.fd(4), thread) }, thread)
    }

    private static func pathRename(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let (from, to) = (try text(1, call, thread), try text(4, call, thread))
        try path(from, call.fd(0), thread).rename(
            to: { () throws(Errno) in try path(to, call.fd(3), thread) }, thread)
    }

    // MARK: arguments

    private static func follows(_ flags: UInt32) -> Bool { LookupFlags(rawValue: flags).contains(.symlinkFollow) }

    /// The text whose address is argument `index` and whose length is the next one.
    static func text(_ index: Int, _ call: Call, _ thread: GuestThread) throws(Errno) -> [UInt8] {
        let length = call.size(index + 1)
        guard length <= 1 << 20 else { throw .nametoolong }
        return try thread.memory.bytes(call.pointer(index), length)
    }

    /// The path at argument `index`, below the directory at argument `fd`.
    private static func path(
        _ index: Int, at fd: Int, _ call: Call, _ thread: GuestThread
    ) throws(Errno) -> GuestPath {
        try path(try text(index, call, thread), call.fd(fd), thread)
    }

    private static func path(_ bytes: [UInt8], _ fd: FdNumber, _ thread: GuestThread) throws(Errno) -> GuestPath {
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        return try GuestPath(bytes, at: fd, thread)
    }

    /// The device that a path of a WASIX module names: absolute, or from its root as libc writes an absolute one.
    private static func device(_ bytes: [UInt8], _ fd: FdNumber, _ thread: GuestThread) -> Device? {
        guard thread.process.isWasix else { return nil }
        if bytes.first == UInt8(ascii: "/") { return Device(bytes) }
        return GuestPath.place(of: fd, thread).flatMap { Device(PathText.join($0, bytes)) }
    }
}
