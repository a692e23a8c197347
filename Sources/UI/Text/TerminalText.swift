import Terminal

/// A line that a guest wrote, as a terminal shows it: a carriage return goes back to the line's beginning, tabs to the
/// next eighth column, and colours are kept (SGR). Every other control sequence becomes text: nothing here moves
/// another line.
struct TerminalText {
    private struct Letter {
        var text: String
        var style: Style
    }

    private let plain: Style
    private var letters: [Letter] = []
    private var column = 0
    private var style: Style

    static func line(_ bytes: [UInt8], _ style: Style = .text) -> StyledLine {
        var text = TerminalText(plain: style, style: style)
        text.write(bytes[...])
        return text.result
    }

    private init(plain: Style, style: Style) {
        self.plain = plain
        self.style = style
    }

    private mutating func write(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while let byte = rest.first {
            var length = 1
            switch byte {
            case 0x0d: column = 0
            case 0x08: column = max(column - 1, 0)
            case 0x09: tab()
            default:
                if byte == 0x1b, let sequence = apply(rest) {
                    length = sequence
                } else {
                    length = min(max(Sanitizer.sequenceLength(of: byte), 1), rest.count)
                    put(Sanitizer.clean(rest.prefix(length)))
                }
            }
            rest = rest.dropFirst(length)
        }
    }

    /// One character, or the letters that stand for a byte that is none.
    private mutating func put(_ text: String) {
        for scalar in text.unicodeScalars {
            let width = TextWidth.of(scalar)
            if width > 0 {
                set(String(Character(scalar)), width: width)
            } else if column > 0, column <= letters.count {
                // A mark that combines stands with the letter before it.
                letters[column - 1].text.unicodeScalars.append(scalar)
            }
        }
    }

    /// The second column of a wide letter has no text.
    private mutating func set(_ text: String, width: Int) {
        pad(to: column)
        if column > 0, column < letters.count, letters[column].text.isEmpty { letters[column - 1].text = " " }
        for index in 0..<width {
            let letter = Letter(text: index == 0 ? text : "", style: style)
            if column + index < letters.count { letters[column + index] = letter } else { letters.append(letter) }
        }
        column += width
        if column < letters.count, letters[column].text.isEmpty { letters[column].text = " " }
    }

    private mutating func tab() {
        column += 8 - column % 8
        pad(to: column)
    }

    private mutating func pad(to column: Int) {
        while letters.count < column { letters.append(Letter(text: " ", style: plain)) }
    }

    /// ESC [ parameters m changes the style, ESC [ K clears the rest of the line.
    /// - Returns: the sequence's length; nil for others.
    private mutating func apply(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.dropFirst().first == 0x5b else { return nil }
        let body = bytes.dropFirst(2)
        guard let end = body.firstIndex(where: { !(0x30...0x3b).contains($0) }) else { return nil }
        let fields = body[..<end].split(separator: 0x3b, omittingEmptySubsequences: false)
        let numbers = fields.map { $0.prefix(4).reduce(0) { $0 * 10 + Int($1) - 0x30 } }
        switch bytes[end] {
        case 0x6d: GuestStyle.apply(numbers, to: &style, plain: plain)
        case 0x4b where numbers == [0]: letters.removeLast(max(letters.count - column, 0))
        default: return nil
        }
        return end + 1 - bytes.startIndex
    }

    private var result: StyledLine {
        var spans: [Span] = []
        for letter in letters {
            if let last = spans.indices.last, spans[last].style == letter.style {
                spans[last].text += letter.text
            } else {
                spans.append(Span(letter.text, letter.style))
            }
        }
        return StyledLine(spans)
    }
}

/// What SGR parameters make of a style (ECMA-48 8.3.117; 38 and 48 as xterm has them).
private enum GuestStyle {
    static func apply(_ parameters: [Int], to style: inout Style, plain: Style) {
        var rest = parameters[...]
        while let parameter = rest.popFirst() {
            switch parameter {
            case 0: style = plain
            case 1: style.emphasis.insert(.bold)
            case 2: style.emphasis.insert(.dim)
            case 4: style.emphasis.insert(.underline)
            case 7: style.emphasis.insert(.reverse)
            case 22: style.emphasis.subtract([.bold, .dim])
            case 24: style.emphasis.remove(.underline)
            case 27: style.emphasis.remove(.reverse)
            case 30...37: style.ink.foreground = Int16(parameter - 30)
            case 40...47: style.ink.background = Int16(parameter - 40)
            case 90...97: style.ink.foreground = Int16(parameter - 82)
            case 100...107: style.ink.background = Int16(parameter - 92)
            case 39: style.ink.foreground = Look.own
            case 49: style.ink.background = Look.own
            case 38: if let colour = colour(&rest) { style.ink.foreground = colour }
            case 48: if let colour = colour(&rest) { style.ink.background = colour }
            default: break
            }
        }
    }

    /// `5;number`, or `2;red;green;blue` as the nearest of the colour cube.
    private static func colour(_ rest: inout ArraySlice<Int>) -> Int16? {
        switch rest.popFirst() {
        case 5: return rest.popFirst().flatMap { (0...255).contains($0) ? Int16($0) : nil }
        case 2:
            let channels = rest.prefix(3)
            rest = rest.dropFirst(3)
            guard channels.count == 3, channels.allSatisfy({ (0...255).contains($0) }) else { return nil }
            let steps = channels.map { ($0 * 5 + 127) / 255 }
            return Int16(16 + steps[0] * 36 + steps[1] * 6 + steps[2])
        default: return nil
        }
    }
}
