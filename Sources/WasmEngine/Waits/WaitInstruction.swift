/// The instructions of the threads proposal that put a thread to sleep and wake it: what a module's code calls the host for
/// instead (Runtime.docc/InstructionWaits). The raw value is the second byte of the instruction, and the place of the host's
/// function in the table that a rewritten module has for them.
public enum WaitInstruction: UInt8, CaseIterable, Sendable {
    case notify = 0
    case wait32 = 1
    case wait64 = 2

    /// What the host's function gets: the address with the instruction's offset added, or one outside of every memory where
    /// that overflows; then the other operands.
    public var hostType: FunctionType { type(address: .i64) }

    /// The operands of the instruction, and what it answers.
    func type(address: ValueType) -> FunctionType {
        switch self {
        case .notify: FunctionType(parameters: [address, .i32], results: [.i32])
        case .wait32: FunctionType(parameters: [address, .i32, .i64], results: [.i32])
        case .wait64: FunctionType(parameters: [address, .i64, .i64], results: [.i32])
        }
    }

    /// The only alignment that is valid: the power of two.
    var alignment: UInt64 { self == .wait64 ? 3 : 2 }
}

extension Instance {
    /// Makes a new instance ready to be used. Of a rewritten module: gives it the host's functions, and runs the start
    /// function, which the engine has not run, because it may wait as well. Nothing for any other module.
    /// - Parameters:
    ///   - callback: the host's function for all of the instructions.
    ///   - environment: what it is handed for each; must live as long as the store.
    public func begin(
        _ callback: HostCallback, environment: (WaitInstruction) -> UnsafeMutableRawPointer
    ) throws(GuestFailure) {
        guard let waits = module.waits else { return }
        let table = hiddenTable(WaitRewriting.tableName)
        do throws(EngineError) {
            for instruction in WaitInstruction.allCases {
                let function = Function(
                    instruction.hostType, environment: environment(instruction), callback: callback, in: store)
                try table.set(function, at: UInt64(instruction.rawValue))
            }
        } catch {
            throw .error(error)
        }
        if waits.hasStartFunction { try hiddenFunction(WaitRewriting.startName).call() }
    }
}
