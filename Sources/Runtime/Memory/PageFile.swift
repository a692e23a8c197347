import CLinux
import Glibc

/// A file without a name, in memory, that keeps pages as they were written into it. Whoever maps it privately reads them and
/// gets a page of its own where it writes (mmap(2), MAP_PRIVATE): the pages stay as long as somebody maps them.
final class PageFile: Sendable {
    private let descriptor: Int32
    /// Pages that it has.
    let count: Int

    /// On a thread that blocks SIGXFSZ, as those of guests do.
    /// - Returns: nil where the host gives none: no descriptor is left, no room, or a limit on files is exceeded.
    init?(_ ranges: [PageRange], of start: UnsafeRawPointer) {
        count = ranges.pageCount
        descriptor = cl_memory_file("wasix-top pages")
        guard descriptor >= 0 else { return nil }
        var place = 0
        for range in ranges {
            guard Self.write(start + range.byteOffset, range.byteCount, descriptor, at: place) else { return nil }
            place += range.byteCount
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The host writes a large piece in parts.
    private static func write(_ start: UnsafeRawPointer, _ count: Int, _ descriptor: Int32, at place: Int) -> Bool {
        var done = 0
        while done < count {
            let written = pwrite(descriptor, start + done, count - done, place + done)
            guard written > 0 else { return false }
            done += written
        }
        return true
    }

    /// Maps pages, from number `first` of the file on, in the place of what is at `target`, which other threads may read
    /// meanwhile.
    /// - Returns: false when the host has no room for another mapping; then nothing has changed.
    func map(_ count: Int, from first: Int, at target: UnsafeMutableRawPointer) -> Bool {
        let size = HostPage.size
        let flags = MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE
        return mmap(target, count * size, PROT_READ | PROT_WRITE, flags, descriptor, first * size) != MAP_FAILED
    }
}
