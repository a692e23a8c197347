import CLinux
import Glibc

/// The memory of a process as far as it shares pages with copies of the process, and the making of copies.
///
/// A copy of many pages moves those that were written into a file that both map privately: later copies find them there,
/// and cost what was written since. A few pages are simply copied: a stack would be written again at once.
final class CopyOnWriteMemory: @unchecked Sendable {
    // Safe to share: written by the thread that makes the memory, before it has others, and by one that is alone.
    /// Pages that lie in a file, and stay there until somebody writes them here.
    private struct Extent {
        var pages: PageRange
        let file: PageFile
        /// The number of the first of them in the file.
        var place: Int

        func part(_ part: PageRange) -> Extent {
            Extent(pages: part, file: file, place: place + pages.lowerBound.distance(to: part.lowerBound))
        }
    }

    /// Written pages that are copied rather than moved into a file.
    private static let mostCopied = 64
    /// Pages not written between two that were, up to which they are moved as one piece: a mapping costs as much.
    private static let gap = 16
    /// Mappings of one memory. The host allows all processes together 65,530 (vm.max_map_count), of which there are up to
    /// `Kernel.standardProcesses`.
    private static let mostExtents = 48

    private let start: UnsafeMutableRawPointer
    /// Ascending.
    private var extents: [Extent] = []

    /// - Parameter start: where the memory begins, at a page's beginning.
    init(start: UnsafeMutableRawPointer) { self.start = start }

    /// Makes another memory, which was never written but by what the engine puts into every one of the module, what this
    /// one is.
    /// - Parameters:
    ///   - byteCount: of both, at least.
    ///   - isAlone: no other thread writes this memory now.
    func copy(_ byteCount: Int, to other: CopyOnWriteMemory, isAlone: Bool) {
        let written = PageMap().writtenPages(start, byteCount / HostPage.size, mapped: extents.map(\.pages))
        var rest = isAlone ? moveToFile(written) : written
        other.extents = extents.filter { extent in
            let pages = extent.pages
            let isMapped = extent.file.map(pages.count, from: extent.place, at: other.start + pages.byteOffset)
            if !isMapped { rest.append(pages) }
            return isMapped
        }
        for pages in rest { copy(pages, to: other) }
    }

    private func copy(_ pages: PageRange, to other: CopyOnWriteMemory) {
        cl_copy_pages(other.start + pages.byteOffset, start + pages.byteOffset, pages.byteCount)
    }

    /// Moves pages into a file when they are many, or the files that there are have become many small pieces, or mostly hold
    /// what nobody maps.
    /// - Returns: those of them that stay where they are.
    private func moveToFile(_ written: [PageRange]) -> [PageRange] {
        let isScattered = extents.count > Self.mostExtents || isWasteful
        guard written.pageCount > Self.mostCopied || isScattered else { return written }
        let moved = (isScattered ? written + extents.map(\.pages) : written).merged(gap: Self.gap)
        guard moved.count <= Self.mostExtents, let file = PageFile(moved, of: start) else { return written }
        var place = 0
        var stay: [PageRange] = []
        for pages in moved {
            if file.map(pages.count, from: place, at: start + pages.byteOffset) {
                forget(pages)
                extents.append(Extent(pages: pages, file: file, place: place))
            } else {
                stay.append(pages)
            }
            place += pages.count
        }
        extents.sort { $0.pages.lowerBound < $1.pages.lowerBound }
        return stay
    }

    /// The files have at least twice the pages that are mapped.
    private var isWasteful: Bool {
        var files: [ObjectIdentifier: Int] = [:]
        for extent in extents { files[ObjectIdentifier(extent.file)] = extent.file.count }
        let inFiles = files.values.reduce(0, +)
        return inFiles > Self.mostCopied && inFiles > 2 * extents.reduce(0) { $0 + $1.pages.count }
    }

    /// Pages that lie in another file from now on.
    private func forget(_ pages: PageRange) {
        extents = extents.flatMap { extent in
            guard extent.pages.overlaps(pages) else { return [extent] }
            let below = extent.pages.lowerBound..<max(extent.pages.lowerBound, pages.lowerBound)
            let above = min(extent.pages.upperBound, pages.upperBound)..<extent.pages.upperBound
            return [below, above].filter { !$0.isEmpty }.map(extent.part)
        }
    }
}
