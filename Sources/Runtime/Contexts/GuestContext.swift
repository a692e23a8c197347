import CLinux
import Kernel
import Trace
import WasmEngine

/// One context of a guest thread: a host thread that waits for its turn, with a store and an instance of its own.
final class GuestContext: @unchecked Sendable {
    // Safe to share: the context that runs is the only one that touches any of them; the baton orders what they do.
    let id: UInt64
    /// nil once its code has ended.
    var execution: GuestExecution?
    /// The call that it has handed over in.
    var frame: UnsafeMutablePointer<CallFrame>
    /// Its code leaves all of its functions and then hands over to this one.
    var destroyer: GuestContext?
    let baton = Baton()

    init(_ id: UInt64, _ execution: GuestExecution, _ frame: UnsafeMutablePointer<CallFrame>) {
        self.id = id
        self.execution = execution
        self.frame = frame
    }
}

/// The contexts of one guest thread.
final class GuestContexts: @unchecked Sendable {
    // Safe to share: as `GuestContext`.
    static let mainID: UInt64 = 0

    let main: GuestContext
    private(set) var current: GuestContext
    private var others: [UInt64: GuestContext] = [:]
    private var last = mainID
    /// Who has handed over, and the globals as they were then: all contexts of a thread have the same ones.
    private(set) var previous: GuestExecution?
    private(set) var globals: [Value?] = []

    init(main execution: GuestExecution, _ frame: UnsafeMutablePointer<CallFrame>) {
        main = GuestContext(Self.mainID, execution, frame)
        current = main
    }

    subscript(id: UInt64) -> GuestContext? { id == Self.mainID ? main : others[id] }

    /// There was one of this number.
    func isKnown(_ id: UInt64) -> Bool { id <= last }

    var anyOther: GuestContext? { others.values.first }

    func add(_ execution: GuestExecution, _ frame: UnsafeMutablePointer<CallFrame>) -> GuestContext {
        last += 1
        let context = GuestContext(last, execution, frame)
        others[last] = context
        return context
    }

    func forget(_ context: GuestContext) { others[context.id] = nil }

    /// The next is `context`. What the one that ran until now leaves behind is kept for it, unless it was destroyed.
    func hand(over context: GuestContext) {
        if let execution = current.execution, current.destroyer == nil {
            previous = execution
            globals = execution.contextGlobals.map(\.value)
        }
        current = context
    }

    /// What is kept for the next one is not needed any more.
    func forgetPrevious() { previous = nil }
}

/// A word by which one host thread hands over to another.
final class Baton: @unchecked Sendable {
    // Safe to share: one atomic word; only the thread that takes it uses the budget.
    private static let away: UInt32 = 0
    private static let here: UInt32 = 1
    /// Somebody sleeps until it is passed.
    private static let awaited: UInt32 = 2

    private let word: UnsafeMutablePointer<UInt32>
    private var spin = SpinBudget()

    init() {
        word = .allocate(capacity: 1)
        word.initialize(to: Self.away)
    }

    deinit { word.deallocate() }

    func pass() { if cl_exchange32(word, Self.here) == Self.awaited { cl_futex_wake(word, 1) } }

    /// Returns when it was passed.
    func take() {
        let word = word
        if !spin.turn(until: .max, { cl_load_acquire32(word) == Self.here }) {
            _ = cl_compare_exchange32(word, Self.away, Self.awaited)
            while cl_load_acquire32(word) != Self.here { _ = cl_futex_wait(word, Self.awaited, .max) }
        }
        _ = cl_exchange32(word, Self.away)
    }
}
