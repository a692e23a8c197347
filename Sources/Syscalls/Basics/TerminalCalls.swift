import Kernel
import WasixABI

/// The terminal behind the standard streams.
enum TerminalCalls {
    static let bindings: [CallBinding] = [CallBinding(.ttyGet, ttyGet), CallBinding(.ttySet, ttySet)]

    /// Without a terminal the size is a usual one, and nothing claims to be a terminal (WasixABI.docc/Terminal).
    private static func ttyGet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let process = thread.process
        let target = try thread.memory.range(call.pointer(0), UInt64(TtyLayout.size))
        let (state, streams) = try thread.kernel.locked { () throws(Errno) in
            process.hasAskedForTerminal = true
            let streams = (UInt32(0)...2).map { GuestTerminal.isTerminal($0, process) }
            return (try GuestTerminal(process)?.state() ?? TerminalState(), streams)
        }
        target.initializeMemory(as: UInt8.self, repeating: 0, count: TtyLayout.size)
        target.storeBytes(of: state.columns, toByteOffset: TtyLayout.columns, as: UInt32.self)
        target.storeBytes(of: state.rows, toByteOffset: TtyLayout.rows, as: UInt32.self)
        target.storeBytes(of: state.width, toByteOffset: TtyLayout.width, as: UInt32.self)
        target.storeBytes(of: state.height, toByteOffset: TtyLayout.height, as: UInt32.self)
        let switches = [
            (TtyLayout.stdinTty, streams[0]), (TtyLayout.stdoutTty, streams[1]), (TtyLayout.stderrTty, streams[2]),
            (TtyLayout.echo, state.echo), (TtyLayout.lineBuffered, state.isLineBuffered),
            (TtyLayout.lineFeeds, state.hasLineFeeds),
        ]
        for (offset, isOn) in switches { target.storeBytes(of: isOn ? 1 : 0, toByteOffset: offset, as: UInt8.self) }
    }

    /// Echo, line buffering and line feeds; or the size. A call that asks for another size comes from libc's
    /// TIOCSWINSZ, which leaves everything else uninitialised, so it changes nothing else (WasixABI.docc/Terminal).
    private static func ttySet(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let source = UnsafeRawPointer(try thread.memory.range(call.pointer(0), UInt64(TtyLayout.size)))
        try thread.kernel.locked { () throws(Errno) in
            guard let terminal = GuestTerminal(thread.process) else { throw .notty }
            try terminal.claim()
            var state = try terminal.state()
            let columns = source.loadUnaligned(fromByteOffset: TtyLayout.columns, as: UInt32.self)
            let rows = source.loadUnaligned(fromByteOffset: TtyLayout.rows, as: UInt32.self)
            if columns != state.columns || rows != state.rows, sizes.contains(columns), sizes.contains(rows) {
                (state.columns, state.rows) = (columns, rows)
                return try terminal.set(state)
            }
            state.echo = flag(source, TtyLayout.echo) ?? state.echo
            state.isLineBuffered = flag(source, TtyLayout.lineBuffered) ?? state.isLineBuffered
            state.hasLineFeeds = flag(source, TtyLayout.lineFeeds) ?? state.hasLineFeeds
            try terminal.set(state)
        }
    }

    /// The columns or rows that a terminal can have. Anything else is not taken for a size.
    private static let sizes = UInt32(1)...UInt32(UInt16.max)

    /// Nil for a byte that is no boolean.
    private static func flag(_ source: UnsafeRawPointer, _ offset: Int) -> Bool? {
        switch source.load(fromByteOffset: offset, as: UInt8.self) {
        case 0: false
        case 1: true
        default: nil
        }
    }
}
