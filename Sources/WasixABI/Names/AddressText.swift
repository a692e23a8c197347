/// Network addresses as text.
public enum AddressText {
    /// `127.0.0.1` of four octets.
    public static func ip4(_ octets: some Sequence<UInt8>) -> String {
        octets.map { String($0) }.joined(separator: ".")
    }

    /// RFC 5952 of eight groups: lower case, and the first longest run of at least two zero groups becomes `::`.
    public static func ip6(_ groups: [UInt16]) -> String {
        var best = 0..<0
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count && groups[end] == 0 { end += 1 }
            if end - start > max(best.count, 1) { best = start..<end }
            start = max(end, start + 1)
        }
        func text(_ part: ArraySlice<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard !best.isEmpty else { return text(groups[...]) }
        return text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
    }
}
