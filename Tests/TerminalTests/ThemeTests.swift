import Terminal
import Testing

@Suite struct ThemeTests {
    /// Roles whose text must be read; lines around panes need not.
    private static let texts = Role.allCases.filter { $0 != .frame }

    /// WCAG 2: relative luminance of one of xterm's colours from 16 to 255.
    private func luminance(_ colour: Int16) -> Double {
        let steps: [Double] = [0, 95, 135, 175, 215, 255]
        let number = Int(colour)
        let channels: [Double] =
            number >= 232
            ? Array(repeating: Double(8 + 10 * (number - 232)), count: 3)
            : [steps[(number - 16) / 36], steps[(number - 16) / 6 % 6], steps[(number - 16) % 6]]
        let linear = channels.map { value -> Double in
            let share = value / 255
            return share <= 0.03928 ? share / 12.92 : power((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    private func power(_ base: Double, _ exponent: Double) -> Double {
        // 2.4 = 2 + 2/5; the fifth root by Newton.
        var root = 1.0
        for _ in 0..<60 { root -= (root * root * root * root * root - base * base) / (5 * root * root * root * root) }
        return exponent == 2.4 ? base * base * root : .nan
    }

    private func contrast(_ look: Look, text: Int16, background: Int16) -> Double {
        let front = luminance(look.foreground == Look.own ? text : look.foreground)
        let behind = luminance(look.background == Look.own ? background : look.background)
        return (max(front, behind) + 0.05) / (min(front, behind) + 0.05)
    }

    @Test(arguments: ThemeName.allCases, [Background.dark, .light])
    func everythingIsReadable(_ name: ThemeName, on background: Background) {
        guard (name, background) != (.dark, .light), (name, background) != (.light, .dark) else { return }
        let theme = Theme(name, on: background)
        // White on black, and a softer pair.
        let pairs: [(Int16, Int16)] = background == .dark ? [(231, 16), (252, 234)] : [(16, 231), (236, 255)]
        for (text, behind) in pairs {
            for role in Self.texts {
                let ratio = contrast(theme.look(for: role, colours: 256), text: text, background: behind)
                #expect(ratio >= 3.5, "\(name) \(background) \(role): \(ratio)")
            }
        }
    }

    /// Nobody knows whether a terminal of eight colours is dark or light.
    @Test(arguments: ThemeName.allCases)
    func withEightColoursNothingVanishes(_ name: ThemeName) {
        let theme = Theme(name, on: .dark)
        for role in Role.allCases {
            let look = theme.look(for: role, colours: 8)
            #expect(look.foreground != 0 || look.background > 0, "\(role): black on what may be black")
            #expect(look.foreground != 7 || look.background >= 0, "\(role): white on what may be white")
            #expect(look.foreground < 8 && look.background < 8)
            // Yellow and cyan are too bright for a white ground.
            if look.background == Look.own { #expect(![3, 6].contains(look.foreground), "\(role)") }
        }
    }

    /// What a colour says, something else says too.
    @Test func findingsStandOutWithoutColour() {
        for colours in [0, 8, 256] {
            let theme = Theme.monochrome
            for role in [Role.attention, .trouble, .hardError] {
                #expect(theme.look(for: role, colours: colours) != theme.look(for: .text, colours: colours))
                let underCursor = theme.look(for: role.underCursor(.cursor), colours: colours)
                #expect(underCursor != theme.look(for: .cursor, colours: colours))
            }
            for role in Role.allCases {
                let look = theme.look(for: role, colours: colours)
                #expect(look.foreground == Look.own && look.background == Look.own)
            }
        }
    }

    @Test(arguments: ThemeName.allCases, [8, 256])
    func theCursorLeavesAlarmsVisible(_ name: ThemeName, _ colours: Int) {
        for background in [Background.dark, .light] {
            let theme = Theme(name, on: background)
            for cursor in [Role.cursor, .cursorElsewhere] {
                let row = theme.look(for: cursor, colours: colours)
                for role in [Role.attention, .trouble, .hardError] {
                    let alarm = theme.look(for: role.underCursor(cursor), colours: colours)
                    #expect(alarm != row, "\(role) \(cursor)")
                }
                let blocked = theme.look(for: Role.blocked.underCursor(cursor), colours: colours)
                #expect(blocked.background == row.background, "it is drawn on the row's own ground")
                #expect(
                    blocked.emphasis.isSuperset(of: row.emphasis) || row.emphasis.isEmpty, "and as the row is")
            }
        }
    }

    /// Whatever the terminal's own colours are, text can be told from the ground that we put under it.
    @Test(arguments: ThemeName.allCases, [8, 256])
    func aGroundOfOursHasTextOfOurs(_ name: ThemeName, _ colours: Int) {
        for background in [Background.dark, .light] {
            for role in Role.allCases {
                let look = Theme(name, on: background).look(for: role, colours: colours)
                #expect(look.background == Look.own || look.foreground != Look.own, "\(role)")
            }
        }
    }

    @Test(
        arguments: [
            ("15;0", .dark), ("0;15", .light), ("0;default;15", .light), ("7;8", .dark), ("0;7", .light),
            ("12;9", .light),
            ("0;16", nil), ("default;default", nil), ("", nil), ("15", nil),
        ] as [(String, Background?)])
    func colorFgBg(_ text: String, _ background: Background?) {
        #expect(Background(colorFgBg: text) == background)
    }

    @Test(
        arguments: [
            ("rgb:0000/0000/0000", .dark), ("rgb:ffff/ffff/ffff", .light), ("rgb:1e/1e/1e", .dark),
            ("rgba:fdf6/f6e3/e3e3/ffff", .light), ("#ffffff", .light), ("#000", .dark), ("#002b36", .dark),
            ("rgb:00/00", nil), ("rgb:00000/0/0", nil), ("rgb:gg/00/00", nil), ("black", nil), ("#ff", nil), ("", nil),
        ] as [(String, Background?)])
    func answers(_ text: String, _ background: Background?) {
        #expect(Background(colour: text) == background)
    }
}
