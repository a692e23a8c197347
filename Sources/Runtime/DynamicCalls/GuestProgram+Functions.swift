import Kernel
import WasixABI
import WasmEngine

/// Calls through the module's table of functions, and closures (WasixABI.docc/DynamicLinking).
extension GuestProgram {
    /// The table of the thread's code.
    func table(of execution: GuestExecution) -> FunctionTable? {
        if let table = execution.table { return table }
        let imported = guest.importedMemory.flatMap { wanted in importedMemory.map { (memory: $0, type: wanted.type) } }
        execution.table = FunctionTable(
            execution.instance, execution.world, functions, imported: imported)
        execution.table?.follow()
        return execution.table
    }

    private func table(of thread: GuestThread) throws(Errno) -> FunctionTable {
        guard let execution = thread.runnerState as? GuestExecution, let table = table(of: execution) else {
            throw .notsup
        }
        return table
    }

    func functionSlot(_ index: UInt64, on thread: GuestThread) throws(Errno) -> FunctionSlot {
        switch try table(of: thread)[index] {
        case .outside: .outside
        case .null, .other: .empty(isClosure: functions.isAllocated(index))
        case .function(let function):
            .function(FunctionSignature(function.type), isClosure: functions.isAllocated(index))
        }
    }

    func callFunction(
        _ index: UInt64, _ arguments: UnsafeRawBufferPointer, on thread: GuestThread
    ) throws(Errno) -> [UInt8] {
        guard let execution = thread.runnerState as? GuestExecution,
            case .function(let function) = try table(of: thread)[index],
            let size = FunctionSignature(function.type).parameterBytes,
            FunctionSignature(function.type).resultBytes != nil
        else { throw .inval }
        var packed = Array(arguments.prefix(size))
        packed += repeatElement(0, count: size - packed.count)
        var results: [UInt8] = []
        do throws(GuestFailure) {
            try thread.runInCall { () throws(GuestFailure) in
                try execution.run(thread) { () throws(GuestFailure) in results = try function.call(packed: packed) }
            }
        } catch {
            if !thread.mustLeave { execution.fail(error, thread) }
            throw .intr
        }
        return results
    }

    func followFunctions(_ thread: GuestThread) {
        // A table that nobody has asked for is made with all closures when somebody does; code may call them before.
        guard let execution = thread.runnerState as? GuestExecution else { return }
        table(of: execution)?.follow()
    }

    // MARK: closures

    func allocateClosure(on thread: GuestThread) throws(Errno) -> UInt64 {
        let table = try table(of: thread)
        guard table.canHaveClosures else { throw .notsup }
        table.follow()
        let index: UInt64
        if let free = functions.reuse() {
            index = free
        } else {
            index = functions.add(try nextPlace(behind: table.count, thread))
        }
        do throws(Errno) {
            try table.makeRoom(for: index)
        } catch {
            _ = functions.free(index)
            throw error
        }
        return index
    }

    /// A place that no thread's table has yet.
    /// - Throws: INTR when the process ends.
    private func nextPlace(behind count: UInt64, _ thread: GuestThread) throws(Errno) -> UInt64 {
        guard let execution = thread.runnerState as? GuestExecution, let world = execution.world else {
            return functions.next(behind: count)
        }
        do throws(LinkFailure) {
            return try withTurn(thread, execution, world) {
                UInt64(world.image.nextPlace(behind: UInt32(clamping: world.table.count)))
            }
        } catch {
            throw .intr
        }
    }

    func prepareClosure(_ index: UInt64, _ closure: Closure, on thread: GuestThread) throws(Errno) {
        let table = try table(of: thread)
        guard table.canHaveClosures else { throw .notsup }
        guard case .function(let backing) = table[closure.backing], backing.type == table.backingType,
            functions.isAllocated(index)
        else { throw .inval }
        try table.reserve(closure.signature)
        guard functions.set(index, closure) else { throw .inval }
        table.follow()
        thread.announceFunctions()
    }

    func freeClosure(_ index: UInt64, on thread: GuestThread) throws(Errno) {
        let table = try table(of: thread)
        guard functions.free(index) else { throw .inval }
        table.follow()
        thread.announceFunctions()
    }
}

extension FunctionSignature {
    init(_ type: FunctionType) {
        self.init(parameters: type.parameters.map(\.inMemory), results: type.results.map(\.inMemory))
    }
}

extension WasmEngine.ValueType {
    /// nil for a reference.
    fileprivate var inMemory: WasixABI.ValueType? {
        switch self {
        case .i32: .i32
        case .i64: .i64
        case .f32: .f32
        case .f64: .f64
        case .v128: .v128
        case .funcref, .externref, .otherReference: nil
        }
    }
}
