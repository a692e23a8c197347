import Testing
import Trace
import WasixABI
import WasmEngine

@testable import Runtime

@Suite struct TrapTests {
    /// The message and the names on the stack.
    private func trap(_ running: RunningGuest) throws -> (message: String, stack: [String]) {
        guard case .trapped(let message, let stack) = try running.end() else {
            Issue.record("it did not trap: \(running.guest.wait())")
            return ("", [])
        }
        return (message, stack)
    }

    @Test func aTrapTellsWhereItWas() throws {
        let module = """
            (module (func $inner unreachable) (func $outer (call $inner)) (func (export "_start") (call $outer)))
            """
        let (message, stack) = try trap(RunningGuest(module))
        #expect(message.contains("unreachable"))
        #expect(stack.count == 3)
        #expect(stack[0].hasPrefix("inner (module offset 0x") && stack[1].hasPrefix("outer "))
    }

    /// Programs give up like that when a call that they cannot do without answers NOSYS.
    @Test func aTrapAfterACallThatIsMissingNamesIt() throws {
        func message(_ missing: CallID?, _ end: String) throws -> String {
            let engine = Engine(configuration: EngineConfiguration(isInterruptible: false))
            let text = "(module (memory 1) (func (export \"f\") \(end)))"
            let module = try Module(binary: Module.binary(fromFile: Array(text.utf8)), engine: engine)
            let instance = try Linker(engine: engine).link(module).instantiate(in: Store(engine: engine, data: nil))
            do throws(GuestFailure) {
                try instance.function("f")?.call()
            } catch {
                if case .trap(let trap) = error { return GuestProgram.reason(trap, after: missing) }
            }
            return ""
        }
        #expect(
            try message(.contextDestroy, "unreachable").hasSuffix(
                ", after calling context_destroy, which does not work yet and answered NOSYS"))
        #expect(try message(nil, "unreachable").contains("unreachable"))
        #expect(try !message(nil, "unreachable").contains("NOSYS"))
        #expect(try !message(.contextDestroy, "(drop (i32.load (i32.const 65536)))").contains("NOSYS"))
    }

    @Test func anOffsetThatNobodyKnowsIsNotTold() throws {
        let module = #"(module (memory (export "memory") 1) (func $f (export "_start") call $f))"#
        #expect(try trap(RunningGuest(module)).stack.allSatisfy { !$0.contains("0x-") })
    }

    @Test func namesAreThoseOfTheSourceHoweverLongTheyAreMangled() throws {
        let part = String(repeating: "a", count: 90)
        let mangled = "_ZN" + String(repeating: "90\(part)", count: 3) + "5serveEv"
        let (_, stack) = try trap(
            RunningGuest(
                "(module (func $_ZN4core5serveEv unreachable) (func $\(mangled) (export \"_start\") (call 0)))"))
        #expect(stack.count == 2 && stack[0].hasPrefix("core::serve() (module offset 0x"), "\(stack)")
        #expect(stack[1].hasPrefix("\(part)::\(part)::") && stack[1].utf8.count < 300, "\(stack)")
    }

    @Test func namesOfFunctionsAreCut() throws {
        let name = String(repeating: "n", count: 5000)
        let (_, stack) = try trap(RunningGuest("(module (func $\(name) (export \"_start\") unreachable))"))
        #expect(stack.count == 1 && stack[0].utf8.count < 300 && stack[0].contains("nnn... (module offset 0x"))
    }

    @Test(arguments: [
        ("(drop (i32.div_s (i32.const 1) (i32.const 0)))", "divide by zero"),
        ("(drop (i32.load (i32.const 65536)))", "out of bounds"),
        ("(drop (i32.trunc_f32_s (f32.const nan)))", "conversion"),
        ("(call_indirect (i32.const 0))", "uninitialized"),
    ])
    func everyFaultOfTheGuestIsNamed(_ code: String, _ words: String) throws {
        let module = "(module (table 1 funcref) (memory 1) (func (export \"_start\") \(code)))"
        let (message, stack) = try trap(RunningGuest(module))
        #expect(message.contains(words))
        #expect(!stack.isEmpty)
    }

    @Test(arguments: [false, true])
    func endlessRecursionIsATrap(_ isInterruptible: Bool) throws {
        let module = """
            (module (func $deep (param i32) (result i32) (i32.add (call $deep (local.get 0)) (i32.const 1)))
              (func (export "_start") (drop (call $deep (i32.const 0)))))
            """
        for size in [nil, 256 << 10, 8 << 20] {
            let (message, stack) = try trap(
                RunningGuest(module) {
                    $0.isInterruptible = isInterruptible
                    $0.stackSize = size
                })
            #expect(message.contains("stack"))
            #expect(stack.first?.hasPrefix("deep") == true)
        }
    }

    @Test func aTrapInAThreadEndsTheProcess() throws {
        let module = """
            (module
              (import "env" "memory" (memory 1 1 shared))
              (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (import "wasix_32v1" "thread_sleep" (func $sleep (param i64) (result i32)))
              (func $boom unreachable)
              (func (export "wasi_thread_start") (param i32 i32) (call $boom))
              (func (export "_start")
                (drop (call $spawn (i32.const 0)))
                (drop (call $sleep (i64.const -1)))
                unreachable))
            """
        let (message, stack) = try trap(RunningGuest(module))
        #expect(message.contains("unreachable"))
        #expect(stack.first?.hasPrefix("boom ") == true)
    }

    @Test func aTrapInACallsMidstIsNotTakenForOne() throws {
        // The guest hands a pointer outside its memory to a call, which answers, and goes on.
        let module = """
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (func (export "_start")
                (call $exit (call $write (i32.const 1) (i32.const 65532) (i32.const 1) (i32.const 0)))))
            """
        #expect(try RunningGuest(module).end() == .exited(code: UInt32(Errno.fault.rawValue)))
    }

    // MARK: memory

    private func growth(_ memory: String) -> String {
        """
        (module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          \(memory)
          (func (export "_start")
            (call $exit (i32.add
              (i32.mul (memory.grow (i32.const 1)) (i32.const 10))
              (i32.eq (memory.grow (i32.const 1)) (i32.const -1))))))
        """
    }

    @Test(arguments: [#"(memory (export "memory") 1)"#, #"(import "env" "memory" (memory 1 10 shared))"#])
    func memoryStopsGrowingAtItsLimit(_ memory: String) throws {
        let limited = try RunningGuest(growth(memory)) { $0.maximumMemory = 2 * 65_536 }
        #expect(try limited.end() == .exited(code: 11))
        #expect(try RunningGuest(growth(memory)).end() == .exited(code: 10))
    }
}
