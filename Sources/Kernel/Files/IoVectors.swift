import Glibc
import WasixABI

/// Host-addressable buffers of one read or write, already checked against guest memory.
public struct IoVectors {
    /// As many vectors as Linux takes in one call.
    public static var limit: Int { 1024 }
    /// As many bytes as Linux moves in one call (MAX_RW_COUNT).
    public static var mostBytes: UInt64 { 0x7fff_f000 }

    public let base: UnsafeMutablePointer<iovec>
    public let count: Int
    /// Bytes in all.
    public let total: Int

    public init(base: UnsafeMutablePointer<iovec>, count: Int, total: Int) {
        self.base = base
        self.count = count
        self.total = total
    }

    /// The only buffer, when there is just one.
    @inline(__always)
    public var single: UnsafeMutableRawBufferPointer? {
        count == 1 ? UnsafeMutableRawBufferPointer(start: base[0].iov_base, count: base[0].iov_len) : nil
    }

    /// The first `most` bytes of them; changes the vectors in place.
    func cut(to most: Int) -> IoVectors {
        guard most < total else { return self }
        var left = most
        for index in 0..<count {
            base[index].iov_len = min(base[index].iov_len, left)
            left -= base[index].iov_len
        }
        return IoVectors(base: base, count: count, total: most)
    }

    /// The first 8 bytes. There must be at least 8.
    @inline(__always)
    func loadWord() -> UInt64 {
        if base[0].iov_len >= 8 { return base[0].iov_base.loadUnaligned(as: UInt64.self) }
        var word: UInt64 = 0
        gather(to: &word, count: 8, at: 0)
        return word
    }

    /// Writes the first 8 bytes. There must be room for 8.
    @inline(__always)
    func storeWord(_ word: UInt64) {
        if base[0].iov_len >= 8 { return base[0].iov_base.storeBytes(of: word, as: UInt64.self) }
        var word = word
        scatter(from: &word, count: 8, at: 0)
    }

    /// Copies `count` bytes from `source` into the buffers, starting `offset` bytes in.
    func scatter(from source: UnsafeRawPointer, count: Int, at offset: Int) {
        forEachSlice(from: offset, count: count) { slice, done in
            slice.baseAddress!.copyMemory(from: source + done, byteCount: slice.count)
        }
    }

    /// Copies `count` bytes of the buffers to `target`, starting `offset` bytes in.
    func gather(to target: UnsafeMutableRawPointer, count: Int, at offset: Int) {
        forEachSlice(from: offset, count: count) { slice, done in
            (target + done).copyMemory(from: slice.baseAddress!, byteCount: slice.count)
        }
    }

    @inline(__always)
    private func forEachSlice(
        from offset: Int, count: Int, _ body: (UnsafeMutableRawBufferPointer, _ done: Int) -> Void
    ) {
        if self.count == 1 {
            let taken = min(base[0].iov_len - offset, count)
            return body(UnsafeMutableRawBufferPointer(start: base[0].iov_base + offset, count: taken), 0)
        }
        var skip = offset
        var done = 0
        var index = 0
        while done < count && index < self.count {
            let length = base[index].iov_len
            if skip >= length {
                skip -= length
            } else {
                let taken = min(length - skip, count - done)
                body(UnsafeMutableRawBufferPointer(start: base[index].iov_base + skip, count: taken), done)
                done += taken
                skip = 0
            }
            index += 1
        }
    }
}

/// The result of a transfer: a byte count, or an errno.
public struct IoResult {
    public let count: Int
    public let errno: Errno

    @inline(__always)
    public static func done(_ count: Int) -> IoResult { IoResult(count: count, errno: .success) }
    @inline(__always)
    public static func failed(_ errno: Errno) -> IoResult { IoResult(count: 0, errno: errno) }

    @inline(__always)
    public var isSuccess: Bool { errno == .success }
}
