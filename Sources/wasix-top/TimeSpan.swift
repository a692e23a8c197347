import ArgumentParser

/// A time as people write it: `10`, `10s`, `500ms`, `2m`, `1h`; a number alone is seconds.
struct TimeSpan: ExpressibleByArgument, Equatable {
    let nanoseconds: UInt64
    /// As it was written.
    let text: String

    init?(argument: String) {
        let number = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit: Double
        switch argument.dropFirst(number.count) {
        case "ms": unit = 1e6
        case "", "s": unit = 1e9
        case "m", "min": unit = 60e9
        case "h": unit = 3600e9
        default: return nil
        }
        guard let count = Double(number), count > 0, count * unit >= 1, count * unit < 9e18 else { return nil }
        nanoseconds = UInt64(count * unit)
        text = argument
    }
}
