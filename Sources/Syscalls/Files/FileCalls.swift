import Kernel
import WasixABI

/// What is done to an open file beside moving data: attributes, size, durability, hints.
enum FileCalls {
    static let bindings: [CallBinding] = [
        CallBinding(.fdFilestatGet) { call, thread throws(Errno) in
            try fdFilestatGet(call, thread, FilestatLayout.self)
        },
        CallBinding(.fdFilestatGetUnstable) { call, thread throws(Errno) in
            try fdFilestatGet(call, thread, FilestatUnstableLayout.self)
        },
        CallBinding(.fdFilestatSetSize, fdFilestatSetSize),
        CallBinding(.fdFilestatSetTimes, fdFilestatSetTimes),
        CallBinding(.fdSync) { call, thread throws(Errno) in try synchronize(call, thread, data: false) },
        CallBinding(.fdDatasync) { call, thread throws(Errno) in try synchronize(call, thread, data: true) },
        CallBinding(.fdAdvise, fdAdvise),
        CallBinding(.fdAllocate, fdAllocate),
    ]

    private static func fdFilestatGet<Form: FilestatForm>(
        _ call: Call, _ thread: GuestThread, _ form: Form.Type
    ) throws(Errno) {
        let target = try thread.memory.range(call.pointer(1), UInt64(Form.size))
        let status = try withFile(call, thread) { (file, _) throws(Errno) in try file.status() }
        status.store(at: target, form)
    }

    private static func fdFilestatSetSize(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard call.i64(1) >= 0 else { throw .inval }
        try withFile(call, thread) { (file, rights) throws(Errno) in
            guard file.fileType == .regularFile, let file = file as? HostFile, rights.contains(.fdWrite) else {
                throw .inval
            }
            try file.setSize(call.i64(1))
        }
    }

    /// Only of what lies in a granted directory: the terminal and the pipes that were lent to us keep their times.
    private static func fdFilestatSetTimes(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let times = try FileTimes(
            access: call.u64(1), modify: call.u64(2), flags: FstFlags(rawValue: call.u16(3)))
        try withFile(call, thread) { (file, _) throws(Errno) in
            guard let node = file as? HostNode else { throw file.kind == .directory ? .rofs : .notsup }
            try node.set(times)
        }
    }

    private static func synchronize(_ call: Call, _ thread: GuestThread, data: Bool) throws(Errno) {
        try withFile(call, thread) { (file, _) throws(Errno) in
            if let node = file as? HostNode { return try node.synchronize(data: data) }
            // A directory that only the guest sees has nothing to write.
            guard file.kind == .directory else { throw .inval }
        }
    }

    private static func fdAdvise(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let advice = Advice(rawValue: call.u8(3))
        try withRegularFile(call, thread) { (file, _) throws(Errno) in
            guard advice.rawValue <= Advice.noReuse.rawValue, call.i64(2) >= 0 else { throw .inval }
            try file.advise(call.i64(1), call.i64(2), advice)
        }
    }

    private static func fdAllocate(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try withRegularFile(call, thread, valid: call.i64(1) >= 0 && call.i64(2) > 0) { (file, rights) throws(Errno) in
            guard rights.contains(.fdWrite) else { throw .badf }
            guard !call.i64(1).addingReportingOverflow(call.i64(2)).overflow else { throw .fbig }
            try file.allocate(call.i64(1), call.i64(2))
        }
    }

    // MARK: the descriptor

    /// Runs `body` with the description behind argument 0 and the number's rights, lock held.
    private static func withFile<Result>(
        _ call: Call, _ thread: GuestThread, _ body: (OpenFile, Rights) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        thread.kernel.lock()
        defer { thread.kernel.unlock() }
        let descriptors = thread.descriptors
        guard let file = descriptors.file(call.fd(0), thread)?.takeUnretainedValue(),
            let entry = descriptors.slot(call.fd(0))
        else { throw .badf }
        return try body(file, entry.pointee.rights)
    }

    /// As `withFile`, for calls on regular files only.
    /// - Parameter isValid: the other arguments make sense.
    /// - Throws: INVAL when they do not, BADF for a directory, SPIPE for what has no offsets.
    private static func withRegularFile(
        _ call: Call, _ thread: GuestThread, valid isValid: Bool = true,
        _ body: (HostFile, Rights) throws(Errno) -> Void
    ) throws(Errno) {
        try withFile(call, thread) { (file, rights) throws(Errno) in
            guard isValid else { throw .inval }
            if file.kind == .directory { throw .badf }
            guard let file = file as? HostFile else { throw .spipe }
            try body(file, rights)
        }
    }
}
