import CNcurses

/// A theme in the terms of one terminal: attributes and a colour pair for every role, and pairs for a guest's own
/// colours, defined when first used.
struct Palette {
    /// The most pairs that are defined, pair 0 included. Terminals with 256 colours have room for them; those with
    /// eight often have 64 (terminfo: pairs).
    private static let pairLimit = 255

    private let colours: Int
    private var looks: [(attributes: UInt32, pair: Int32)] = []
    private var pairs: [Ink: Int32] = [.none: 0]

    /// Defines the pairs; `colours` is how many colours there are, 0 for none.
    init(theme: Theme, colours: Int) {
        self.colours = colours
        for role in Role.allCases {
            let look = theme.look(for: role, colours: colours)
            let pair = pair(for: Ink(look.foreground, on: look.background)) ?? 0
            looks.append((UInt32(look.emphasis.rawValue), pair))
        }
        isColoured = looks.contains { $0.pair != 0 }
    }

    /// The theme has colours: without any, a guest's are not shown either.
    private var isColoured = false

    mutating func look(for style: Style) -> (attributes: UInt32, pair: Int32) {
        var look = looks[Int(style.role.rawValue)]
        look.attributes |= UInt32(style.emphasis.rawValue)
        guard style.ink != .none, isColoured else { return look }
        let known = Ink(number(style.ink.foreground), on: number(style.ink.background))
        if let pair = pair(for: known) { look.pair = pair }
        return look
    }

    /// The colour itself, or the plain form of a bright one; the terminal's own where it has neither.
    private func number(_ colour: Int16) -> Int16 {
        if colour < colours { return colour }
        return colour < 16 && colours >= 8 ? colour - 8 : Look.own
    }

    private mutating func pair(for ink: Ink) -> Int32? {
        if let pair = pairs[ink] { return pair }
        guard pairs.count < Self.pairLimit else { return nil }
        let pair = Int32(pairs.count)
        guard cn_define_pair(pair, Int32(ink.foreground), Int32(ink.background)) else { return nil }
        pairs[ink] = pair
        return pair
    }
}
