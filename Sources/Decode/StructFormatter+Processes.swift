import WasixABI

extension TokenWriter {
    /// `EXIT_NORMAL(3)`, `EXIT_SIGNAL(SIGKILL, code=0)`, `STOPPED(SIGTSTP)`, `NOTHING`.
    mutating func joinStatus(_ bytes: GuestBytes) {
        typealias Layout = JoinStatusLayout
        guard let tag = bytes.u8(Layout.tag) else { return unknown() }
        switch JoinTag(rawValue: tag) {
        case .nothing:
            constant(UInt64(tag), .joinTag)
        case .exitNormal:
            constant(UInt64(tag), .joinTag)
            open("(")
            field("code", number: bytes.u16(Layout.payload))
            close(")")
        case .exitSignal:
            constant(UInt64(tag), .joinTag)
            open("(")
            field("signal", bytes.u8(Layout.payload + ErrnoSignalLayout.signal)) { $0.signal(UInt64($1)) }
            field("code", number: bytes.u16(Layout.payload + ErrnoSignalLayout.exitCode))
            close(")")
        case .stopped:
            constant(UInt64(tag), .joinTag)
            open("(")
            field("signal", bytes.u8(Layout.payload)) { $0.signal(UInt64($1)) }
            close(")")
        default:
            tagged(tag)
        }
    }

    mutating func processHandles(_ bytes: GuestBytes) {
        typealias Layout = ProcessHandlesLayout
        open("{")
        field("pid", number: bytes.u32(Layout.pid))
        for (name, offset) in [("stdin", Layout.stdin), ("stdout", Layout.stdout), ("stderr", Layout.stderr)] {
            guard let tag = bytes.u8(offset + OptionFdLayout.tag) else { continue }
            field(name)
            option(tag, bytes.u32(offset + OptionFdLayout.fd))
        }
        closeStructure(bytes, size: Layout.size)
    }

    mutating func signalDisposition(_ bytes: GuestBytes) {
        typealias Layout = SignalDispositionLayout
        open("{")
        field("sig", bytes.u8(Layout.signal)) { $0.signal(UInt64($1)) }
        field("disp", bytes.u8(Layout.disposition)) { $0.constant(UInt64($1), .disposition) }
        closeStructure(bytes, size: Layout.size)
    }

    /// Only the fields the operation uses.
    mutating func spawnFdOp(_ bytes: GuestBytes) {
        typealias Layout = SpawnFdOpLayout
        typealias Wide = SpawnFdOpLayout64
        let isWide = width == .bits64
        open("{")
        let command = bytes.u8(Layout.command).map(SpawnFdOp.init(rawValue:))
        field("cmd", command) { $0.constant(UInt64($1.rawValue), .fdOp) }
        if command == .duplicate { field("src_fd", bytes.u32(Layout.sourceFd)) { $0.add(.fd, String($1)) } }
        if command != .changeDirectory { field("fd", bytes.u32(Layout.fd)) { $0.add(.fd, String($1)) } }
        if command == .open || command == .changeDirectory {
            field("path", bytes.number(isWide ? Wide.path : Layout.path, size: width.rawValue)) { $0.pointer($1) }
            field("path_len", number: bytes.number(isWide ? Wide.pathLength : Layout.pathLength, size: width.rawValue))
        }
        if command == .open {
            field("oflags", bytes.u16(isWide ? Wide.oFlags : Layout.oFlags)) { $0.flags(UInt64($1), .oFlags) }
            field("rights_base", bytes.u64(isWide ? Wide.rightsBase : Layout.rightsBase)) { $0.flags($1, .rights) }
            field("fdflags", bytes.u16(isWide ? Wide.fdFlags : Layout.fdFlags)) { $0.flags(UInt64($1), .fdFlags) }
        }
        closeStructure(bytes, size: StructKind.spawnFdOp.size(width))
    }

    /// Only the hash identifies a snapshot.
    mutating func stackSnapshot(_ bytes: GuestBytes) {
        typealias Layout = StackSnapshotLayout
        open("{")
        field("user", bytes.u64(Layout.user)) { $0.pointer($1) }
        field("hash", bytes.u64(Layout.hashLow)) { $0.hex($1) }
        if let high = bytes.u64(Layout.hashHigh) {
            add(.punctuation, ":")
            hex(high)
        }
        closeStructure(bytes, size: Layout.size)
    }

    mutating func threadStart(_ bytes: GuestBytes) {
        typealias Layout = ThreadStartLayout
        typealias Wide = ThreadStartLayout64
        let isWide = width == .bits64
        let fields = [
            ("stack", isWide ? Wide.stack : Layout.stack), ("tls_base", isWide ? Wide.tlsBase : Layout.tlsBase),
            ("start", isWide ? Wide.startFunction : Layout.startFunction),
            ("arg", isWide ? Wide.startArgument : Layout.startArgument),
        ]
        open("{")
        for (name, offset) in fields {
            field(name, bytes.number(offset, size: width.rawValue)) { $0.pointer($1) }
        }
        let stackSize = isWide ? Wide.stackSize : Layout.stackSize
        field("stack_size", number: bytes.number(stackSize, size: width.rawValue))
        closeStructure(bytes, size: StructKind.threadStart.size(width))
    }
}
