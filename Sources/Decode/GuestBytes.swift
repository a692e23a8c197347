/// Bytes that came from guest memory. Numbers and slices are checked: what lies outside is nil or left out, never a
/// trap.
struct GuestBytes {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var count: Int { bytes.count }

    /// `offset` must be below `count`; this is not checked.
    subscript(offset: Int) -> UInt8 { bytes[offset] }

    /// A copy.
    var array: [UInt8] { Array(bytes) }

    func u8(_ offset: Int) -> UInt8? { load(offset) }
    func u16(_ offset: Int) -> UInt16? { load(offset) }
    func u32(_ offset: Int) -> UInt32? { load(offset) }
    func u64(_ offset: Int) -> UInt64? { load(offset) }

    /// A little-endian number of 1, 2, 4 or 8 bytes.
    func number(_ offset: Int, size: Int) -> UInt64? {
        switch size {
        case 1: u8(offset).map(UInt64.init)
        case 2: u16(offset).map(UInt64.init)
        case 4: u32(offset).map(UInt64.init)
        case 8: u64(offset)
        default: nil
        }
    }

    /// At most `length` bytes from `offset`; fewer where the bytes end.
    func slice(_ offset: Int, _ length: Int) -> GuestBytes {
        let start = min(max(offset, 0), count)
        let end = start + min(max(length, 0), count - start)
        return GuestBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    }

    func prefix(_ length: Int) -> GuestBytes { slice(0, length) }

    /// The bytes before the first NUL.
    var untilNul: GuestBytes {
        prefix(bytes.firstIndex(of: 0) ?? count)
    }

    private func load<Number: FixedWidthInteger>(_ offset: Int) -> Number? {
        let size = MemoryLayout<Number>.size
        guard offset >= 0, count >= size, offset <= count - size else { return nil }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
}
