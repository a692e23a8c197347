/// A colour: one of the eight every colour terminal has, and a better match where there are 16 or 256.
package struct Colour: Sendable, Hashable {
    package var basic: Int16
    package var bright: Int16?
    package var extended: Int16?

    /// `basic` 0-7, `bright` 8-15, `extended` 16-255; -1 is the terminal's own.
    package init(_ basic: Int16, bright: Int16? = nil, extended: Int16? = nil) {
        self.basic = basic
        self.bright = bright
        self.extended = extended
    }

    package static let own = Colour(-1)
    package static let black = Colour(0)
    package static let red = Colour(1)
    package static let green = Colour(2)
    package static let yellow = Colour(3)
    package static let blue = Colour(4)
    package static let magenta = Colour(5)
    package static let cyan = Colour(6)
    package static let white = Colour(7)

    /// The number to ask a terminal with that many colours for.
    package func number(colours: Int) -> Int16 {
        if colours >= 256, let extended { return extended }
        if colours >= 16, let bright { return bright }
        return basic
    }
}

/// How a role looks.
package struct Look: Sendable, Hashable {
    package var foreground: Colour
    package var background: Colour
    package var emphasis: Emphasis

    package init(_ foreground: Colour = .own, on background: Colour = .own, _ emphasis: Emphasis = []) {
        self.foreground = foreground
        self.background = background
        self.emphasis = emphasis
    }
}

/// A look for every role.
package struct Theme: Sendable {
    package let name: String
    private let looks: [Look]

    private init(name: String, _ look: (Role) -> Look) {
        self.name = name
        looks = Role.allCases.map(look)
    }

    package func look(for role: Role) -> Look { looks[Int(role.rawValue)] }

    package static func named(_ name: String) -> Theme? {
        [standard, light, monochrome].first { $0.name == name }
    }

    /// For dark and medium backgrounds.
    package static let standard = Theme(name: "default") { role in
        let grey = Colour(7, bright: 8, extended: 245)
        switch role {
        case .text, .quoted: return Look()
        case .faint: return Look(grey)
        case .header: return Look(.black, on: Colour(6, extended: 73))
        case .frame: return Look(Colour(4, bright: 8, extended: 240))
        case .frameFocused: return Look(Colour(6, extended: 80), .bold)
        case .title: return Look(.own, .bold)
        case .columnTitle: return Look(Colour(6, extended: 109))
        case .cursor: return Look(.black, on: Colour(6, extended: 116))
        case .cursorElsewhere: return Look(.own, on: Colour(4, bright: 8, extended: 237))
        case .good: return Look(Colour(2, extended: 114))
        case .attention: return Look(Colour(3, extended: 221), .bold)
        case .trouble: return Look(Colour(1, bright: 9, extended: 203), .bold)
        case .call: return Look(Colour(6, extended: 117))
        case .number: return Look(Colour(5, extended: 183))
        case .object: return Look(Colour(2, extended: 108))
        case .softError: return Look(Colour(3, extended: 179))
        case .hardError: return Look(Colour(1, bright: 9, extended: 203))
        case .gap: return Look(.black, on: Colour(3, extended: 179))
        case .blocked: return Look(Colour(3, extended: 179))
        case .match: return Look(.black, on: .yellow)
        case .prompt: return Look(.own, .bold)
        case .keyName: return Look(.own, .bold)
        case .keyLabel: return Look(.black, on: Colour(6, extended: 73))
        }
    }

    /// For bright backgrounds.
    package static let light = Theme(name: "light") { role in
        let grey = Colour(0, bright: 8, extended: 243)
        switch role {
        case .text, .quoted: return Look()
        case .faint: return Look(grey)
        case .header, .keyLabel: return Look(.white, on: Colour(4, extended: 24))
        case .frame: return Look(Colour(4, bright: 8, extended: 250))
        case .frameFocused: return Look(Colour(4, extended: 25), .bold)
        case .title, .prompt, .keyName: return Look(.own, .bold)
        case .columnTitle: return Look(Colour(4, extended: 24))
        case .cursor: return Look(.white, on: Colour(4, extended: 25))
        case .cursorElsewhere: return Look(.own, on: Colour(6, extended: 254))
        case .good, .object: return Look(Colour(2, extended: 28))
        case .attention: return Look(Colour(5, extended: 130), .bold)
        case .trouble: return Look(Colour(1, extended: 160), .bold)
        case .call: return Look(Colour(4, extended: 25))
        case .number: return Look(Colour(5, extended: 90))
        case .softError, .blocked: return Look(Colour(5, extended: 130))
        case .hardError: return Look(Colour(1, extended: 160))
        case .gap, .match: return Look(.black, on: .yellow)
        }
    }

    /// No colour at all (NO_COLOR, terminals that have none).
    package static let monochrome = Theme(name: "monochrome") { role in
        switch role {
        case .text, .frame, .good, .call, .number, .quoted, .object, .softError, .blocked: return Look()
        case .faint: return Look(.own, .dim)
        case .header, .cursor, .keyLabel, .gap, .match: return Look(.own, .reverse)
        case .frameFocused, .title, .attention, .trouble, .hardError, .prompt, .keyName: return Look(.own, .bold)
        case .columnTitle, .cursorElsewhere: return Look(.own, .underline)
        }
    }
}
