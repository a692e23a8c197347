import Kernel
import Trace
import WasixABI
import WasmEngine

/// Libraries of a program that is linked while it runs (WasixABI.docc/DynamicLinking).
extension GuestProgram {
    func openLibrary(_ request: LibraryRequest, on thread: GuestThread) throws(LinkFailure) -> UInt32 {
        let (execution, world) = try world(of: thread)
        return try withTurn(thread, execution, world) { () throws(LinkFailure) in
            let image = world.image
            let (position, new) = try image.load(request, for: thread)
            guard !new.isEmpty else { return UInt32(position + 1) }
            do throws(GuestFailure) {
                try world.link(new, isGlobal: request.isGlobal)
            } catch {
                image.takePlacesBack()
                throw LinkFailure(.noexec, Self.message(error, new[new.count - 1].library))
            }
            try run(on: thread, execution) { () throws(GuestFailure) in try world.relocate(new) }
            image.turn.stopOthers(thread)
            try run(on: thread, execution) { () throws(GuestFailure) in try world.construct(new) }
            return UInt32(position + 1)
        }
    }

    func address(of symbol: [UInt8], handle: UInt32, on thread: GuestThread) throws(LinkFailure) -> UInt64 {
        let (execution, world) = try world(of: thread)
        let name = String(decoding: symbol, as: UTF8.self)
        return try withTurn(thread, execution, world) { () throws(LinkFailure) in
            let image = world.image
            let searched = try Self.modules(handle, image)
            let undefined = LinkFailure(.inval, "undefined symbol: \(GuestText.short(name))")
            let definer = searched.first {
                image.modules[$0].library.exportsFunction(name) || image.modules[$0].library.exportsData(name)
            }
            guard let definer else { throw undefined }
            guard image.modules[definer].library.exportsFunction(name) else {
                guard let found = world.dataAddress(of: name, in: definer), let address = world.address(found) else {
                    throw undefined
                }
                return UInt64(address)
            }
            return UInt64(try place(of: name, in: definer, world, thread))
        }
    }

    func isLibrary(_ handle: UInt32) -> Bool {
        guard let linking else { return handle == LibraryHandle.main }
        return handle > 0 && linking.hasModule(Int(handle) - 1)
    }

    /// The modules that a handle means, in the order in which they are searched.
    private static func modules(_ handle: UInt32, _ image: GuestImage) throws(LinkFailure) -> [Int] {
        switch handle {
        case LibraryHandle.all: return Array(image.modules.indices)
        case LibraryHandle.main: return image.modules.indices.filter { image.isGlobal.contains($0) }
        case 2...UInt32(image.modules.count): return image.closure(of: Int(handle) - 1)
        default: throw LinkFailure(.inval, "invalid handle: \(handle)")
        }
    }

    // MARK: turns

    private func world(of thread: GuestThread) throws(LinkFailure) -> (GuestExecution, GuestWorld) {
        guard let execution = thread.runnerState as? GuestExecution, let world = execution.world else {
            throw .staticProgram
        }
        return (execution, world)
    }

    func withTurn<Result>(
        _ thread: GuestThread, _ execution: GuestExecution, _ world: GuestWorld,
        _ body: () throws(LinkFailure) -> Result
    ) throws(LinkFailure) -> Result {
        guard world.image.turn.take(thread) else { throw LinkFailure(.intr, "the process ends") }
        defer { world.image.turn.giveBack(thread) }
        try run(on: thread, execution) { () throws(GuestFailure) in
            let new = try world.catchUp()
            if !new.isEmpty { try world.makeStorage(new) }
        }
        return try body()
    }

    /// The place of a function in the table, which is a new one perhaps. The thread has the turn.
    private func place(
        of name: String, in module: Int, _ world: GuestWorld, _ thread: GuestThread
    ) throws(LinkFailure) -> UInt32 {
        let isKnown = world.image.places[GuestImage.FunctionName(module: module, name: name)] != nil
        do throws(GuestFailure) {
            let place = try world.place(of: name, in: module)
            if !isKnown { world.image.turn.stopOthers(thread) }
            return place
        } catch {
            throw LinkFailure(.nomem, Self.message(error, world.image.modules[module].library))
        }
    }

