import WasixABI

/// An entry of a directory listing as the guest reads it, without its name.
struct GuestDirent {
    /// The cookie with which a listing goes on after this entry.
    let next: UInt64
    let inode: UInt64
    let type: FileType

    /// Writes the entry and its name at offset `used`, cut off where the buffer ends, and moves `used` behind them.
    /// - Returns: whether the entry fitted whole.
    func put(
        _ name: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer, at used: inout Int
    ) -> Bool {
        let start = used
        withUnsafeTemporaryAllocation(byteCount: DirentLayout.size, alignment: 8) { header in
            header.initializeMemory(as: UInt8.self, repeating: 0)
            header.storeBytes(of: next, toByteOffset: DirentLayout.next, as: UInt64.self)
            header.storeBytes(of: inode, toByteOffset: DirentLayout.inode, as: UInt64.self)
            header.storeBytes(of: UInt32(name.count), toByteOffset: DirentLayout.nameLength, as: UInt32.self)
            header.storeBytes(of: type.rawValue, toByteOffset: DirentLayout.fileType, as: UInt8.self)
            used += Self.copy(UnsafeRawBufferPointer(header), into: buffer, at: used)
        }
        used += Self.copy(name, into: buffer, at: used)
        return used - start == DirentLayout.size + name.count
    }

    private static func copy(
        _ source: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) -> Int {
        let count = min(source.count, buffer.count - offset)
        guard count > 0 else { return 0 }
        (buffer.baseAddress! + offset).copyMemory(from: source.baseAddress!, byteCount: count)
        return count
    }
}
