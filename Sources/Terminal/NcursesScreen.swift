import CLinux
import CNcurses
import Glibc

/// A terminal, driven by ncursesw. One thread makes it, uses it and closes it; there is one at a time.
package final class NcursesScreen {
    package struct Options: Sendable {
        /// Draw with ASCII only, whatever the locale says.
        package var ascii = false
        package var theme = ThemeName.automatic

        package init() {}
    }

    package let glyphs: Glyphs
    package let device: TerminalDevice
    package private(set) var size: Size
    /// Rung by signals that concern the screen, and by whoever has something new to show.
    package let bell = WakeBell()

    /// What was typed before the screen was there.
    let typedAhead: [UInt8]

    private var palette: Palette
    private var shown: Canvas?
    private var isOpen = true

    /// Takes the terminal over. `TerminalGuard.install()` comes first.
    package init(_ options: Options) throws(TerminalError) {
        device = try TerminalDevice()
        let isUTF8 = cn_use_locale(false) && !options.ascii
        glyphs = isUTF8 ? .utf8 : .ascii
        try Self.check(cn_describe(device.output))
        TerminalGuard.arm(device, bell: bell)
        do {
            try Self.check(cn_open(device.input, device.output))
        } catch {
            TerminalGuard.disarm()
            throw error
        }
        let colours = Int(cn_colours())
        let (theme, typed) = Self.theme(options.theme, device, colours: colours)
        typedAhead = typed
        palette = Palette(theme: theme, colours: colours)
        size = device.size
        cn_resize(Int32(size.rows), Int32(size.columns))
    }

    /// The first of these that says something decides: the user's choice, NO_COLOR, COLORFGBG, the terminal's own
    /// answer. A terminal with few colours is not asked: the looks for those show on any background.
    private static func theme(
        _ name: ThemeName, _ device: TerminalDevice, colours: Int
    ) -> (theme: Theme, typed: [UInt8]) {
        guard name == .automatic || name == .blueOrange else { return (Theme(name, on: .dark), []) }
        // As no-color.org has it: any value but an empty one.
        if name == .automatic, environment("NO_COLOR") != "" { return (.monochrome, []) }
        if let known = Background(colorFgBg: environment("COLORFGBG")) { return (Theme(name, on: known), []) }
        guard colours >= 256 else { return (Theme(name, on: .dark), []) }
        var query = BackgroundQuery()
        query.ask(input: device.input, output: device.output)
        return (Theme(name, on: query.background ?? .dark), query.typed)
    }

    /// Empty when it is not set.
    private static func environment(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }

    private static func check(_ outcome: Int32) throws(TerminalError) {
        let type = environment("TERM")
        switch Int(outcome) {
        case CN_READY: return
        case CN_NO_DATABASE_ENTRY: throw .unknownType(type)
        case CN_NO_ADDRESSING: throw .cannotAddress(type)
        default: throw .refused(type)
        }
    }

    deinit { close() }

    /// Gives the terminal back; what was kept of standard error appears below.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        cn_close()
        TerminalGuard.disarm()
    }

    /// Shows a frame. One drawn for another size (a resize came in between) is cut.
    package func show(_ frame: Canvas) {
        guard isOpen else { return }
        let isWhole = shown?.size != frame.size
        var drawn = 0
        for y in 0..<min(frame.size.rows, size.rows) {
            let row = frame.row(y)
            if !isWhole, let shown, shown.row(y).elementsEqual(row) { continue }
            draw(row, y: y)
            drawn += 1
            if drawn % CN_ROWS_AT_ONCE == 0 { cn_send() }
        }
        shown = frame
        let cursor = frame.cursor.flatMap { $0.x < size.columns && $0.y < size.rows ? $0 : nil }
        cn_flush(Int32(cursor?.y ?? -1), Int32(cursor?.x ?? 0))
    }

    /// Draws everything anew with the next frame (Ctrl-L).
    package func redrawAll() {
        shown = nil
        cn_redraw_all()
    }

    /// Hands a text to the terminal's clipboard. What is shown stays as it is.
    package func copy(_ text: String) {
        guard isOpen else { return }
        // What ncurses has not sent yet must not be cut in two.
        cn_send()
        Clipboard.write(Clipboard.sequence(text), to: device.output)
    }

    /// After a resize: adopts the terminal's size.
    package func adoptSize() {
        size = device.size
        cn_resize(Int32(size.rows), Int32(size.columns))
        redrawAll()
    }

    /// Ctrl-Z: gives the terminal back, stops the job, and takes the terminal again when it is continued.
    package func suspend() {
        cn_leave()
        TerminalGuard.disarm()
        cl_screen_terminal_stop()
        TerminalGuard.arm(device, bell: bell)
        adoptSize()
    }

    private func draw(_ row: ArraySlice<Cell>, y: Int) {
        for (x, cell) in row.prefix(size.columns).enumerated() where !cell.isContinuation {
            let look = palette.look(for: cell.style)
            let scalars = glyphs.isUTF8 ? (cell.scalar, cell.marks.0, cell.marks.1) : (Self.ascii(cell), 0, 0)
            withUnsafeBytes(of: scalars) {
                guard let start = $0.baseAddress?.assumingMemoryBound(to: UInt32.self) else { return }
                cn_put(Int32(y), Int32(x), start, look.attributes, look.pair)
            }
        }
    }

    private static func ascii(_ cell: Cell) -> UInt32 {
        cell.scalar < 0x7f ? cell.scalar : Glyphs.replacement.value
    }
}
