import CLinux
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

    /// What captured streams claim to be: the inspector sends whole lines, and shows what it sent.
    static var captured: TerminalState {
        var state = TerminalState()
        state.echo = true
        state.isLineBuffered = true
        state.hasLineFeeds = true
        return state
    }
}

/// The terminal among a process's standard streams. What a guest changed of the host's is put back when the program
/// ends.
public struct GuestTerminal {
    /// The host's terminal. Nil when the streams are captured for the inspector: the guest sees a terminal then, too,
    /// but its modes are kept in the process and change nothing.
    private let stream: HostStream?
    private let process: GuestProcess

    /// Lock held. Nil when none of the three is a terminal.
    public init?(_ process: GuestProcess) {
        let files = (UInt32(0)...2).lazy.compactMap { Self.file($0, process) }
        guard let file = files.first(where: { $0.kind == .terminal }) else { return nil }
        stream = file as? HostStream
        self.process = process
    }

    /// Whether descriptor `number` is a terminal. Lock held.
    public static func isTerminal(_ number: UInt32, _ process: GuestProcess) -> Bool {
        file(number, process)?.kind == .terminal
    }

    private static func file(_ number: UInt32, _ process: GuestProcess) -> OpenFile? {
        process.descriptors.slot(FdNumber(rawValue: number))?.pointee.file?.takeUnretainedValue()
    }

    /// Lock held, released while the host is asked.
    public func state() throws(Errno) -> TerminalState {
        guard let stream else { return process.capturedTerminal }
        return try stream.withoutLock { [fd = stream.hostFd] () throws(Errno) in try Self.state(of: fd) }
    }

    /// Call it before reading the state in order to change it: it stops a job in the background until the job has the
    /// terminal. Lock held, released meanwhile.
    public func claim() throws(Errno) {
        guard let stream else { return }
        let failure = stream.withoutLock { [fd = stream.hostFd] in cl_guest_terminal_claim(fd) }
        guard failure == 0 else { throw Errno(host: failure) }
    }

    /// Changes what differs from its state now. Lock held, released while the host works.
    public func set(_ wanted: TerminalState) throws(Errno) {
        guard let stream else {
            process.capturedTerminal = wanted
            return
        }
        let failure = stream.withoutLock { [fd = stream.hostFd] in Self.set(wanted, on: fd) }
        guard failure == 0 else { throw Errno(host: failure) }
    }

    // MARK: the host's terminal

    private static func state(of fd: Int32) throws(Errno) -> TerminalState {
        var modes = termios()
        try HostCall.value(.status) { tcgetattr(fd, &modes) }
        return state(of: fd, modes)
    }

    private static func state(of fd: Int32, _ modes: termios) -> TerminalState {
        var state = TerminalState()
        state.echo = modes.c_lflag & tcflag_t(ECHO) != 0
        state.isLineBuffered = modes.c_lflag & tcflag_t(ICANON) != 0
        state.hasLineFeeds = modes.c_oflag & tcflag_t(ONLCR) != 0
        if let size = size(of: fd) {
            state.columns = UInt32(size.ws_col)
            state.rows = UInt32(size.ws_row)
            state.width = UInt32(size.ws_xpixel)
            state.height = UInt32(size.ws_ypixel)
        }
        return state
    }

    /// Nil where the host does not know it.
    private static func size(of fd: Int32) -> winsize? {
        var size = winsize()
        guard ioctl(fd, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return size
    }

    /// - Returns: 0 or the host's errno.
    private static func set(_ wanted: TerminalState, on fd: Int32) -> Int32 {
        var modes = termios()
        guard tcgetattr(fd, &modes) == 0 else { return Glibc.errno }
        let now = state(of: fd, modes)
        modes.c_lflag = setting(modes.c_lflag, ECHO, wanted.echo)
        modes.c_lflag = setting(modes.c_lflag, ICANON, wanted.isLineBuffered)
        modes.c_oflag = setting(modes.c_oflag, ONLCR, wanted.hasLineFeeds)
        // Without line buffering a read ends with the first byte, whatever another program set before.
        if !wanted.isLineBuffered {
            modes.c_cc.6 = 1  // VMIN
            modes.c_cc.5 = 0  // VTIME
        }
        var size = size(of: fd) ?? winsize()
        let isNewSize = wanted.columns != now.columns || wanted.rows != now.rows
        (size.ws_col, size.ws_row) = (UInt16(clamping: wanted.columns), UInt16(clamping: wanted.rows))
        return isNewSize ? cl_guest_terminal_set(fd, &modes, &size) : cl_guest_terminal_set(fd, &modes, nil)
    }

    private static func setting(_ flags: tcflag_t, _ flag: Int32, _ isOn: Bool) -> tcflag_t {
        isOn ? flags | tcflag_t(flag) : flags & ~tcflag_t(flag)
    }
}
