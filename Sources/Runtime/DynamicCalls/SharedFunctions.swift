import Kernel
import Synchronization
import WasmEngine

/// The closures of a program: what each thread's table of functions holds in the same places. Any thread.
final class SharedFunctions: Sendable {
    /// A place that was allocated.
    private struct Place: Sendable {
        var closure: Closure?
        var isAllocated = true
        /// When it was last changed.
        var change: UInt64
    }

    private struct State: Sendable {
        var places: [UInt64: Place] = [:]
        var free: [UInt64] = []
        /// Behind all places that were ever allocated.
        var end: UInt64 = 0
        var changes: UInt64 = 0
        /// The places in the order of their changes. Of a place that was changed again the later one counts.
        var log: [(change: UInt64, index: UInt64)] = []

        mutating func set(_ index: UInt64, _ closure: Closure?, isAllocated: Bool = true) {
            changes += 1
            places[index] = Place(closure: closure, isAllocated: isAllocated, change: changes)
            log.append((changes, index))
            if log.count > 2 * places.count + 64 { log.removeAll { places[$0.index]?.change != $0.change } }
        }
    }

    /// What a table is to take over.
    struct Changes {
        let places: [(index: UInt64, closure: Closure?)]
        let last: UInt64
    }

    private let state: Mutex<State>
    let adapters: ClosureAdapters

    convenience init() { self.init(State(), ClosureAdapters()) }

    private init(_ state: State, _ adapters: ClosureAdapters) {
        self.state = Mutex(state)
        self.adapters = adapters
    }

    /// For a process that forks.
    func copy() -> SharedFunctions {
        SharedFunctions(state.withLock { $0 }, adapters)
    }

    /// A place that was freed.
    func reuse() -> UInt64? {
        state.withLock { state in
            guard let index = state.free.popLast() else { return nil }
            state.set(index, nil)
            return index
        }
    }

    /// A place behind all others and behind `count`, which is given away.
    func next(behind count: UInt64) -> UInt64 {
        state.withLock { state in
            let index = max(state.end, count)
            state.end = index + 1
            return index
        }
    }

    /// Makes a place one for closures.
    func add(_ index: UInt64) -> UInt64 {
        state.withLock { state in
            state.end = max(state.end, index + 1)
            state.set(index, nil)
            return index
        }
    }

    /// Whether there ever was one.
    var hasAny: Bool { state.withLock { $0.end > 0 } }

    func isAllocated(_ index: UInt64) -> Bool { state.withLock { $0.places[index]?.isAllocated ?? false } }

    /// - Returns: false for a place that was not allocated.
    func set(_ index: UInt64, _ closure: Closure) -> Bool {
        state.withLock { state in
            guard state.places[index]?.isAllocated == true else { return false }
            state.set(index, closure)
            return true
        }
    }

    func free(_ index: UInt64) -> Bool {
        state.withLock { state in
            guard state.places[index]?.isAllocated == true else { return false }
            state.set(index, nil, isAllocated: false)
            state.free.append(index)
            return true
        }
    }

    /// What has changed after the change `last`; nil for nothing.
    func changes(after last: UInt64) -> Changes? {
        state.withLock { state in
            guard state.changes > last else { return nil }
            var changed: [(index: UInt64, closure: Closure?)] = []
            for entry in state.log.reversed() {
                guard entry.change > last else { break }
                guard let place = state.places[entry.index], place.change == entry.change else { continue }
                changed.append((entry.index, place.closure))
            }
            return Changes(places: changed, last: state.changes)
        }
    }
}
