import Glibc

/// Pages of a memory, counted from its beginning. Of the host's pages, which are smaller than WebAssembly's.
typealias PageRange = Range<Int>

extension PageRange {
    /// Bytes of a page.
    static let pageSize = Int(getpagesize())

    var byteCount: Int { count * Self.pageSize }
    /// Where they begin, in bytes from the memory's beginning.
    var byteOffset: Int { lowerBound * Self.pageSize }
}

extension [PageRange] {
    /// The same pages in ascending order and in fewer ranges: those with at most `gap` pages between them are made one,
    /// which takes in the pages between.
    func merged(gap: Int = 0) -> [PageRange] {
        var merged: [PageRange] = []
        for range in sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
            if let last = merged.last, range.lowerBound <= last.upperBound + gap {
                merged[merged.count - 1] = last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    var pageCount: Int { reduce(0) { $0 + $1.count } }
}
