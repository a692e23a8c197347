import Glibc

/// Guest memory of one page of 64 KiB between bytes that nobody may touch, and beyond those between pages where any
/// access ends the program.
final class HostileMemory: @unchecked Sendable {
    // Safe to share: constant addresses; the bytes are the guest's.
    static let size = 1 << 16
    private static let guardSize = 1 << 14
    private static let guardByte: UInt8 = 0x5C

    private let whole: UnsafeMutableRawPointer
    private let wholeSize = HostileMemory.size + 4 * HostileMemory.guardSize
    let base: UnsafeMutableRawPointer

    init() {
        whole = mmap(nil, wholeSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        precondition(whole != MAP_FAILED)
        mprotect(whole, Self.guardSize, PROT_NONE)
        mprotect(whole + wholeSize - Self.guardSize, Self.guardSize, PROT_NONE)
        base = whole + 2 * Self.guardSize
        for area in [base - Self.guardSize, base + Self.size] {
            memset(area, Int32(Self.guardByte), Self.guardSize)
        }
        clear()
    }

    deinit { munmap(whole, wholeSize) }

    /// Nobody has written beside the memory.
    var isIntact: Bool {
        memcmp(base - Self.guardSize, Self.untouched, Self.guardSize) == 0
            && memcmp(base + Self.size, Self.untouched, Self.guardSize) == 0
    }

    private static let untouched = [UInt8](repeating: guardByte, count: guardSize)

    func clear() { memset(base, 0, Self.size) }

    func put<Value: FixedWidthInteger>(_ value: Value, at address: Int) {
        base.storeBytes(of: value, toByteOffset: address, as: Value.self)
    }

    func put(_ bytes: [UInt8], at address: Int) {
        bytes.withUnsafeBytes { (base + address).copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }
}
