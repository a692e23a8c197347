import Glibc

/// What the host knows of each page of this process: an open /proc/self/pagemap (Linux: pagemap.rst). What is asked here
/// needs no privilege.
struct PageMap: ~Copyable {
    private static let entriesAtOnce = 2048
    private static let isPresent: UInt64 = 1 << 63
    private static let isSwapped: UInt64 = 1 << 62
    private static let isOfFile: UInt64 = 1 << 61

    /// Negative where there is no such file.
    private let descriptor: Int32

    init() { descriptor = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC) }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The pages that were written, or may have been: also those of which nothing is known, and those of the engine's file
    /// with a module's data that somebody has read.
    /// - Parameters:
    ///   - start: of the memory, at a page's beginning.
    ///   - mapped: where files are mapped privately whose pages count only when they were written since; ascending.
    /// - Returns: ascending, with gaps between them.
    func writtenPages(_ start: UnsafeRawPointer, _ count: Int, mapped: [PageRange]) -> [PageRange] {
        var written: [PageRange] = []
        var files = mapped[...]
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.entriesAtOnce) { entries in
            for first in stride(from: 0, to: count, by: Self.entriesAtOnce) {
                let asked = min(Self.entriesAtOnce, count - first)
                let known = read(start, first, asked, into: entries)
                for index in 0..<asked {
                    let page = HostPage(first + index)
                    while let file = files.first, file.upperBound <= page { files.removeFirst() }
                    let isMapped = files.first?.contains(page) ?? false
                    let entry = index < known ? entries[index] : Self.isSwapped
                    guard Self.isWritten(entry, isMapped: isMapped) else { continue }
                    if let last = written.last, last.upperBound == page {
                        written[written.count - 1] = last.lowerBound..<page.advanced(by: 1)
                    } else {
                        written.append(page..<page.advanced(by: 1))
                    }
                }
            }
        }
        return written
    }

    @inline(__always)
    private static func isWritten(_ entry: UInt64, isMapped: Bool) -> Bool {
        if entry & isSwapped != 0 { return true }
        return entry & isPresent != 0 && !(isMapped && entry & isOfFile != 0)
    }

    /// - Returns: how many entries are known.
    private func read(
        _ start: UnsafeRawPointer, _ first: Int, _ count: Int, into entries: UnsafeMutableBufferPointer<UInt64>
    ) -> Int {
        guard descriptor >= 0 else { return 0 }
        let size = MemoryLayout<UInt64>.size
        let place = (Int(bitPattern: start) / HostPage.size + first) * size
        return max(pread(descriptor, entries.baseAddress, count * size, place), 0) / size
    }
}
