import Terminal

/// What is shown while a guest is read and compiled: what goes on, how far it is or for how long.
package struct LoadingScreen {
    package enum Stage: Sendable, Hashable {
        /// Bytes so far, of how many where that is known.
        case reading(bytes: Int, of: Int?)
        /// A module of that many bytes. The compiler does not say how far it is.
        case compiling(bytes: Int)
    }

    /// The file's name; made safe here.
    package var program: String
    package var stage: Stage
    /// Since the start.
    package var seconds: Int

    package init(program: String, stage: Stage, seconds: Int) {
        self.program = program
        self.stage = stage
        self.seconds = seconds
    }

    package func frame(_ size: Size, _ glyphs: Glyphs) -> Canvas {
        var canvas = Canvas(size: size)
        let columns = 0..<size.columns
        let cut = glyphs.cut
        func put(_ line: StyledLine, _ y: Int) {
            if y < size.rows { canvas.put(line.fitted(size.columns, .left, cut: cut), x: 0, y: y, within: columns) }
        }
        var title = StyledLine(" wasix-top  ", Style(.header))
        title.add("LOADING", Style(.header, .bold))
        title.pad(to: size.columns)
        put(title, 0)
        var what = StyledLine(" ")
        what.add(doing)
        what.add(.faint, "  \(seconds) s")
        put(what, size.rows > 3 ? 2 : 1)
        var keys = StyledLine(" ")
        keys.add(.keyName, "q")
        keys.add(.keyLabel, "Quit")
        if size.rows > 2 { put(keys, size.rows - 1) }
        return canvas
    }

    private var doing: String {
        let name = Sanitizer.clean(program, limit: 200)
        switch stage {
        case .reading(let bytes, let total?) where total > 0:
            return "reading \(name), \(Self.size(bytes)) of \(Self.size(total))"
        case .reading(let bytes, _): return "reading \(name), \(Self.size(bytes)) so far"
        case .compiling(let bytes): return "compiling \(name), \(Self.size(bytes))"
        }
    }

    /// `812 bytes`, `64 KB`, `18 MB`.
    private static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<1000: "\(bytes) bytes"
        case ..<1_000_000: "\(bytes / 1000) KB"
        case ..<10_000_000: "\(bytes / 1_000_000).\(bytes % 1_000_000 / 100_000) MB"
        default: "\(bytes / 1_000_000) MB"
        }
    }
}
