import Decode
import Model
import Trace
import WasixABI

/// Which threads have read, written or woken a thing so far: who did it before is likely to do it again. Learnt from
/// records, so it may be incomplete where records were lost. Bounded.
package struct ObjectUsers: Sendable {
    /// Objects and words that are remembered; then all are forgotten.
    private static let limit = 16_384
    /// Threads that are remembered of one.
    private static let most = 8

    package struct Use: Sendable {
        package var thread: ThreadID
        package var count: UInt64
        /// The last time, `TraceEntry.sequence`.
        package var entry: UInt64
    }

    private var readers: [ObjectID: [Use]] = [:]
    private var writers: [ObjectID: [Use]] = [:]
    /// A futex word: each process has a memory of its own.
    private struct Word: Hashable {
        let address: UInt64
        let process: ProcessID
    }

    private var wakers: [Word: [Use]] = [:]
    /// The thread whose sleep on it was over last and that has not woken anybody there since, with that sleep.
    private var holders: [Word: Use] = [:]

    package init() {}

    /// Threads that have taken something out of `object`.
    package func readers(of object: ObjectID) -> [Use] { readers[object] ?? [] }
    /// Threads that have put something into `object`.
    package func writers(of object: ObjectID) -> [Use] { writers[object] ?? [] }
    /// Threads that have called futex_wake on the word at `address`.
    package func wakers(of address: UInt64, in process: ProcessID) -> [Use] {
        wakers[Word(address: address, process: process)] ?? []
    }

    /// If the word at `address` is a lock: the thread that has it most likely, because it waited for it and did not give it
    /// up since.
    package func holder(of address: UInt64, in process: ProcessID) -> Use? {
        holders[Word(address: address, process: process)]
    }

    mutating func noteAcquired(_ address: UInt64, by entry: TraceEntry) {
        if holders.count > Self.limit { holders.removeAll() }
        let use = Use(thread: entry.thread, count: 1, entry: entry.sequence)
        holders[Word(address: address, process: entry.process)] = use
    }

    mutating func noteRead(_ object: ObjectID, by entry: TraceEntry) { Self.note(entry, object, in: &readers) }
    mutating func noteWrite(_ object: ObjectID, by entry: TraceEntry) { Self.note(entry, object, in: &writers) }
    mutating func noteWake(_ address: UInt64, by entry: TraceEntry) {
        let word = Word(address: address, process: entry.process)
        if holders[word]?.thread == entry.thread { holders[word] = nil }
        Self.note(entry, word, in: &wakers)
    }

    private static func note<Key: Hashable>(_ entry: TraceEntry, _ key: Key, in uses: inout [Key: [Use]]) {
        if uses.count > limit { uses.removeAll() }
        var list = uses[key] ?? []
        if let index = list.firstIndex(where: { $0.thread == entry.thread }) {
            list[index].count += 1
            list[index].entry = entry.sequence
        } else if list.count < most {
            list.append(Use(thread: entry.thread, count: 1, entry: entry.sequence))
        }
        uses[key] = list
    }
}
