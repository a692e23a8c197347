import Kernel
import Synchronization
import WasixABI
import WasmEngine

/// What the module of closures is made for: the form that the guest's own module has.
struct AdapterShape: Hashable, Sendable {
    let signature: FunctionSignature
    /// Addresses have 64 bits.
    let isWide: Bool
    /// Of the memory; nil for one of its own store.
    let sharedPages: UInt64?
    /// The table is indexed by 64 bits.
    let hasWideTable: Bool
}

/// Modules whose only function packs its arguments onto the guest's stack and calls another one with their address. Guest
/// code, so that exceptions, jumps and interrupts go through it as through any other. Any thread.
final class ClosureAdapters: Sendable {
    /// Imports: memory, table, stack pointer. Exports: the function, and as globals what it calls and with what.
    static let call = "call"
    static let backing = "backing"
    static let userData = "data"

    private let modules = Mutex<[AdapterShape: Module]>([:])

    func module(_ shape: AdapterShape, _ engine: Engine) throws(EngineError) -> Module {
        if let module = modules.withLock({ $0[shape] }) { return module }
        let module = try Module(binary: Module.binary(fromFile: Array(Self.text(shape).utf8)), engine: engine)
        modules.withLock { $0[shape] = module }
        return module
    }

    static func text(_ shape: AdapterShape) -> String {
        let word = shape.isWide ? "i64" : "i32"
        let index = shape.hasWideTable ? "i64" : "i32"
        let parameters = shape.signature.parameters.compactMap { $0 }
        let results = shape.signature.results.compactMap { $0 }
        let memory = shape.sharedPages.map { "0 \($0) shared" } ?? "0"
        return """
            (module $\(StackFrame.hostModuleName)
              (type $backing (func (param \(word) \(word) \(word))))
              (import "" "memory" (memory \(shape.isWide ? "i64 " : "")\(memory)))
              (import "" "table" (table \(shape.hasWideTable ? "i64 " : "")0 funcref))
              (import "" "stack" (global $stack (mut \(word))))
              (global $backing (export "\(backing)") (mut \(index)) (\(index).const 0))
              (global $data (export "\(userData)") (mut \(word)) (\(word).const 0))
              (func $closure (export "\(call)") (param\(list(parameters))) (result\(list(results)))
                (local $top \(word)) (local $results \(word)) (local $arguments \(word))
                (local.set $top (global.get $stack))
                (local.set $results (\(word).sub (local.get $top) (\(word).const \(room(results)))))
                (local.set $arguments (\(word).sub (local.get $results) (\(word).const \(room(parameters)))))
                (global.set $stack (local.get $arguments))
            \(stores(parameters))
                (call_indirect (type $backing)
                  (local.get $arguments) (local.get $results) (global.get $data) (global.get $backing))
            \(loads(results))
                (global.set $stack (local.get $top))))
            """
    }

    private static func list(_ types: [WasixABI.ValueType]) -> String { types.map { " \(name($0))" }.joined() }

    private static func stores(_ types: [WasixABI.ValueType]) -> String {
        var offset = 0
        return types.enumerated().map { index, type in
            defer { offset += type.size ?? 0 }
            return "    (\(name(type)).store offset=\(offset) (local.get $arguments) (local.get \(index)))"
        }.joined(separator: "\n")
    }

    private static func loads(_ types: [WasixABI.ValueType]) -> String {
        var offset = 0
        return types.map { type in
            defer { offset += type.size ?? 0 }
            return "    (\(name(type)).load offset=\(offset) (local.get $results))"
        }.joined(separator: "\n")
    }

    /// Bytes of the stack: it stays aligned to 16.
    private static func room(_ types: [WasixABI.ValueType]) -> Int {
        (types.reduce(0) { $0 + ($1.size ?? 0) } + 15) & ~15
    }

    private static func name(_ type: WasixABI.ValueType) -> String {
        switch type {
        case .i64: "i64"
        case .f32: "f32"
        case .f64: "f64"
        case .v128: "v128"
        default: "i32"
        }
    }
}

/// A closure in one store.
struct ClosureAdapter {
    let signature: FunctionSignature
    let function: Function
    private let backing: Global
    private let userData: Global

    /// - Parameter imports: the guest's memory, table and stack pointer.
    init?(_ module: Module, _ store: Store, _ imports: [External], _ signature: FunctionSignature) {
        guard let instance = try? module.instantiate(in: store, imports),
            let function = instance.function(ClosureAdapters.call),
            let backing = instance.global(ClosureAdapters.backing),
            let userData = instance.global(ClosureAdapters.userData)
        else { return nil }
        self.signature = signature
        self.function = function
        self.backing = backing
        self.userData = userData
    }

    func prepare(_ closure: Closure) {
        Self.set(backing, closure.backing)
        Self.set(userData, closure.userData)
    }

    private static func set(_ global: Global, _ value: UInt64) {
        let isWide = global.value?.type == .i64
        try? global.set(isWide ? .i64(Int64(bitPattern: value)) : .i32(Int32(truncatingIfNeeded: value)))
    }
}
