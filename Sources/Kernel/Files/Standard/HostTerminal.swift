import Glibc
import Trace
import WasixABI

/// What a guest can see and change of the terminal that its standard streams are.
public struct TerminalState: Equatable, Sendable {
    public var columns: UInt32 = 80
    public var rows: UInt32 = 25
    /// Pixels, 0 when unknown.
    public var width: UInt32 = 0
    public var height: UInt32 = 0
    public var echo = false
    public var isLineBuffered = false
    public var hasLineFeeds = false

    public init() {}
}

/// The terminal among a process's standard streams.
public struct HostTerminal {
    private let stream: HostStream

    /// Lock held. Nil when none of the three is a terminal of the host.
    public init?(_ process: GuestProcess) {
        let streams = (UInt32(0)...2).lazy.compactMap { Self.stream($0, process) }
        guard let stream = streams.first(where: { $0.isTerminal }) else { return nil }
        self.stream = stream
    }

    /// Whether descriptor `number` is a terminal of the host. Lock held.
    public static func isTerminal(_ number: UInt32, _ process: GuestProcess) -> Bool {
        stream(number, process)?.isTerminal ?? false
    }

    private static func stream(_ number: UInt32, _ process: GuestProcess) -> HostStream? {
        process.descriptors.slot(FdNumber(rawValue: number))?.pointee.file?.takeUnretainedValue() as? HostStream
    }

    /// Lock held, released while the host is asked.
    public func state() throws(Errno) -> TerminalState {
        try TerminalModes.check(stream.withoutLock { [fd = stream.hostFd] in TerminalModes.state(of: fd) })
    }

    /// Changes what differs from its state now. Lock held, released while the host works.
    public func set(_ wanted: TerminalState) throws(Errno) {
        _ = try TerminalModes.check(stream.withoutLock { [fd = stream.hostFd] in TerminalModes.set(wanted, on: fd) })
    }
}

/// The modes of the host's terminal. What a guest changed is put back when the program ends.
public enum TerminalModes {
    /// The terminal as it was before the first change, with a descriptor of its own.
    ///
    /// Written before the exit handler that reads it is registered, and by one guest's `tty_set` at a time: a race
    /// between two can only save the same modes twice.
    private nonisolated(unsafe) static var original: (fd: Int32, modes: termios)?

    static func state(of fd: Int32) -> Result<TerminalState, Errno> {
        var modes = termios()
        guard tcgetattr(fd, &modes) == 0 else { return .failure(.lastHost) }
        var state = TerminalState()
        state.echo = modes.c_lflag & tcflag_t(ECHO) != 0
        state.isLineBuffered = modes.c_lflag & tcflag_t(ICANON) != 0
        state.hasLineFeeds = modes.c_oflag & tcflag_t(ONLCR) != 0
        var size = winsize()
        if ioctl(fd, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 {
            state.columns = UInt32(size.ws_col)
            state.rows = UInt32(size.ws_row)
            state.width = UInt32(size.ws_xpixel)
            state.height = UInt32(size.ws_ypixel)
        }
        return .success(state)
    }

    /// The size stays the window's own.
    static func set(_ wanted: TerminalState, on fd: Int32) -> Result<TerminalState, Errno> {
        var modes = termios()
        guard tcgetattr(fd, &modes) == 0 else { return .failure(.lastHost) }
        remember(fd, modes)
        modes.c_lflag = setting(modes.c_lflag, ECHO, wanted.echo)
        modes.c_lflag = setting(modes.c_lflag, ICANON, wanted.isLineBuffered)
        modes.c_oflag = setting(modes.c_oflag, ONLCR, wanted.hasLineFeeds)
        guard tcsetattr(fd, TCSANOW, &modes) == 0 else { return .failure(.lastHost) }
        return .success(wanted)
    }

    /// Puts the terminal back as it was before a guest changed it. Any thread, also from a signal handler.
    public static func restore() {
        guard var saved = original else { return }
        tcsetattr(saved.fd, TCSANOW, &saved.modes)
    }

    static func check(_ result: Result<TerminalState, Errno>) throws(Errno) -> TerminalState { try result.get() }

    private static func setting(_ flags: tcflag_t, _ flag: Int32, _ isOn: Bool) -> tcflag_t {
        isOn ? flags | tcflag_t(flag) : flags & ~tcflag_t(flag)
    }

    private static func remember(_ fd: Int32, _ modes: termios) {
        guard original == nil else { return }
        let own = fcntl(fd, F_DUPFD_CLOEXEC, 3)
        guard own >= 0 else { return }
        original = (own, modes)
        atexit { TerminalModes.restore() }
    }
}
