import Trace
import WasixABI

/// One call with everything that is known of it, ready to be printed.
struct CallView {
    enum Outcome {
        /// Still waiting in the call.
        case unfinished
        case finished(Errno)
    }

    let row: CallSpec
    let outcome: Outcome
    let isLinuxDialect: Bool
    /// Of the guest's pointers and sizes.
    let width: PointerWidth
    let chunks: PayloadChunks
    private let values: [UInt64?]
    private let result: UInt64?
    private let objects: [ObjectID]

    init(
        row: CallSpec, outcome: Outcome, words: [UInt32], objects: (ObjectID, ObjectID), chunks: PayloadChunks,
        result: UInt64?, isLinuxDialect: Bool, width: PointerWidth
    ) {
        self.row = row
        self.outcome = outcome
        self.chunks = chunks
        self.result = result
        self.isLinuxDialect = isLinuxDialect
        self.width = width
        self.objects = [objects.0, objects.1]
        values = Self.values(row, words: words + chunks.moreWords, width: width)
    }

    /// An argument as passed, zero-extended; nil when its words were not kept.
    func value(_ index: Int) -> UInt64? {
        values.indices.contains(index) ? values[index] : nil
    }

    /// The description behind a descriptor argument: the first and the second one of a call have theirs recorded.
    func object(_ index: Int) -> ObjectID? {
        let position = row.arguments[..<index].count { $0.kind == .fd }
        guard position < objects.count, objects[position] != .none else { return nil }
        return objects[position]
    }

    var succeeded: Bool {
        if case .finished(.success) = outcome { true } else { false }
    }

    /// The number an argument stands for: itself, or what the call left behind it.
    func number(_ index: Int) -> UInt64? {
        guard row.arguments.indices.contains(index) else { return nil }
        switch row.arguments[index].kind {
        case .out(let scalar), .update(let scalar): return scalarResult(index, scalar)
        default: return value(index)
        }
    }

    func scalarResult(_ index: Int, _ scalar: ScalarKind) -> UInt64? {
        if let kept = chunks.last(index)?.bytes.number(0, size: scalar.size(width)) { return kept }
        return index == inlineResultIndex ? result : nil
    }

    /// The argument whose result travels in the record itself: the first scalar that fits, else the first one.
    private var inlineResultIndex: Int? {
        let scalars = row.arguments.indices.filter { scalar($0) != nil }
        return scalars.first { scalar($0)?.fitsRecord(width) == true } ?? scalars.first
    }

    private func scalar(_ index: Int) -> ScalarKind? {
        switch row.arguments[index].kind {
        case .out(let scalar), .update(let scalar): scalar
        default: nil
        }
    }

    /// A 32-bit argument takes one word, a 64-bit one two, low half first.
    private static func values(_ row: CallSpec, words: [UInt32], width: PointerWidth) -> [UInt64?] {
        var next = 0
        return row.arguments.map { argument in
            let size = argument.kind.wasmType(width) == .i64 ? 2 : 1
            defer { next += size }
            guard next + size <= words.count else { return nil }
            return UInt64(words[next]) | (size == 2 ? UInt64(words[next + 1]) << 32 : 0)
        }
    }
}
