import CNcurses

/// A theme in the terms of one terminal: attributes and a colour pair for every role.
struct Palette {
    private var looks: [(attributes: UInt32, pair: Int32)] = []

    /// Defines the pairs; `colours` is how many colours there are, 0 for none.
    init(theme: Theme, colours: Int) {
        let theme = colours >= 8 ? theme : .monochrome
        var pairs: [[Int16]: Int32] = [[-1, -1]: 0]
        for role in Role.allCases {
            let look = theme.look(for: role)
            let ink = [look.foreground.number(colours: colours), look.background.number(colours: colours)]
            let pair = pairs[ink] ?? Int32(pairs.count)
            if pairs.updateValue(pair, forKey: ink) == nil { cn_define_pair(pair, Int32(ink[0]), Int32(ink[1])) }
            looks.append((UInt32(look.emphasis.rawValue), pair))
        }
    }

    func look(for role: Role) -> (attributes: UInt32, pair: Int32) { looks[Int(role.rawValue)] }
}
