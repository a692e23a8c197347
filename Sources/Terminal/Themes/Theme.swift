/// A look for every role.
package struct Theme: Sendable {
    /// Where there are 256 colours.
    private let rich: [Look]
    /// Where there are eight. Their shades differ from terminal to terminal, and nobody says what is behind them: a
    /// look of these is one that shows on black and on white.
    private let basic: [Look]

    private init(rich: (Role) -> Look, basic: (Role) -> Look) {
        self.rich = Role.allCases.map(rich)
        self.basic = Role.allCases.map(basic)
    }

    /// - Parameter colours: how many the terminal has.
    package func look(for role: Role, colours: Int) -> Look {
        let looks = colours >= 256 ? rich : colours >= 8 ? basic : Theme.monochrome.basic
        return looks[Int(role.rawValue)]
    }

    package init(_ name: ThemeName, on background: Background) {
        switch (name, background) {
        case (.dark, _), (.automatic, .dark): self = .dark
        case (.light, _), (.automatic, .light): self = .light
        case (.monochrome, _): self = .monochrome
        case (.highContrast, _): self = .highContrast
        case (.blueOrange, .dark): self = .blueOrange
        case (.blueOrange, .light): self = .blueOrangeOnLight
        }
    }

    package static let dark = Theme(rich: darkLook, basic: basicLook)
    package static let light = Theme(rich: lightLook, basic: basicLook)
    /// No colour at all (NO_COLOR, terminals that have none).
    package static let monochrome = Theme(rich: plainLook, basic: plainLook)
    /// Nothing is dimmed; what matters stands on a ground of its own.
    static let highContrast = Theme(
        rich: { highContrastLook($0, black: 16, yellow: 226, white: 231, red: 124) },
        basic: { highContrastLook($0, black: 0, yellow: 3, white: 7, red: 1) })
    /// Good and bad are told apart by those who see no difference between green and red.
    static let blueOrange = Theme(
        rich: { blueOrangeLook($0) ?? darkLook($0) }, basic: { blueYellowLook($0) ?? basicLook($0) })
    static let blueOrangeOnLight = Theme(
        rich: { blueOrangeLightLook($0) ?? lightLook($0) }, basic: { blueYellowLook($0) ?? basicLook($0) })

    private static func darkLook(_ role: Role) -> Look {
        switch role {
        case .text, .quoted: Look()
        case .faint: Look(245)
        case .header, .keyLabel: Look(16, on: 73)
        case .frame: Look(240)
        case .frameFocused: Look(80, .bold)
        case .title, .prompt, .keyName: Look(.bold)
        case .columnTitle: Look(109)
        case .cursor: Look(231, on: 24)
        case .cursorElsewhere: Look(252, on: 237)
        case .good: Look(114)
        case .attention: Look(221, .bold)
        case .trouble: Look(203, .bold)
        case .attentionAtCursor: Look(16, on: 221, .bold)
        case .troubleAtCursor: Look(231, on: 160, .bold)
        case .blockedAtCursor: Look(215, on: 24)
        case .blockedElsewhere: Look(179, on: 237)
        case .call: Look(117)
        case .number: Look(183)
        case .object: Look(108)
        case .softError, .blocked: Look(179)
        case .hardError: Look(203)
        case .gap: Look(16, on: 179)
        case .match: Look(16, on: 227)
        }
    }

    private static func lightLook(_ role: Role) -> Look {
        switch role {
        case .text, .quoted: Look()
        case .faint: Look(241)
        case .header, .keyLabel: Look(231, on: 24)
        case .frame: Look(247)
        case .frameFocused: Look(25, .bold)
        case .title, .prompt, .keyName: Look(.bold)
        case .columnTitle: Look(24)
        case .cursor: Look(231, on: 25)
        case .cursorElsewhere: Look(16, on: 253)
        case .good, .object: Look(28)
        case .attention: Look(130, .bold)
        case .trouble: Look(160, .bold)
        case .attentionAtCursor: Look(16, on: 221, .bold)
        case .troubleAtCursor: Look(231, on: 160, .bold)
        case .blockedAtCursor: Look(221, on: 25)
        case .blockedElsewhere: Look(94, on: 253)
        case .call: Look(25)
        case .number: Look(90)
        case .softError, .blocked: Look(130)
        case .hardError: Look(160)
        case .gap, .match: Look(16, on: 221)
        }
    }

    private static func basicLook(_ role: Role) -> Look {
        switch role {
        case .text, .quoted, .call, .number: Look()
        case .faint, .frame: Look(.dim)
        case .header, .keyLabel: Look(0, on: 6)
        case .frameFocused, .title, .prompt, .keyName: Look(.bold)
        case .columnTitle, .cursorElsewhere: Look(.underline)
        case .cursor: Look(7, on: 4, .bold)
        case .good, .object: Look(2)
        case .attention, .attentionAtCursor, .gap: Look(0, on: 3)
        case .trouble, .troubleAtCursor: Look(7, on: 1, .bold)
        case .softError, .blocked: Look(5)
        case .blockedAtCursor: Look(3, on: 4, .bold)
        case .blockedElsewhere: Look(5, .underline)
        case .hardError: Look(1, .bold)
        case .match: Look(0, on: 6)
        }
    }

    private static func plainLook(_ role: Role) -> Look {
        switch role {
        case .text, .frame, .good, .call, .number, .quoted, .object, .softError, .blocked: Look()
        case .faint: Look(.dim)
        case .header, .cursor, .blockedAtCursor, .keyLabel, .gap, .match: Look(.reverse)
        case .frameFocused, .title, .attention, .trouble, .hardError, .prompt, .keyName: Look(.bold)
        // In a row that is reversed, what is not stands out.
        case .attentionAtCursor, .troubleAtCursor: Look([.bold, .underline])
        case .columnTitle, .cursorElsewhere, .blockedElsewhere: Look(.underline)
        }
    }

    private static func highContrastLook(_ role: Role, black: Int16, yellow: Int16, white: Int16, red: Int16) -> Look {
        switch role {
        case .text, .faint, .frame, .good, .call, .number, .quoted, .object, .softError, .blocked: Look()
        case .header, .cursor, .blockedAtCursor, .keyLabel: Look([.reverse, .bold])
        case .frameFocused, .title, .prompt, .keyName: Look(.bold)
        case .columnTitle, .cursorElsewhere, .blockedElsewhere: Look([.bold, .underline])
        case .attention, .attentionAtCursor, .gap, .match: Look(black, on: yellow, .bold)
        case .trouble, .troubleAtCursor, .hardError: Look(white, on: red, .bold)
        }
    }

    /// What differs from the dark theme.
    private static func blueOrangeLook(_ role: Role) -> Look? {
        switch role {
        case .good: Look(75)
        case .attention: Look(222, .bold)
        case .trouble: Look(208, .bold)
        case .troubleAtCursor: Look(16, on: 208, .bold)
        case .object: Look(110)
        case .softError, .blocked: Look(180)
        case .hardError: Look(208)
        default: nil
        }
    }

    /// What differs from the light theme.
    private static func blueOrangeLightLook(_ role: Role) -> Look? {
        switch role {
        case .good, .object: Look(25)
        case .attention: Look(130, .bold)
        case .trouble: Look(231, on: 130, .bold)
        case .troubleAtCursor: Look(16, on: 208, .bold)
        case .hardError: Look(130, .bold)
        default: nil
        }
    }

    /// What differs from the other themes where there are eight colours.
    private static func blueYellowLook(_ role: Role) -> Look? {
        switch role {
        case .good, .object: Look(4)
        case .trouble, .troubleAtCursor, .hardError: Look(0, on: 3, .bold)
        case .softError, .blocked: Look()
        default: nil
        }
    }
}

extension Look {
    /// In the terminal's own colours.
    fileprivate init(_ emphasis: Emphasis) { self.init(Look.own, on: Look.own, emphasis) }
}