    /// Runs the guest's code in the middle of a call. What leaves it leaves the code as well that has made the call.
    private func run(
        on thread: GuestThread, _ execution: GuestExecution, _ body: () throws(GuestFailure) -> Void
    ) throws(LinkFailure) {
        do throws(GuestFailure) {
            try thread.runInCall { () throws(GuestFailure) in try execution.run(thread, body) }
        } catch {
            if !thread.mustLeave { execution.fail(error, thread) }
            throw LinkFailure(.intr, Self.reason(error))
        }
    }

    private static func message(_ failure: GuestFailure, _ library: Library) -> String {
        "\(library.name): cannot be linked: \(reason(failure))"
    }

    private static func reason(_ failure: GuestFailure) -> String {
        switch failure {
        case .trap(let trap): GuestText.short(trap.reason)
        case .error(let error): GuestText.short(error.message)
        }
    }

    // MARK: catching up

    func catchUp(_ thread: GuestThread) {
        guard let execution = thread.runnerState as? GuestExecution, let world = execution.world else { return }
        do throws(GuestFailure) {
            let new = try world.catchUp()
            guard !new.isEmpty else { return }
            try execution.run(thread) { () throws(GuestFailure) in try world.makeStorage(new) }
        } catch {
            failed(error, thread)
        }
    }

    /// The place in the table of a function that was called before it was looked up.
    fileprivate func resolve(_ name: String, for module: LoadedModule, on thread: GuestThread) throws(LinkFailure)
        -> UInt32
    {
        let (execution, world) = try world(of: thread)
        return try withTurn(thread, execution, world) { () throws(LinkFailure) in
            guard let definer = world.image.definer(for: module.index, { $0.exportsFunction(name) }) else {
                throw LinkFailure(
                    .inval,
                    "function \(GuestText.short(name)) was called by \(module.library.name), and no library defines it")
            }
            return try place(of: name, in: definer, world, thread)
        }
    }
}

/// Entered when a function is called that was not defined when its caller was loaded: `environment` is the `LoadedModule`
/// that calls, the first slot the number of the function among its stubs, and then the place of the function.
let stubEntry: HostCallback = { environment, caller, slots, _ in
    let module = Unmanaged<LoadedModule>.fromOpaque(environment!).takeUnretainedValue()
    let thread = Unmanaged<GuestThread>.fromOpaque(hostData(of: caller)!).takeUnretainedValue()
    let name = module.stubNames[Int(slots.load(as: Int32.self))]
    guard let program = thread.image.runner as? GuestProgram else { return Trap.make() }
    do throws(LinkFailure) {
        slots.storeBytes(of: try program.resolve(name, for: module, on: thread), as: UInt32.self)
        return thread.mustLeave ? Trap.make() : nil
    } catch {
        if thread.mustLeave { return Trap.make() }
        return (thread.runnerState as? GuestExecution)?.takeFailure(thread) ?? Trap.make(message: error.message)
    }
}

extension GuestProgram {
    /// The frames of the guest's code as the main module's symbols can name them. Another module's have the names that the
    /// module itself gives to its functions.
    func frames(_ frames: [StackFrame]) -> [GuestFrame] {
        let shift = guest.module.codeShift
        guard let linking else { return frames.map { GuestFrame($0, codeShift: shift) } }
        // The stubs of functions that were looked up late are nobody's code.
        return frames.filter { $0.moduleName != StackFrame.hostModuleName || $0.functionName != nil }
            .map { linking.isOfMain($0) ? GuestFrame($0, codeShift: shift) : Self.foreign($0) }
    }

    private static func foreign(_ frame: StackFrame) -> GuestFrame {
        let module = frame.moduleName.map { " of \(GuestText.short($0))" } ?? ""
        return GuestFrame(
            function: frame.functionName.map { GuestText.short($0, limit: GuestText.mangledLimit) }
                ?? "function \(frame.functionIndex)\(module)",
            functionOffset: frame.functionOffset)
    }
}
