import CWasmtime

/// A trap on its way from a host function into the engine, which takes it over. nil = no trap.
public typealias HostTrap = UnsafeMutablePointer<wasm_trap_t>

/// The end of guest code by a fault of its own or by a host function's decision, with the guest stack at that point.
public struct Trap: Sendable {
    /// The engine's numbers for faults (wasmtime/trap.h).
    public enum Code: UInt8, Sendable {
        case stackOverflow = 0
        case memoryOutOfBounds = 1
        case misalignedAtomic = 2
        case tableOutOfBounds = 3
        case nullFunctionCall = 4
        case signatureMismatch = 5
        case integerOverflow = 6
        case divisionByZero = 7
        case badConversionToInteger = 8
        case unreachable = 9
        case interrupt = 10
        case outOfFuel = 11
        case atomicWaitOnUnsharedMemory = 12
    }

    /// What the engine knows of it: asked when somebody wants to know, because most traps are just a way out.
    private let origin: TrapOrigin

    /// The engine's number; nil for an exception nobody caught. Newer numbers than `Code` knows are kept.
    public var rawCode: UInt8? { origin.code }
    /// The reason in one line, such as `wasm trap: integer divide by zero`.
    public var reason: String { Self.reason(in: report) }
    /// The engine's whole report.
    public var report: String { origin.report }
    public var frames: [StackFrame] { origin.frames }

    /// nil for an exception nobody caught, and for a number that `Code` does not know.
    public var code: Code? { rawCode.flatMap(Code.init(rawValue:)) }

    /// A trap for a host function to return: the guest unwinds and its caller throws `.trap` with this code. This is
    /// how a host call ends a thread or a process; the caller must check its own state before it takes the trap for a
    /// fault.
    public static func make(_ code: Code = .interrupt) -> HostTrap? {
        wasmtime_trap_new_code(code.rawValue)
    }

    /// The trap itself, or the exception, for a host function to return that has run the code: the code that has called the
    /// host is left in the same way. In the same store. Nil when it has been taken before.
    public func takeOrigin() -> HostTrap? { origin.take() }

    /// Takes over `trap`.
    init(consuming trap: UnsafeMutablePointer<wasm_trap_t>) { origin = TrapOrigin(trap) }

    /// The report is a backtrace followed by `Caused by:` and the reason; without frames it is the reason alone.
    static func reason(in report: String) -> String {
        let lines = report.split(whereSeparator: \.isNewline)
        if let cause = lines.firstIndex(of: "Caused by:") {
            return EngineError.oneLine(lines[(cause + 1)...].joined(separator: "\n"))
        }
        return EngineError.oneLine(report)
    }
}

/// The engine's own trap, until somebody takes it.
private final class TrapOrigin: @unchecked Sendable {
    // Safe to share: taken on the thread whose code has trapped, or by nobody.
    private var trap: HostTrap?

    init(_ trap: UnsafeMutablePointer<wasm_trap_t>) { self.trap = trap }

    deinit { if let trap { wasm_trap_delete(trap) } }

    func take() -> HostTrap? {
        defer { trap = nil }
        return trap
    }

    var code: UInt8? {
        var number: UInt8 = 0
        guard let trap, wasmtime_trap_code(trap, &number) else { return nil }
        return number
    }

    var frames: [StackFrame] {
        guard let trap else { return [] }
        var trace = wasm_frame_vec_t()
        wasm_trap_trace(trap, &trace)
        return StackFrame.consume(&trace)
    }

    var report: String {
        guard let trap else { return "" }
        var text = wasm_byte_vec_t()
        wasm_trap_message(trap, &text)
        return consumeText(&text)
    }
}
