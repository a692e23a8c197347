import CNcurses
import Glibc

/// The terminal that keys come from and frames go to: standard input and output where both are one, else the
/// controlling terminal (so that a pipe or a file there can belong to the guest).
package struct TerminalDevice: Sendable {
    package let input: Int32
    package let output: Int32

    package init() throws(TerminalError) {
        if isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 {
            input = STDIN_FILENO
            output = STDOUT_FILENO
            return
        }
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { throw .noTerminal }
        input = terminal
        output = terminal
    }

    /// As the terminal says; 80x24 where it does not.
    package var size: Size {
        var rows: Int32 = 0
        var columns: Int32 = 0
        cn_window_size(output, &rows, &columns)
        return rows > 0 && columns > 0 ? Size(columns: Int(columns), rows: Int(rows)) : Size(columns: 80, rows: 24)
    }
}
