import Kernel
import WasixABI

/// A table of functions without code: 1 adds an `i32` and an `i64`, 2 is an empty place, 3 takes a reference, 4 is a closure's,
/// 5 a closure; the table ends there.
final class TableRunner: GuestRunner {
    static let adds = FunctionSignature(parameters: [.i32, .i64], results: [.i64])

    func canStart(_ entry: ThreadEntry) -> Bool { false }
    func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool { false }
    func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool { false }
    func destroy(_ value: ThreadLocalValue, on thread: GuestThread) {}

    func functionSlot(_ index: UInt64, on thread: GuestThread) throws(Errno) -> FunctionSlot {
        switch index {
        case 0, 2: .empty(isClosure: false)
        case 1: .function(Self.adds, isClosure: false)
        case 3: .function(FunctionSignature(parameters: [nil], results: []), isClosure: false)
        case 4: .empty(isClosure: true)
        case 5: .function(Self.adds, isClosure: true)
        default: .outside
        }
    }

    func callFunction(
        _ index: UInt64, _ arguments: UnsafeRawBufferPointer, on thread: GuestThread
    ) throws(Errno) -> [UInt8] {
        let bytes = Array(arguments) + [UInt8](repeating: 0, count: 12 - arguments.count)
        let sum = bytes.withUnsafeBytes {
            UInt64($0.loadUnaligned(as: UInt32.self)) + $0.loadUnaligned(fromByteOffset: 4, as: UInt64.self)
        }
        return withUnsafeBytes(of: sum) { Array($0) }
    }

    func allocateClosure(on thread: GuestThread) throws(Errno) -> UInt64 { 6 }

    func prepareClosure(_ index: UInt64, _ closure: Closure, on thread: GuestThread) throws(Errno) {
        guard [4, 5].contains(index), closure.backing == 1 else { throw .inval }
    }

    func freeClosure(_ index: UInt64, on thread: GuestThread) throws(Errno) {
        guard [4, 5].contains(index) else { throw .inval }
    }

    // Contexts: the main one runs, 1 is suspended, 2 was destroyed; only place 2 of the table could begin another.

    func createContext(_ entry: UInt64, on thread: GuestThread) throws(Errno) -> UInt64 {
        guard entry == 2 else { throw .inval }
        return 3
    }

    func switchContext(_ id: UInt64, on thread: GuestThread) throws(Errno) { guard id <= 1 else { throw .inval } }

    func destroyContext(_ id: UInt64, on thread: GuestThread) throws(Errno) {
        guard [1, 2].contains(id) else { throw .inval }
    }
}
