import Trace
import WasixABI

/// What the kernel asks of whoever runs the guest's code.
public protocol GuestRunner: AnyObject, Sendable {
    /// Whether the module has what a thread with this entry needs.
    func canStart(_ entry: ThreadEntry) -> Bool
    /// Whether the host has room for one thread more. Asked before anything is made for it.
    var hasRoomForThread: Bool { get }
    /// Starts `thread` on a host thread of its own. No lock held.
    /// - Returns: false when there is no room for another thread.
    func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool
    /// Calls the guest's export `handler` with `signal` on `thread`, which is inside a host call. No lock held.
    /// - Returns: false when there is no such export.
    func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool
    /// Whether the module has an export `name` that signals can be delivered to.
    func hasHandler(_ name: [UInt8]) -> Bool
    /// Runs `body` on a host thread of its own, which is no guest thread.
    /// - Returns: false when there is no room for another thread.
    func startService(_ body: @escaping @Sendable () -> Void) -> Bool
    /// Hands a thread-local value to the guest's destructor, if it has one, on `thread`, which is inside a host call.
    /// No lock held.
    func destroy(_ value: ThreadLocalValue, on thread: GuestThread)
    /// Serves requests (pause, stack) that were made of `thread`. Called on that thread, in the middle of a wait. No
    /// lock held.
    func serve(_ requests: Interrupts, on thread: GuestThread)
    /// The guest's stack, innermost function first, on `thread` itself, which is inside a host call. No lock held.
    func stack(of thread: GuestThread) -> [GuestFrame]
    /// The frames of a stack with their names and places in the source; one may become several.
    func named(_ frames: [GuestFrame]) -> [GuestFrame]
    /// Gets threads that compute to look for requests soon. No lock held.
    func nudge()

    /// Makes threads that compute notice that they are to end. Returns at once. No lock held.
    func expel()

    /// Makes the guest's code leave the host call that `thread` is in, as soon as it gets back from it.
    /// - Throws: NOTSUP when the module or the place does not allow it, OVERFLOW when the guest's stack has no room.
    func beginUnwinding(_ thread: GuestThread, for purpose: Unwinding) throws(Errno)
    /// `thread` is back in the call that its code had left.
    func endRewinding(_ thread: GuestThread)
    /// Whether `thread` can go back to that checkpoint.
    func hasCheckpoint(_ key: CheckpointKey, on thread: GuestThread) -> Bool

    /// The code of `lender`, which is in a host call, makes its calls as `thread` from now on.
    func goOn(as thread: GuestThread, on lender: GuestThread)

    // What follows is of the function table of the module that `thread` runs, on that thread and inside a host call.

    /// What the table holds at `index`.
    /// - Throws: NOTSUP when the module has no table.
    func functionSlot(_ index: UInt64, on thread: GuestThread) throws(Errno) -> FunctionSlot
    /// Calls the function at `index` with packed arguments; bytes that are missing are 0, others are left out.
    /// - Returns: its packed results.
    /// - Throws: INVAL when there is no function, or one with references; INTR when its code was left (`mustLeave`).
    func callFunction(
        _ index: UInt64, _ arguments: UnsafeRawBufferPointer, on thread: GuestThread
    ) throws(Errno) -> [UInt8]
    /// A place for a closure, empty, the same in the tables of all threads.
    /// - Throws: NOTSUP when the module cannot have any, NOMEM.
    func allocateClosure(on thread: GuestThread) throws(Errno) -> UInt64
    /// Puts a closure into a place that was allocated for one, or another one instead of the one that is there.
    /// - Throws: INVAL for another place, or a backing function that is none; NOTSUP, NOMEM.
    func prepareClosure(_ index: UInt64, _ closure: Closure, on thread: GuestThread) throws(Errno)
    /// - Throws: INVAL when the place was not allocated for a closure.
    func freeClosure(_ index: UInt64, on thread: GuestThread) throws(Errno)
    /// Makes the thread's table what those of the other threads are.
    func followFunctions(_ thread: GuestThread)

    // What follows is of the contexts of `thread`, in a call of the one that runs.

    /// Makes a context whose code begins at the function that has the place `entry` in the table.
    /// - Returns: its number.
    /// - Throws: INVAL for another function or none, NOTSUP, AGAIN and NOMEM when there is no room.
    func createContext(_ entry: UInt64, on thread: GuestThread) throws(Errno) -> UInt64
    /// Returns when another context hands back to the one that calls.
    /// - Throws: INVAL for one that is not there, NOTSUP; INTR when the code that calls is to be left (`mustLeave`).
    func switchContext(_ id: UInt64, on thread: GuestThread) throws(Errno)
    /// - Throws: INVAL for one that never was, the main one and the one that calls; NOTSUP.
    func destroyContext(_ id: UInt64, on thread: GuestThread) throws(Errno)

