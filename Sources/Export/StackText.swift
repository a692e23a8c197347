import Decode
import Diagnosis
import Trace

/// A guest stack as text: `serve_once stall.c:52 < guest_main stall.c:71 < _start`.
package struct StackText {
    /// Functions of one line; those further out are left away.
    private static let most = 6

    package init() {}

    /// One line, from the innermost function of the program's own outwards; empty without a stack.
    package func line(_ stack: [GuestFrame]) -> String {
        let own = stack.fromOwn
        let shown = own.prefix(Self.most).map(text)
        return (own.count > Self.most ? shown + ["..."] : shown).joined(separator: " < ")
    }

    /// ` > serve_once+0x3e stall.c:52 [0x1c2]`, one of the lines below a call, as strace -k has them. No end of line.
    package func below(_ frame: GuestFrame) -> String {
        let hex = { (offset: Int) in "0x" + String(offset, radix: 16) }
        var line = " > " + StringEscaper.plain(frame.function)
        if let offset = frame.functionOffset { line += "+" + hex(offset) }
        if let file = frame.file, let number = frame.line {
            line += " \(StringEscaper.plain(Self.name(of: file))):\(number)"
        }
        if let offset = frame.moduleOffset { line += " [\(hex(offset))]" }
        return line
    }

    private static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// `serve_once stall.c:52`, or `serve_once +0x3e` where no line is known.
    package func text(_ frame: GuestFrame) -> String {
        let name = StringEscaper.plain(frame.function)
        if let file = frame.file, let line = frame.line {
            return "\(name) \(StringEscaper.plain(Self.name(of: file))):\(line)"
        }
        return frame.functionOffset.map { "\(name) +0x\(String($0, radix: 16))" } ?? name
    }
}
