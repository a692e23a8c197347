import WasixABI

/// Arguments for one row of the call table: a call that means something, and everything that is wrong with it.
///
/// Argument `n` that is an address points to a region of its own, so that what is behind it can be made up before each
/// call.
struct HostileArguments {
    private static let region = 0x1000
    /// Where the buffers of vectors are.
    private static let buffers = 0xF000

    let row: CallSpec
    let isWide: Bool

    private var width: PointerWidth { isWide ? .bits64 : .bits32 }

    private static func address(_ argument: Int) -> Int { region * (argument + 1) }

    /// A whole plausible call on descriptor `fd`.
    func plausible(fd: UInt64) -> [UInt64] { row.arguments.indices.map { plausible($0, fd) } }

    private func plausible(_ index: Int, _ fd: UInt64) -> UInt64 {
        switch row.arguments[index].kind {
        case .fd: return fd
        case .u8, .u16, .u32, .i32, .u64, .i64, .bool, .pid, .tid: return 1
        case .size: return isVectorCount(index) ? 2 : 1
        case .signal, .flags, .constant, .nanoseconds, .timestamp, .function: return 0
        case .pointer, .area, .text, .path, .bytes, .iovecs, .dirents, .texts, .structure, .array, .out, .update:
            return UInt64(Self.address(index))
        }
    }

    private func isVectorCount(_ index: Int) -> Bool {
        row.arguments.contains { argument in
            if case .iovecs(_, let count, _) = argument.kind { return count == index }
            return false
        }
    }

    /// Puts behind every pointer of a plausible call what belongs there.
    func fill(_ memory: HostileMemory) {
        memory.clear()
        for (index, argument) in row.arguments.enumerated() {
            let address = Self.address(index)
            switch argument.kind {
            case .path, .text: memory.put(Array("file\0".utf8), at: address)
            case .iovecs: vectors(memory, address)
            case .texts:
                memory.put(Array("A=1\0".utf8), at: Self.buffers)
                memory.put(UInt64(Self.buffers), at: address)
            // The shortest line that is an assignment.
            case .bytes(.input, _, _): memory.put(Array("=".utf8), at: address)
            case .array(.signalDisposition, _, _, _): memory.put([Signal.hup.rawValue, 1], at: address)
            case .structure(.addrPort, .input): memory.put([1, 0, 1, 0, 127, 0, 0, 1], at: address)
            case .structure(.optionTimestamp, .input): memory.put([1], at: address)
            case .array(.subscription, _, _, _), .array(.subscriptionUnstable, _, _, _):
                memory.put([1], at: address + SubscriptionLayout.tag)
            default: break
            }
        }
    }

    private func vectors(_ memory: HostileMemory, _ address: Int) {
        for index in 0..<2 {
            let buffer = Self.buffers + index * 64
            if isWide {
                memory.put(UInt64(buffer), at: address + index * 16)
                memory.put(UInt64(16), at: address + index * 16 + 8)
            } else {
                memory.put(UInt32(buffer), at: address + index * 8)
                memory.put(UInt32(16), at: address + index * 8 + 4)
            }
        }
    }

    /// Anything behind the pointers. Addresses of the network stay as they are: nothing here talks to other hosts.
    func scramble(_ memory: HostileMemory, _ random: inout SeededGenerator) {
        for (index, argument) in row.arguments.enumerated() where argument.kind.isAddress {
            if case .structure(.addrPort, .input) = argument.kind { continue }
            let address = Self.address(index)
            for word in 0..<32 {
                let value = UInt32(truncatingIfNeeded: Self.values.randomElement(using: &random)!)
                memory.put(value, at: address + word * 4)
            }
            // What has a tag is often of a kind that exists.
            if Bool.random(using: &random) {
                memory.put(UInt8.random(in: 0...3, using: &random), at: address + SubscriptionLayout.tag)
            }
        }
    }

    private static let size = UInt64(HostileMemory.size)

    /// Numbers, lengths and addresses around every limit there is.
    static let values: [UInt64] = [
        0, 1, 2, 3, 7, 8, 31, 64, 0x1001, 0x2003, 0xF000, size - 8, size - 4, size - 1, size, size + 1, 1 << 20,
        0x7fff_ffff, 1 << 31, 0xffff_fff8, 0xffff_ffff, 1 << 32, (1 << 32) + 0x1000, (1 << 62) - 1, 1 << 63, .max - 7,
        .max,
    ]

    /// What argument `index` is tried with.
    func hostile(_ index: Int, numbers: [UInt64]) -> [UInt64] {
        switch row.arguments[index].kind {
        case .fd: return numbers
        default: break
        }
        switch row.id {
        // A disk really has room for some of these.
        case .fdAllocate: return Self.values.filter { $0 <= Self.size || $0 >= 1 << 62 }
        // A device really has so many zeros: what is left is moved at once, or is no count.
        case .sockSendFile: return Self.values.filter { $0 <= 1 << 20 || $0 >= 1 << 63 }
        default: return Self.values
        }
    }
}
