import Decode

/// Numbers as columns and sentences show them.
enum NumberText {
    /// `3,904`
    static func grouped(_ value: UInt64) -> String { NumberFormat.grouped(value) }

    /// At most four characters up to 999T: `999`, `1.2k`, `48k`, `1.0M`; never rounded up.
    static func short(_ value: UInt64) -> String {
        guard value >= 1000 else { return String(value) }
        var unit: UInt64 = 1000
        var suffixes = "kMGTPE"[...]
        while value / unit >= 1000, suffixes.count > 1 {
            unit *= 1000
            suffixes = suffixes.dropFirst()
        }
        let whole = value / unit
        let suffix = suffixes.first.map(String.init) ?? ""
        return whole < 10 ? "\(whole).\(value % unit / (unit / 10))\(suffix)" : "\(whole)\(suffix)"
    }

    static func short(_ value: Double) -> String {
        value.isFinite && value > 0 ? short(UInt64(min(value, 1e18))) : "0"
    }

    /// Grouped where that fits `width`, else short.
    static func fitting(_ value: UInt64, _ width: Int) -> String {
        let long = grouped(value)
        return long.count <= width ? long : short(value)
    }

    /// `1 item`, `5 items`
    static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// `91%` of 0...1.
    static func percent(_ share: Double) -> String {
        "\(Int((min(max(share, 0), 1) * 100).rounded(.down)))%"
    }

    static func padded(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
