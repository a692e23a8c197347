import WasixABI

/// Collects tokens; knows where a comma belongs.
struct TokenWriter {
    private(set) var tokens: [Token] = []
    private var isAtStart = true
    let options: DecodeOptions
    /// Of the pointers and sizes in the guest's structures.
    let width: PointerWidth

    init(options: DecodeOptions, width: PointerWidth = .bits32) {
        self.options = options
        self.width = width
        tokens.reserveCapacity(32)
    }

    mutating func add(_ kind: Token.Kind, _ text: String) {
        tokens.append(Token(kind, text))
    }

    /// An opening bracket: the next item needs no comma.
    mutating func open(_ bracket: String) {
        add(.punctuation, bracket)
        isAtStart = true
    }

    mutating func close(_ bracket: String) {
        add(.punctuation, bracket)
        isAtStart = false
    }

    /// Begins the next item of the list that is open.
    mutating func item() {
        if !isAtStart { add(.punctuation, ", ") }
        isAtStart = false
    }

    /// Begins the next item as `name=`.
    mutating func field(_ name: String) {
        item()
        add(.argument, name)
        add(.punctuation, "=")
    }

    mutating func number(_ value: some BinaryInteger) {
        add(.number, String(value))
    }

    mutating func hex(_ value: UInt64) {
        add(.number, "0x" + String(value, radix: 16))
    }

    mutating func pointer(_ address: UInt64) {
        add(.pointer, address == 0 ? "NULL" : "0x" + String(address, radix: 16))
    }

    mutating func bool(_ value: some BinaryInteger) {
        switch value {
        case 0: add(.flag, "false")
        case 1: add(.flag, "true")
        default: number(value)
        }
    }

    mutating func duration(_ nanoseconds: UInt64) {
        add(.duration, DurationFormat.exact(nanoseconds))
    }

    mutating func timestamp(_ nanoseconds: UInt64) {
        add(.number, DurationFormat.timestamp(nanoseconds))
    }

    /// A quoted string of guest bytes, with `...` when there is more than is shown.
    /// - Parameter isName: it is shown whole, whatever the limit of strings is.
    mutating func string(_ bytes: GuestBytes, isCut: Bool, isName: Bool = false) {
        let shown = isName ? bytes : bytes.prefix(options.stringLimit)
        add(.string, StringEscaper.quote(shown))
        if isCut || shown.count < bytes.count { add(.note, "...") }
    }

    /// What should be here was not kept.
    mutating func unknown() {
        add(.note, "?")
    }
}
