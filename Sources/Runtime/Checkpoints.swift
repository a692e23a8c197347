import Kernel
import WasmEngine

/// A place in guest code that can be gone back to.
struct Checkpoint {
    let key: CheckpointKey
    /// Where the guest keeps the key, and the stack pointer there.
    let snapshot: GuestPointer
    let stackPointer: UInt64
    let locals: [UInt8]
    let globals: [Value?]
}

/// The checkpoints of one piece of guest code: of a thread from its entry on, or of a signal handler.
struct Checkpoints {
    /// Checkpoints of one function in one place: the guest may have copied the key of an earlier one.
    private static let mostAlike = 4

    private var kept: [Checkpoint] = []

    /// Adds one, and forgets those whose functions must have returned: their frames lay deeper than this one's.
    mutating func add(_ checkpoint: Checkpoint) {
        kept.removeAll { $0.stackPointer < checkpoint.stackPointer }
        let alike = kept.filter { Self.areAlike($0, checkpoint) }
        if alike.count >= Self.mostAlike { kept.removeAll { $0.key == alike[0].key } }
        kept.append(checkpoint)
    }

    subscript(key: CheckpointKey) -> Checkpoint? { kept.last { $0.key == key } }

    private static func areAlike(_ one: Checkpoint, _ other: Checkpoint) -> Bool {
        one.snapshot == other.snapshot && one.stackPointer == other.stackPointer
    }
}
