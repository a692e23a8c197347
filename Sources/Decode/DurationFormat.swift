/// Nanoseconds as text.
package enum DurationFormat {
    /// Exact, in the largest unit that is not above it: `50ms`, `1.5s`, `0`; `INF` from 2^63 on, as WASIX means it.
    package static func exact(_ nanoseconds: UInt64) -> String {
        guard nanoseconds < 1 << 63 else { return "INF" }
        switch nanoseconds {
        case 0: return "0"
        case ..<1_000: return "\(nanoseconds)ns"
        case ..<1_000_000: return decimal(nanoseconds, digits: 3) + "us"
        case ..<1_000_000_000: return decimal(nanoseconds, digits: 6) + "ms"
        default: return decimal(nanoseconds, digits: 9) + "s"
        }
    }

    /// For columns: at most six characters up to 100 hours, two or three significant digits, never rounded up.
    package static func short(_ nanoseconds: UInt64) -> String {
        switch nanoseconds {
        case ..<1_000: return "\(nanoseconds)ns"
        case ..<1_000_000: return significant(nanoseconds, unit: 1_000) + "us"
        case ..<1_000_000_000: return significant(nanoseconds, unit: 1_000_000) + "ms"
        case ..<60_000_000_000: return significant(nanoseconds, unit: 1_000_000_000) + "s"
        default:
            let seconds = nanoseconds / 1_000_000_000
            return seconds < 3_600
                ? "\(seconds / 60)m\(padded(seconds % 60, 2))s"
                : "\(seconds / 3_600)h\(padded(seconds / 60 % 60, 2))m"
        }
    }

    /// Seconds with all the digits that are not zero: `102.416002113`.
    package static func timestamp(_ nanoseconds: UInt64) -> String {
        decimal(nanoseconds, digits: 9)
    }

    /// Seconds with the digits of the precision, as strace prints times; cut, never rounded up.
    package static func seconds(_ nanoseconds: UInt64, _ precision: TimePrecision) -> String {
        "\(nanoseconds / 1_000_000_000)" + fraction(nanoseconds, precision)
    }

    /// What stands behind the second: `.042401`, nothing for whole seconds.
    static func fraction(_ nanoseconds: UInt64, _ precision: TimePrecision) -> String {
        guard precision.digits > 0 else { return "" }
        return "." + String(padded(nanoseconds % 1_000_000_000, 9).prefix(precision.digits))
    }

    /// With zeros in front up to `width` digits.
    package static func padded(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func decimal(_ value: UInt64, digits: Int) -> String {
        var unit: UInt64 = 1
        for _ in 0..<digits { unit *= 10 }
        let fraction = value % unit
        guard fraction != 0 else { return String(value / unit) }
        var text = padded(fraction, digits)
        while text.last == "0" { text.removeLast() }
        return "\(value / unit).\(text)"
    }

    private static func significant(_ value: UInt64, unit: UInt64) -> String {
        let whole = value / unit
        let tenth = value / (unit / 10) % 10
        return whole < 100 && tenth != 0 ? "\(whole).\(tenth)" : "\(whole)"
    }
}
