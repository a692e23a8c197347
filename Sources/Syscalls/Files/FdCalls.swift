import Kernel
import Trace
import WasixABI

/// Descriptor numbers and what belongs to them: closing, duplicating, flags, rights.
enum FdCalls {
    static let bindings: [CallBinding] = [
        CallBinding(.fdClose, fdClose),
        CallBinding(.fdRenumber, fdRenumber),
        CallBinding(.fdDup, fdDup),
        CallBinding(.fdDup2, fdDup2),
        CallBinding(.fdFdflagsGet, fdFdflagsGet),
        CallBinding(.fdFdflagsSet, fdFdflagsSet),
        CallBinding(.fdFdstatGet, fdFdstatGet),
        CallBinding(.fdFdstatSetFlags, fdFdstatSetFlags),
        CallBinding(.fdFdstatSetRights, fdFdstatSetRights),
    ]

    private static func fdClose(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let process = thread.process
        let fd = call.fd(0)
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        guard process.descriptors.file(fd, thread) != nil else { throw .badf }
        // A program that closes every descriptor it finds would cut off its own libc (WasixABI.docc/Descriptors).
        if process.isWasix, process.descriptors.slot(fd)?.pointee.preopenName != nil { return }
        process.descriptors.close(fd)
    }

    /// `dup2` for modules that import from a WASIX namespace, a move for the others (WasixABI.docc/Descriptors).
    private static func fdRenumber(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let process = thread.process
        let (from, to) = (call.fd(0), call.fd(1))
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        guard process.descriptors.file(from, thread) != nil else { throw .badf }
        _ = process.descriptors.file(to, thread)
        guard process.isWasix else { return try process.descriptors.move(from, onto: to) }
        try process.descriptors.duplicate(from, covering: to)
    }

    private static func fdDup(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try duplicate(call.fd(0), atLeast: 0, isCloseOnExec: false, call.pointer(1), thread)
    }

    /// Despite its name F_DUPFD, not `dup2`.
    private static func fdDup2(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let minimum = call.u32(1)
        guard minimum < FdTable.limit else { throw .inval }
        try duplicate(call.fd(0), atLeast: minimum, isCloseOnExec: call.u32(2) != 0, call.pointer(3), thread)
    }

    private static func duplicate(
        _ fd: FdNumber, atLeast minimum: UInt32, isCloseOnExec: Bool, _ result: GuestPointer, _ thread: GuestThread
    ) throws(Errno) {
        let descriptors = thread.descriptors
        let target = try thread.memory.range(result, 4)
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        guard let file = descriptors.file(fd, thread), let entry = descriptors.slot(fd) else { throw .badf }
        let made = try descriptors.add(
            file.takeUnretainedValue(), rights: entry.pointee.rights, inheriting: entry.pointee.inheriting,
            isCloseOnExec: isCloseOnExec, atLeast: minimum)
        target.storeBytes(of: made.rawValue, as: UInt32.self)
    }

    private static func fdFdflagsGet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let descriptors = thread.descriptors
        let target = try thread.memory.range(call.pointer(1), 2)
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        guard descriptors.file(call.fd(0), thread) != nil, let entry = descriptors.slot(call.fd(0)) else { throw .badf }
        let flags: FdFlagsExt = entry.pointee.isCloseOnExec ? .closeOnExec : []
        target.storeBytes(of: flags.rawValue, as: UInt16.self)
    }

    private static func fdFdflagsSet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let descriptors = thread.descriptors
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        guard descriptors.file(call.fd(0), thread) != nil, let entry = descriptors.slot(call.fd(0)) else { throw .badf }
        entry.pointee.isCloseOnExec = FdFlagsExt(rawValue: call.u16(1)).contains(.closeOnExec)
    }

    private static func fdFdstatGet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let descriptors = thread.descriptors
        let target = try thread.memory.range(call.pointer(1), UInt64(FdstatLayout.size))
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        guard let file = descriptors.file(call.fd(0), thread)?.takeUnretainedValue(),
            let entry = descriptors.slot(call.fd(0))
        else { throw .badf }
        target.initializeMemory(as: UInt8.self, repeating: 0, count: FdstatLayout.size)
        target.storeBytes(of: file.fileType.rawValue, toByteOffset: FdstatLayout.fileType, as: UInt8.self)
        target.storeBytes(of: file.flags.rawValue, toByteOffset: FdstatLayout.flags, as: UInt16.self)
        target.storeBytes(of: entry.pointee.rights.rawValue, toByteOffset: FdstatLayout.rightsBase, as: UInt64.self)
        target.storeBytes(
            of: entry.pointee.inheriting.rawValue, toByteOffset: FdstatLayout.rightsInheriting, as: UInt64.self)
    }

    private static func fdFdstatSetFlags(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let known: FdFlags = [.append, .dsync, .nonblock, .rsync, .sync]
        let flags = FdFlags(rawValue: call.u16(1))
        guard flags.isSubset(of: known) else { throw .inval }
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        guard let file = thread.descriptors.file(call.fd(0), thread) else { throw .badf }
        file._withUnsafeGuaranteedRef { $0.flags = flags }
    }

    /// Rights can only be taken away. Bits without a name are ignored.
    private static func fdFdstatSetRights(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let descriptors = thread.descriptors
        let rights = Rights(rawValue: call.u64(1)).intersection(.known)
        let inheriting = Rights(rawValue: call.u64(2)).intersection(.known)
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        guard descriptors.file(call.fd(0), thread) != nil, let entry = descriptors.slot(call.fd(0)) else { throw .badf }
        guard rights.isSubset(of: entry.pointee.rights), inheriting.isSubset(of: entry.pointee.inheriting) else {
            throw .notcapable
        }
        entry.pointee.rights = rights
        entry.pointee.inheriting = inheriting
    }
}
