import WasixABI

/// Structures in guest memory, as strace prints them: fields by name, `...` where not all was kept.
extension TokenWriter {
    mutating func structure(_ kind: StructKind, _ bytes: GuestBytes) {
        switch kind {
        case .fdstat: fdstat(bytes)
        case .filestat: filestat(bytes, FilestatLayout.self)
        case .filestatUnstable: filestat(bytes, FilestatUnstableLayout.self)
        case .prestat: prestat(bytes)
        case .subscription, .subscriptionUnstable: subscription(bytes, isUnstable: kind == .subscriptionUnstable)
        case .event: event(bytes)
        case .epollEvent: epollEvent(bytes)
        case .optionTimestamp: optionTimestamp(bytes, none: "NONE")
        case .optionPid: option(bytes.u8(OptionPidLayout.tag), bytes.u32(OptionPidLayout.pid))
        case .joinStatus: joinStatus(bytes)
        case .processHandles: processHandles(bytes)
        case .signalDisposition: signalDisposition(bytes)
        case .spawnFdOp: spawnFdOp(bytes)
        case .stackSnapshot: stackSnapshot(bytes)
        case .threadStart: threadStart(bytes)
        case .tty: terminal(bytes)
        case .addr, .addrIP, .addrPort, .addrCidr, .addrIp4, .addrIp6: address(kind, bytes)
        case .route: route(bytes)
        case .hardwareAddress: hardwareAddress(bytes)
        case .reflectionResult: reflectionResult(bytes)
        case .valueType: byte(bytes) { $0.constant(UInt64($1), .valueType) }
        }
    }

    /// One field, left out when its bytes were not kept.
    mutating func field<Value>(_ name: String, _ value: Value?, _ write: (inout TokenWriter, Value) -> Void) {
        guard let value else { return }
        field(name)
        write(&self, value)
    }

    mutating func field(_ name: String, number value: (some BinaryInteger)?) {
        field(name, value) { $0.number($1) }
    }

    /// Closes a structure, saying so when its end was not kept.
    mutating func closeStructure(_ bytes: GuestBytes, size: Int) {
        if bytes.count < size {
            item()
            add(.note, "...")
        }
        close("}")
    }

    /// A value that is one byte.
    mutating func byte(_ bytes: GuestBytes, _ write: (inout TokenWriter, UInt8) -> Void) {
        if let value = bytes.u8(0) { write(&self, value) } else { unknown() }
    }

    /// `NONE`, or the value.
    mutating func option(_ tag: UInt8?, _ value: UInt32?) {
        switch (tag, value) {
        case (0, _): add(.flag, "NONE")
        case (1, let value?): number(value)
        case (let tag?, _): tagged(tag)
        case (nil, _): unknown()
        }
    }

    mutating func optionTimestamp(_ bytes: GuestBytes, none: String) {
        switch (bytes.u8(OptionTimestampLayout.tag), bytes.u64(OptionTimestampLayout.value)) {
        case (0, _): add(.flag, none)
        case (1, let value?): duration(value)
        case (let tag?, _): tagged(tag)
        case (nil, _): unknown()
        }
    }

    /// A union with an unknown tag.
    mutating func tagged(_ tag: UInt8) {
        open("{")
        field("tag", number: tag)
        add(.note, " /* ??? */")
        close("}")
    }

    private mutating func terminal(_ bytes: GuestBytes) {
        typealias Layout = TtyLayout
        open("{")
        field("cols", number: bytes.u32(Layout.columns))
        field("rows", number: bytes.u32(Layout.rows))
        field("width", number: bytes.u32(Layout.width))
        field("height", number: bytes.u32(Layout.height))
        field("stdin_tty", bytes.u8(Layout.stdinTty)) { $0.bool($1) }
        field("stdout_tty", bytes.u8(Layout.stdoutTty)) { $0.bool($1) }
        field("stderr_tty", bytes.u8(Layout.stderrTty)) { $0.bool($1) }
        field("echo", bytes.u8(Layout.echo)) { $0.bool($1) }
        field("line_buffered", bytes.u8(Layout.lineBuffered)) { $0.bool($1) }
        field("line_feeds", bytes.u8(Layout.lineFeeds)) { $0.bool($1) }
        closeStructure(bytes, size: Layout.size)
    }

    private mutating func reflectionResult(_ bytes: GuestBytes) {
        typealias Layout = ReflectionResultLayout
        open("{")
        field("cacheable", bytes.u8(Layout.cacheable)) { $0.bool($1) }
        field("arguments", number: bytes.u16(Layout.arguments))
        field("results", number: bytes.u16(Layout.results))
        closeStructure(bytes, size: Layout.size)
    }
}