    /// Makes `file` ready to run in `process`. On `thread`, perhaps of its parent, in a call; no lock held.
    /// - Throws: NOEXEC when it is no module that can be run, NOMEM; INTR when the thread's process ends.
    func load(_ file: ProgramFile, for process: GuestProcess, by thread: GuestThread) throws(Errno) -> ProgramImage
    /// Loads a library, or finds the one that is loaded. On `thread`, in a call; no lock held.
    /// - Returns: its handle.
    func openLibrary(_ request: LibraryRequest, on thread: GuestThread) throws(LinkFailure) -> UInt32
    /// The address of a symbol: of data in memory, of a function in the table. Asked are the library `handle` and those that
    /// it needs, all for 0. On `thread`, in a call; no lock held.
    func address(of symbol: [UInt8], handle: UInt32, on thread: GuestThread) throws(LinkFailure) -> UInt64
    func isLibrary(_ handle: UInt32) -> Bool
    /// Makes the modules that other threads have loaded known to `thread`, between its calls. No lock held.
    func catchUp(_ thread: GuestThread)

    /// Starts a process's main thread at the beginning of its program. No lock held.
    /// - Returns: false when there is no room for another thread.
    func startMain(_ thread: GuestThread) -> Bool
}

extension GuestRunner {
    /// For runners whose guests have every handler.
    public func hasHandler(_ name: [UInt8]) -> Bool { true }
    /// For runners that start no threads.
    public func startService(_ body: @escaping @Sendable () -> Void) -> Bool { false }
    /// Does nothing, for runners that never stop a thread.
    public func serve(_ requests: Interrupts, on thread: GuestThread) {}
    /// Empty, for runners that know none.
    public func stack(of thread: GuestThread) -> [GuestFrame] { [] }
    /// The frames as they are, for runners that know no more.
    public func named(_ frames: [GuestFrame]) -> [GuestFrame] { frames }
    /// Does nothing, for guests that look for requests between calls alone.
    public func nudge() {}
    public func expel() {}
    // For runners of guests that stay where they are.
    public func beginUnwinding(_ thread: GuestThread, for purpose: Unwinding) throws(Errno) { throw .notsup }
    public func goOn(as thread: GuestThread, on lender: GuestThread) {}
    public func endRewinding(_ thread: GuestThread) {}
    public func hasCheckpoint(_ key: CheckpointKey, on thread: GuestThread) -> Bool { false }
    // For runners of code without a table of functions.
    public func functionSlot(_ index: UInt64, on thread: GuestThread) throws(Errno) -> FunctionSlot { throw .notsup }
    public func callFunction(
        _ index: UInt64, _ arguments: UnsafeRawBufferPointer, on thread: GuestThread
    ) throws(Errno) -> [UInt8] { throw .notsup }
    public func allocateClosure(on thread: GuestThread) throws(Errno) -> UInt64 { throw .notsup }
    public func prepareClosure(_ index: UInt64, _ closure: Closure, on thread: GuestThread) throws(Errno) {
        throw .notsup
    }
    public func freeClosure(_ index: UInt64, on thread: GuestThread) throws(Errno) { throw .notsup }
    public func followFunctions(_ thread: GuestThread) {}
    // For runners of code that has one stack.
    public func createContext(_ entry: UInt64, on thread: GuestThread) throws(Errno) -> UInt64 { throw .notsup }
    public func switchContext(_ id: UInt64, on thread: GuestThread) throws(Errno) { throw .notsup }
    public func destroyContext(_ id: UInt64, on thread: GuestThread) throws(Errno) { throw .notsup }
    /// For runners that know one program.
    public func load(
        _ file: ProgramFile, for process: GuestProcess, by thread: GuestThread
    ) throws(Errno) -> ProgramImage { throw .noexec }
    public func startMain(_ thread: GuestThread) -> Bool { false }

    // For runners of programs that are linked statically.
    public func openLibrary(_ request: LibraryRequest, on thread: GuestThread) throws(LinkFailure) -> UInt32 {
        throw .staticProgram
    }
    public func address(
        of symbol: [UInt8], handle: UInt32, on thread: GuestThread
    ) throws(LinkFailure) -> UInt64 { throw .staticProgram }
    public func isLibrary(_ handle: UInt32) -> Bool { handle == LibraryHandle.main }
    public func catchUp(_ thread: GuestThread) {}
}

extension LinkFailure {
    public static let staticProgram = LinkFailure(
        .notsup, "the program is linked statically: it cannot load libraries")
}

/// Numbers that stand for libraries.
public enum LibraryHandle {
    /// Everything that is loaded.
    public static let all: UInt32 = 0
    public static let main: UInt32 = 1
}

/// Where the guest's code begins in a new thread.
public enum ThreadEntry: Sendable {
    /// `wasi_thread_start(tid, argument)`.
    case wasi(argument: UInt64)
    /// As programs of 2022-2023 have it (WasixABI.docc/LegacyPrograms): `_start_thread(userData)`, or
    /// `_react(userData)` of a reactor, with the stack pointer set to the upper end of the thread's stack.
    case legacy(userData: UInt64, stackBase: UInt32, isReactor: Bool)
}

extension GuestRunner {
    /// For runners without a limit.
    public var hasRoomForThread: Bool { true }
}
