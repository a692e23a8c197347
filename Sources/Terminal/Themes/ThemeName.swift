/// A theme as a user names it.
package enum ThemeName: String, Sendable, CaseIterable {
    /// Dark or light, as the terminal is.
    case automatic = "auto"
    case dark
    case light
    case monochrome
    case highContrast = "high-contrast"
    case blueOrange = "blue-orange"
}

/// What is behind the text of a terminal.
package enum Background: Sendable, Equatable {
    case dark
    case light

    /// By COLORFGBG, as rxvt, Konsole and others set it: `foreground;background`, or `foreground;default;background`,
    /// numbers of the first sixteen colours. Nil where it says nothing.
    package init?(colorFgBg: String) {
        let fields = colorFgBg.split(separator: ";", omittingEmptySubsequences: false)
        guard fields.count > 1, let number = Int(fields[fields.count - 1]), (0...15).contains(number) else {
            return nil
        }
        // 8 is the bright form of black.
        self = number == 7 || number > 8 ? .light : .dark
    }

    /// By a terminal's answer to OSC 11: `rgb:1e1e/1e1e/1e1e`, `rgba:…`, or `#1e1e1e`; one to four hexadecimal digits a
    /// channel. Nil for anything else.
    package init?(colour: String) {
        var channels: [Substring]
        if colour.hasPrefix("#") {
            let digits = colour.dropFirst()
            guard !digits.isEmpty, digits.count % 3 == 0 else { return nil }
            let length = digits.count / 3
            channels = (0..<3).map { digits.dropFirst($0 * length).prefix(length) }
        } else if colour.hasPrefix("rgb:") || colour.hasPrefix("rgba:") {
            channels = colour.drop { $0 != ":" }.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        } else {
            return nil
        }
        let shares = channels.prefix(3).compactMap { digits -> Double? in
            guard (1...4).contains(digits.count), let value = UInt32(digits, radix: 16) else { return nil }
            return Double(value) / Double((UInt32(1) << (4 * UInt32(digits.count))) - 1)
        }
        guard shares.count == 3 else { return nil }
        // ITU-R BT.709.
        let luminance = 0.2126 * shares[0] + 0.7152 * shares[1] + 0.0722 * shares[2]
        self = luminance > 0.5 ? .light : .dark
    }
}
