import Glibc

/// A page of a memory, counted from its beginning: one of the host's, which are smaller than WebAssembly's.
struct HostPage: Strideable, ExpressibleByIntegerLiteral {
    /// Bytes.
    static let size = Int(getpagesize())

    let number: Int

    init(_ number: Int) { self.number = number }
    init(integerLiteral number: Int) { self.number = number }

    func advanced(by count: Int) -> HostPage { HostPage(number + count) }
    func distance(to other: HostPage) -> Int { other.number - number }
}

typealias PageRange = Range<HostPage>

extension PageRange {
    var byteCount: Int { count * HostPage.size }
    /// Where they begin, in bytes from the memory's beginning.
    var byteOffset: Int { lowerBound.number * HostPage.size }
}

extension [PageRange] {
    /// The same pages in ascending order and in fewer ranges: those with at most `gap` pages between them are made one,
    /// which takes in the pages between.
    func merged(gap: Int = 0) -> [PageRange] {
        var merged: [PageRange] = []
        for range in sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
            if let last = merged.last, range.lowerBound <= last.upperBound.advanced(by: gap) {
                merged[merged.count - 1] = last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    var pageCount: Int { reduce(0) { $0 + $1.count } }
}
