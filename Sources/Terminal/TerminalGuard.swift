import CLinux
import CNcurses
import Glibc

/// Gives the terminal back on every way out: return, error, exit(), SIGINT, SIGTERM, SIGHUP, SIGQUIT, and the signals
/// of a crash, which then go to whoever handled them before. While it holds a terminal, what goes to standard error
/// (when that is a terminal) is kept and shown afterwards.
///
/// The work that must be possible inside a signal handler is in CLinux/terminal.c. One for a process.
package enum TerminalGuard {
    /// Call before the wasm engine exists: its handlers for guest faults hand everything else on to ours.
    package static func install() { cl_terminal_guard_faults() }

    /// Before the screen changes anything. `bell` rings when the terminal was resized or the program continued.
    static func arm(_ device: TerminalDevice, bell: WakeBell) {
        let restore = restoreBytes()
        restore.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            cl_screen_terminal_arm(
                device.output, bell.descriptor, start.assumingMemoryBound(to: CChar.self), bytes.count)
        }
    }

    static func disarm() { cl_screen_terminal_disarm() }

    /// What undoes full-screen mode, by the terminal's own description, without its padding marks.
    private static func restoreBytes() -> [UInt8] {
        ["sgr0", "op", "cnorm", "rmkx", "rmcup"].flatMap { name -> [UInt8] in
            guard let text = cn_capability(name) else { return [] }
            return withoutPadding(Array(String(cString: text).utf8))
        } + [0x0d]
    }

    /// Without terminfo's padding (`$<5/>`): pauses that only very old terminals need.
    static func withoutPadding(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.first {
            if byte == 0x24, rest.dropFirst().first == 0x3c, let end = rest.firstIndex(of: 0x3e) {
                rest = rest[(end + 1)...]
            } else {
                result.append(byte)
                rest = rest.dropFirst()
            }
        }
        return result
    }
}
