import Kernel
import WasixABI
import WasmEngine

/// Where the code of a guest thread begins.
enum GuestEntry: Sendable {
    /// `_start`, or `_initialize` of a reactor.
    case main
    /// The function at that place of the table: where a context begins.
    case context(place: UInt64)
    /// `number` is the thread's, which its code is told: that of the thread it is a copy of.
    case thread(ThreadEntry, number: UInt32)

    static let threadType = FunctionType(parameters: [.i32, .i32], results: [])
    static let wideThreadType = FunctionType(parameters: [.i64, .i64], results: [])

    func call(_ instance: Instance, _ world: GuestWorld?, _ thread: GuestThread) throws(GuestFailure) {
        switch self {
        case .main:
            let none = FunctionType(parameters: [], results: [])
            let entry = instance.function("_start", type: none) ?? instance.function("_initialize", type: none)
            try entry?.call()
        case .thread(.wasi(let argument), let number):
            if let entry = instance.function("wasi_thread_start", type: Self.threadType) {
                try entry.call(.i32(Int32(bitPattern: number)), .i32(Int32(truncatingIfNeeded: argument)))
            } else if let entry = instance.function("wasi_thread_start", type: Self.wideThreadType) {
                try entry.call(.i64(Int64(number)), .i64(Int64(bitPattern: argument)))
            }
        case .thread(.legacy(let userData, let stackBase, let isReactor), _):
            do throws(EngineError) {
                try instance.global(GuestModule.stackPointer)?.set(.i32(Int32(bitPattern: stackBase)))
            } catch {
                throw .error(error)
            }
            try LegacyExport(isReactor: isReactor).call([userData], in: instance)
        case .context(let place):
            guard let table = world?.table ?? instance.table(FunctionTable.export),
                case .function(let function) = table[place]
            else { return }
            try function.call()
        }
    }

    /// What a dynamically linked program does before the thread's code begins: constructors of its libraries, or the thread's
    /// own storage of each.
    func prepare(_ world: GuestWorld, _ memory: GuestMemory) throws(GuestFailure) {
        switch self {
        case .main: try world.construct(world.image.modules)
        case .thread(.wasi(let argument), _):
            let block = GuestPointer(rawValue: argument)
            guard let stack = try? memory.load(block + ThreadStartLayout.stack, as: UInt32.self),
                let storage = try? memory.load(block + ThreadStartLayout.tlsBase, as: UInt32.self)
            else { return }
            try world.beginThread(stack: stack, storage: storage)
        // A context is of a thread that has begun.
        case .thread(.legacy, _), .context: return
        }
    }

    /// The lower end of the thread's stack: before its code begins, or in a copy of its memory. Nil when it is not known.
    func stackLow(_ instance: Instance, _ world: GuestWorld?, _ memory: GuestMemory) -> UInt64? {
        switch self {
        case .main:
            if let world { return UInt64(world.image.room.stack.lowerBound) }
            if let low = instance.address("__stack_low") { return low }
            // Without it: the stack lies behind the data, or before them at the beginning of memory.
            guard let end = instance.address("__data_end"), let pointer = instance.address(GuestModule.stackPointer)
            else { return 0 }
            return end <= pointer ? end : 0
        case .thread(.wasi(let argument), _):
            // The thread-start block (WasixABI.docc/Threads), which is the thread's own memory later.
            let block = GuestPointer(rawValue: argument)
            let isWide = instance.module.exportType(named: "wasi_thread_start") == .function(Self.wideThreadType)
            return isWide
                ? Self.difference(
                    memory, block + ThreadStartLayout64.stack, block + ThreadStartLayout64.stackSize, UInt64.self)
                : Self.difference(
                    memory, block + ThreadStartLayout.stack, block + ThreadStartLayout.stackSize, UInt32.self)
        // The guest itself gives contexts their stacks.
        case .thread(.legacy, _), .context:
            return nil
        }
    }

    private static func difference<Word: FixedWidthInteger & UnsignedInteger>(
        _ memory: GuestMemory, _ top: GuestPointer, _ size: GuestPointer, _ type: Word.Type
    ) -> UInt64? {
        guard let top = try? memory.load(top, as: type), let size = try? memory.load(size, as: type), top >= size else {
            return nil
        }
        return UInt64(top - size)
    }
}
