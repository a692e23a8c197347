import Kernel
import Trace
import WasixABI

/// Starting other programs as children (WasixABI.docc/ProcessCreation).
enum SpawnCalls {
    static let bindings: [CallBinding] = [
        CallBinding(.procSpawn, procSpawn),
        CallBinding(.procSpawn2) { call, thread throws(Errno) in try spawn(call, thread, .lines) },
        CallBinding(.procSpawn3) { call, thread throws(Errno) in try spawn(call, thread, .pointers) },
    ]

    // MARK: proc_spawn

    /// `proc_spawn(name, name_len, chroot, args, args_len, preopen, preopen_len, stdin, stdout, stderr, working_dir,
    /// working_dir_len, ret_handles)`: the environment is inherited, and so is a working directory that is not named.
    private static func procSpawn(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.range(call.pointer(12), UInt64(ProcessHandlesLayout.size))
        var reader = ProgramReader(call, thread, .lines)
        let request = try reader.request(arguments: 3)
        let preopens = try reader.lines(5)
        guard call.u8(2) == 0, preopens.isEmpty else { throw .notsup }
        let directory = try PathCalls.text(10, call, thread)
        let isInherited = directory.isEmpty || directory == [UInt8(ascii: ".")]
        var streams = SpawnStreams(thread)
        let child: ProcessID
        do throws(Errno) {
            for index in 7...9 { try streams.add(StdioMode(rawValue: call.u8(index))) }
            child = try thread.process.spawn(
                request, actions: streams.actions + (isInherited ? [] : [.changeDirectory(directory)]), ignoring: [],
                by: thread)
        } catch {
            streams.closeAll()
            throw error
        }
        streams.closeLent()
        store(child, streams.kept, target)
    }

    private static func store(_ child: ProcessID, _ streams: [FdNumber?], _ target: UnsafeMutableRawPointer) {
        target.initializeMemory(as: UInt8.self, repeating: 0, count: ProcessHandlesLayout.size)
        target.storeBytes(of: child.rawValue, toByteOffset: ProcessHandlesLayout.pid, as: UInt32.self)
        let places = [ProcessHandlesLayout.stdin, ProcessHandlesLayout.stdout, ProcessHandlesLayout.stderr]
        for (place, stream) in zip(places, streams) {
            guard let stream else { continue }
            target.storeBytes(of: 1, toByteOffset: place + OptionFdLayout.tag, as: UInt8.self)
            target.storeBytes(of: stream.rawValue, toByteOffset: place + OptionFdLayout.fd, as: UInt32.self)
        }
    }

    // MARK: proc_spawn2 and proc_spawn3

    /// More than there are signals and numbers to say something about.
    private static let mostDispositions: UInt64 = 1 << 12
    private static let mostActions: UInt64 = 1 << 16
    /// Bytes of all paths in the actions of one call.
    private static let mostPathBytes = 2 << 20

    /// `proc_spawn2(name, name_len, args, args_len, envs, envs_len, fd_ops, fd_ops_len, signal_dispositions,
    /// signal_dispositions_len, search_path, path, path_len, ret_pid)`, and `proc_spawn3`, whose lists are arrays.
    private static func spawn(_ call: Call, _ thread: GuestThread, _ form: ProgramReader.Form) throws(Errno) {
        _ = try thread.memory.range(call.pointer(13), 4)
        var reader = ProgramReader(call, thread, form)
        let request = try reader.request(arguments: 2, environment: 4, search: 10)
        let actions = try actions(call, thread)
        let ignored = try ignored(call, thread)
        let child = try thread.process.spawn(request, actions: actions, ignoring: ignored, by: thread)
        try thread.memory.store(child.rawValue, at: call.pointer(13))
    }

    private static func actions(_ call: Call, _ thread: GuestThread) throws(Errno) -> [SpawnAction] {
        guard call.pointer(6) != .null else { return [] }
        let count = call.size(7)
        guard count <= mostActions else { throw .inval }
        let size = call.isWide ? SpawnFdOpLayout64.size : SpawnFdOpLayout.size
        let base = UnsafeRawPointer(try thread.memory.range(call.pointer(6), count * UInt64(size)))
        var actions: [SpawnAction] = []
        var room = mostPathBytes
        for index in 0..<Int(count) {
            let operation = SpawnOperation(at: base + index * size, isWide: call.isWide)
            actions.append(try operation.action(thread.memory, &room))
        }
        return actions
    }

    /// The signals that the list leaves ignored. What comes later in it wins.
    private static func ignored(_ call: Call, _ thread: GuestThread) throws(Errno) -> [Signal] {
        guard call.pointer(8) != .null else { return [] }
        let count = call.size(9)
        guard count <= mostDispositions else { throw .inval }
        let bytes = try thread.memory.bytes(call.pointer(8), count * UInt64(SignalDispositionLayout.size))
        var ignored: [Signal] = []
        for start in stride(from: 0, to: bytes.count, by: SignalDispositionLayout.size) {
            let number = UInt32(bytes[start + SignalDispositionLayout.signal])
            guard let signal = Signal(number: number), signal != .none else { throw .inval }
            ignored.removeAll { $0 == signal }
            switch SignalDisposition(rawValue: bytes[start + SignalDispositionLayout.disposition]) {
            case .byDefault: break
            case .ignore: if signal.canBeHandled { ignored.append(signal) }
            default: throw .inval
            }
        }
        return ignored
    }
}
