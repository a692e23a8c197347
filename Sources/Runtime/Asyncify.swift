import Kernel
import WasixABI
import WasmEngine

/// The exports by which guest code that was built with asyncify leaves its functions and comes back to them, keeping their
/// locals in a part of its memory (WasixABI.docc/Stacks). Owner thread only.
struct Asyncify {
    /// An export that only such modules have.
    static let mark = "asyncify_start_unwind"

    private let startUnwind: Function
    private let stopUnwind: Function
    private let startRewind: Function
    private let stopRewind: Function
    private let stackPointer: Global
    /// Mutable globals that the module exports: each thread has its own, and a checkpoint keeps them.
    private let globals: [Global]
    /// All modules of a program that is linked while it runs: code of each may be on its way out.
    private let world: GuestWorld?
    private let isWide: Bool
    /// The record of where locals are kept: two addresses, and behind it the locals themselves, at the far end of the
    /// thread's stack, which is free.
    private let record: GuestPointer

    /// - Parameter stackLow: the lower end of the thread's stack.
    /// - Returns: nil for a module that was not built with asyncify or does not export its stack pointer.
    init?(_ instance: Instance, _ world: GuestWorld?, stackLow: UInt64) {
        let stackPointer = world?.stackPointer ?? instance.global(GuestModule.stackPointer)
        guard let pointer = stackPointer, let value = pointer.value else { return nil }
        isWide = value.type == .i64
        let address = FunctionType(parameters: [value.type], results: [])
        let nothing = FunctionType(parameters: [], results: [])
        guard let startUnwind = instance.function(Self.mark, type: address),
            let stopUnwind = instance.function("asyncify_stop_unwind", type: nothing),
            let startRewind = instance.function("asyncify_start_rewind", type: address),
            let stopRewind = instance.function("asyncify_stop_rewind", type: nothing)
        else { return nil }
        self.startUnwind = startUnwind
        self.stopUnwind = stopUnwind
        self.startRewind = startRewind
        self.stopRewind = stopRewind
        self.stackPointer = pointer
        self.world = world
        globals = world == nil ? instance.mutableGlobals : []
        record = GuestPointer(rawValue: (max(stackLow, 16) + 15) & ~15)
    }

    // MARK: leaving and coming back (inside a host call, and after the guest's code has left)

    /// The least that a stack's functions can need.
    private static let leastRoom: UInt64 = 256

    /// - Throws: OVERFLOW when the stack has no room to keep anything.
    func beginUnwinding(_ memory: GuestMemory) throws(Errno) {
        let top = pointer
        guard record.rawValue + Self.leastRoom < top else { throw .overflow }
        try store(start: locals.rawValue, memory)
        try memory.storeAddress(top, at: record + width, isWide)
        // The host's own stack may be at its end.
        guard call(startUnwind, Self.mark, [address(record)]) else { throw .overflow }
    }

    /// - Returns: false when the stack had no room for all locals, which have overwritten what was still in use: nothing of
    ///   the guest's memory can be relied on then.
    func endUnwinding() -> Bool { call(stopUnwind, "asyncify_stop_unwind", []) }

    func beginRewinding() { _ = call(startRewind, "asyncify_start_rewind", [address(record)]) }

    func endRewinding() { _ = call(stopRewind, "asyncify_stop_rewind", []) }

    // MARK: what is kept

    /// The stack pointer now.
    var pointer: UInt64 {
        switch stackPointer.value {
        case .i32(let value): UInt64(UInt32(bitPattern: value))
        case .i64(let value): UInt64(bitPattern: value)
        default: 0
        }
    }

    /// The locals that unwinding has left in memory.
    func keptLocals(_ memory: GuestMemory) throws(Errno) -> [UInt8] {
        let end = isWide ? try memory.load(record, as: UInt64.self) : UInt64(try memory.load(record, as: UInt32.self))
        guard end >= locals.rawValue else { throw .fault }
        return try memory.bytes(locals, end - locals.rawValue)
    }

    /// Puts locals back to where rewinding looks for them.
    /// - Parameter top: the stack pointer where they were kept.
    func put(_ bytes: [UInt8], below top: UInt64, _ memory: GuestMemory) throws(Errno) {
        guard locals.rawValue + UInt64(bytes.count) <= top else { throw .overflow }
        try memory.storeAddress(top, at: record + width, isWide)
        let target = try memory.range(locals, UInt64(bytes.count))
        target.copyMemory(from: bytes, byteCount: bytes.count)
        try store(start: locals.rawValue + UInt64(bytes.count), memory)
    }

    var globalValues: [Value?] { (world?.keptGlobals ?? globals).map(\.value) }

    func setGlobals(_ values: [Value?]) {
        for case (let global, let value?) in zip(world?.keptGlobals ?? globals, values) { try? global.set(value) }
    }

    // MARK: details

    private var width: Int { isWide ? 8 : 4 }
    private var locals: GuestPointer { record + 2 * width }

    private func store(start: UInt64, _ memory: GuestMemory) throws(Errno) {
        try memory.storeAddress(start, at: record, isWide)
    }

    private func address(_ pointer: GuestPointer) -> Value {
        isWide ? .i64(Int64(bitPattern: pointer.rawValue)) : .i32(Int32(truncatingIfNeeded: pointer.rawValue))
    }

    /// - Returns: whether it did its work, in all modules of the program.
    private func call(_ function: Function, _ name: String, _ arguments: [Value]) -> Bool {
        var isDone = (try? function.call(arguments)) != nil
        for library in world?.instances.dropFirst() ?? [] {
            guard let function = library.function(name, type: function.type) else { continue }
            isDone = (try? function.call(arguments)) != nil && isDone
        }
        return isDone
    }
}

extension GuestMemory {
    fileprivate func storeAddress(_ value: UInt64, at pointer: GuestPointer, _ isWide: Bool) throws(Errno) {
        if isWide {
            try store(value, at: pointer)
        } else {
            try store(UInt32(truncatingIfNeeded: value), at: pointer)
        }
    }
}

extension Instance {
    /// The exported globals that can be set.
    var mutableGlobals: [Global] {
        module.exports.filter { $0.type == .global }.compactMap { export in
            guard let global = global(export.name), let value = global.value, (try? global.set(value)) != nil else {
                return nil
            }
            return global
        }
    }

    /// The address that an exported global holds.
    func address(_ name: String) -> UInt64? {
        switch global(name)?.value {
        case .i32(let value): UInt64(UInt32(bitPattern: value))
        case .i64(let value): UInt64(bitPattern: value)
        default: nil
        }
    }
}
