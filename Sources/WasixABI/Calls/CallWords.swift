/// How the arguments of one call lie in 32-bit words, in order: a 32-bit argument in one, a 64-bit one in two, low half
/// first. Records, snapshots and whoever reads them go by it.
public struct ArgumentWords: Sendable {
    /// Words of the arguments that a record itself holds; those beyond travel in its payload.
    public static let inRecord = 6

    /// Words of each argument.
    public let counts: [Int]
    /// Words of all arguments.
    public let total: Int

    init(_ arguments: [Argument], _ width: PointerWidth) {
        counts = arguments.map { $0.kind.wasmType(width) == .i64 ? 2 : 1 }
        total = counts.reduce(0, +)
    }

    /// The arguments in `words`, zero-extended; nil for one whose words are not all there.
    public func values(_ words: [UInt32]) -> [UInt64?] {
        var next = 0
        return counts.map { count in
            defer { next += count }
            guard next + count <= words.count else { return nil }
            return UInt64(words[next]) | (count == 2 ? UInt64(words[next + 1]) << 32 : 0)
        }
    }
}

/// The scalar behind an `.out` or `.update` pointer whose value a record itself holds: the first of at most 32 bits, else
/// the first of 64 where the arguments leave the record's last word free for its high half.
public struct InlineResult: Sendable {
    /// Position of the pointer among the arguments.
    public let argument: Int
    /// Bytes of the value in guest memory.
    public let size: Int
    /// It takes a second word.
    public let isWide: Bool

    init?(_ arguments: [Argument], _ width: PointerWidth, _ words: ArgumentWords) {
        let results = arguments.enumerated().compactMap { index, argument in
            argument.kind.scalarResult.map { (index: index, scalar: $0) }
        }
        let small = results.first { $0.scalar.fitsRecord(width) }
        guard let chosen = small ?? (words.total < ArgumentWords.inRecord ? results.first : nil) else { return nil }
        argument = chosen.index
        size = chosen.scalar.size(width)
        isWide = small == nil
    }
}

extension ArgumentKind {
    /// The scalar that the call leaves behind this pointer.
    public var scalarResult: ScalarKind? {
        switch self {
        case .out(let scalar), .update(let scalar): scalar
        default: nil
        }
    }

    /// Whether the value behind it is of a kind that C functions return.
    var isReturned: Bool {
        guard case .out(let scalar) = self else { return false }
        return switch scalar {
        case .size, .u32, .u64, .fd, .pid, .tid: true
        case .u8, .u16, .bool, .timestamp, .pointer, .function, .flags, .constant: false
        }
    }

    /// Whether it is the name of something (a file, a host, a symbol), which is shown whole however short strings are cut.
    public var isName: Bool {
        switch self {
        case .path, .text: true
        default: false
        }
    }
}
