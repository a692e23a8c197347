import Synchronization
import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Runtime
@testable import WasmEngine

/// `memory.atomic.wait32`, `wait64` and `notify` of running guests (Runtime.docc/InstructionWaits).
@Suite struct InstructionWaitTests {
    // MARK: what the engine itself does

    /// An instruction with operands and its static offset, and the memory that it is for.
    struct Case: Sendable, CustomTestStringConvertible {
        let code: String
        var memory = #"(import "env" "memory" (memory 1 1 shared))"#
        var testDescription: String { "\(code) \(memory)" }
    }

    private static let cases: [Case] = {
        var cases: [Case] = []
        let offsets = ["", "offset=4", "offset=8", "offset=65528", "offset=65536", "offset=4294967288"]
        let addresses = [0, 1, 2, 4, 8, 65532, 65536, -4, -1, -8, 16]
        for offset in offsets {
            for address in addresses {
                let place = "(i32.const \(address))"
                cases.append(Case(code: "(memory.atomic.wait32 \(offset) \(place) (i32.const 0) (i64.const 0))"))
                cases.append(Case(code: "(memory.atomic.wait64 \(offset) \(place) (i64.const 0) (i64.const 1000))"))
                cases.append(Case(code: "(memory.atomic.notify \(offset) \(place) (i32.const -1))"))
            }
        }
        cases.append(Case(code: "(memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const -1))"))
        cases.append(Case(code: "(memory.atomic.wait64 (i32.const 0) (i64.const 0x100000000) (i64.const -1))"))
        for offset in ["", "offset=65536", "offset=0xfffffffffffffff8", "offset=8"] {
            for address in ["0", "-8", "0xffffffffffff0000", "4"] {
                let wide = #"(import "env" "memory" (memory i64 1 1 shared))"#
                let place = "\(offset) (i64.const \(address))"
                cases.append(Case(code: "(memory.atomic.wait32 \(place) (i32.const 0) (i64.const 0))", memory: wide))
                cases.append(Case(code: "(memory.atomic.wait64 \(place) (i64.const 0) (i64.const 0))", memory: wide))
                cases.append(Case(code: "(memory.atomic.notify \(place) (i32.const 2))", memory: wide))
            }
        }
        for code in [
            "(memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0))",
            "(memory.atomic.notify (i32.const 0) (i32.const 1))",
            "(memory.atomic.notify (i32.const 65536) (i32.const 1))",
        ] {
            cases.append(Case(code: code, memory: #"(memory (export "memory") 1)"#))
            cases.append(Case(code: code, memory: #"(memory (export "memory") 1 1 shared)"#))
        }
        return cases
    }()

    @Test(arguments: cases)
    func itAnswersOrTrapsAsTheEngineDoes(_ one: Case) throws {
        let text = """
            (module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) \(one.memory)
              (func $before (drop (i64.const 0x7e7e0001fe)))
              (func $body (export "body") (result i32) (call $before) \(one.code))
              (func (export "_start") (call $exit (i32.add (call $body) (i32.const 100)))))
            """
        let expected = try Self.ofTheEngine(text)
        switch try RunningGuest(text).end() {
        case .exited(let code): #expect(expected == "\(code - 100)")
        case .trapped(let message, let stack): #expect(expected == "\(message), \(stack.first ?? "")")
        case let end: Issue.record("\(end)")
        }
    }

    /// Of the same module, as the engine runs it by itself.
    private static func ofTheEngine(_ text: String) throws -> String {
        let engine = Engine(configuration: EngineConfiguration(isInterruptible: false))
        let binary = try Module.binary(fromFile: Array(text.utf8))
        let module = try Module(binary: binary, engine: engine, rewritesWaits: false)
        let linker = Linker(engine: engine)
        let store = Store(engine: engine, data: nil)
        for item in module.imports {
            switch item.type {
            case .memory(let type):
                try linker.define(
                    module: item.module, name: item.name, memory: Memory(type: type, store: store), store: store)
            case .function(let type):
                try linker.define(module: item.module, name: item.name, type: type, environment: nil) { _, _, _, _ in
                    nil
                }
            default: break
            }
        }
        let body = try #require(try linker.link(module).instantiate(in: store).function("body"))
        do throws(GuestFailure) {
            guard case .i32(let result)? = try body.call().first else { return "" }
            return "\(result)"
        } catch {
            guard case .trap(let trap) = error, let frame = trap.frames.first else { return "\(error)" }
            let offset = String(frame.moduleOffset ?? 0, radix: 16)
            return "\(trap.reason), \(frame.functionName ?? "") (module offset 0x\(offset))"
        }
    }

    // MARK: one table for calls and instructions

    /// A main thread and a second one that run `main` and `other`. `$wait` and `$wake` are the calls.
    private func guest(
        _ main: String, _ other: String = "", tracer: Tracer? = nil, more: String = ""
    ) throws -> RunningGuest {
        try RunningGuest(
            """
            (module
              (import "env" "memory" (memory 1 1 shared))
              (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (import "wasix_32v1" "futex_wait" (func $futex_wait (param i32 i32 i32 i32) (result i32)))
              (import "wasix_32v1" "futex_wake_all" (func $futex_wake_all (param i32 i32) (result i32)))
              (import "wasix_32v1" "callback_signal" (func $callback (param i32 i32)))
              (import "wasix_32v1" "thread_exit" (func $leave (param i32)))
              (data (i32.const 4096) "__wasm_signal")
              (func $wait (param i32)
                (drop (call $futex_wait (local.get 0) (i32.const 0) (i32.const 520) (i32.const 540))))
              (func $wake (param i32) (drop (call $futex_wake_all (local.get 0) (i32.const 540))))
              (func $sleep (param i32) (result i32)
                (memory.atomic.wait32 (local.get 0) (i32.const 0) (i64.const -1)))
              \(more)
              (func (export "wasi_thread_start") (param i32 i32) \(other))
              (func (export "_start") (drop (call $spawn (i32.const 0))) \(main)))
            """, tracer: tracer)
    }

    private func call(_ guest: RunningGuest, _ thread: Int) -> CallID? {
        guest.guest.snapshot().threads.first { $0.thread.rawValue == UInt32(thread) }?.call
    }

    @Test func notifyWakesAThreadInFutexWait() throws {
        let guest = try guest(
            "(drop (call $sleep (i32.const 64))) (call $exit (memory.atomic.notify (i32.const 128) (i32.const 5)))",
            "(call $wait (i32.const 128)) (call $leave (i32.const 0))")
        try guest.untilBlocked(2)
        #expect(call(guest, 1) == .atomicWait32 && call(guest, 2) == .futexWait)
        try guest.set(64)
        #expect(try guest.end() == .exited(code: 1))
    }

    @Test func futexWakeWakesAThreadInTheInstruction() throws {
        let guest = try guest(
            "(call $exit (i32.add (call $sleep (i32.const 64)) (i32.const 7)))",
            "(call $wait (i32.const 128)) (call $wake (i32.const 64))")
        try guest.untilBlocked(2)
        try guest.set(128)
        #expect(try guest.end() == .exited(code: 7))
    }

    @Test func notifyTellsHowManyItWokeAndWakesNoMore() throws {
        let guest = try guest(
            """
            (drop (call $spawn (i32.const 0))) (drop (call $spawn (i32.const 0))) (drop (call $sleep (i32.const 64)))
            (i32.store (i32.const 128) (i32.const 1))
            (i32.store (i32.const 256) (memory.atomic.notify (i32.const 128) (i32.const 0)))
            (i32.store (i32.const 260) (memory.atomic.notify (i32.const 124) (i32.const 1)))
            (i32.store (i32.const 264) (memory.atomic.notify offset=4 (i32.const 124) (i32.const 2)))
            (call $exit (i32.add (i32.mul (i32.load (i32.const 264)) (i32.const 10))
              (memory.atomic.notify (i32.const 128) (i32.const -1))))
            """, "(drop (call $sleep (i32.const 128)))")
        try guest.untilBlocked(4)
        try guest.set(64)
        #expect(try guest.end() == .exited(code: 21))
    }

    @Test func aWakeUpAndAChangeAreNeverLost() throws {
        // Each thread waits for its own turn and hands over to the other one, by instructions alone.
        let player = { (own: Int) in
            """
            (loop $again
              (if (i32.eq (i32.and (i32.atomic.load (i32.const 64)) (i32.const 1)) (i32.const \(own)))
                (then (drop (i32.atomic.rmw.add (i32.const 64) (i32.const 1)))
                  (drop (memory.atomic.notify (i32.const 64) (i32.const 1))))
                (else (drop (memory.atomic.wait32 (i32.const 64)
                  (i32.or (i32.and (i32.atomic.load (i32.const 64)) (i32.const -2)) (i32.const \(1 - own)))
                  (i64.const -1)))))
              (br_if $again (i32.lt_u (i32.atomic.load (i32.const 64)) (i32.const 20000))))
            """
        }
        let guest = try guest("\(player(0)) (call $exit (i32.const 3))", player(1))
        #expect(try guest.end() == .exited(code: 3))
    }

    // MARK: what ends a wait

    @Test(arguments: [false, true])
    func timeIsUp(_ isTraced: Bool) throws {
        let guest = try guest(
            "(call $exit (memory.atomic.wait32 (i32.const 64) (i32.const 0) (i64.const 3000000)))",
            tracer: isTraced ? Tracer() : nil)
        #expect(try guest.end() == .exited(code: 2))
    }

    @Test func theHostEndsIt() throws {
        let guest = try guest("(drop (call $sleep (i32.const 64)))", "(drop (call $sleep (i32.const 64)))")
        try guest.untilBlocked(2)
        guest.guest.terminate()
        #expect(try guest.end() == .signalled(signal: 9))
    }

    @Test func aTrapOfAnotherThreadEndsIt() throws {
        let guest = try guest("(drop (call $sleep (i32.const 64)))", "(call $wait (i32.const 128)) unreachable")
        try guest.untilBlocked(2)
        try guest.set(128)
        guard case .trapped = try guest.end() else { return #expect(Bool(false), "it trapped") }
    }

    // MARK: signals

    private static let handler = """
        (func (export "__wasm_signal") (param i32)
          (i32.store (i32.const 256) (i32.add (i32.load (i32.const 256)) (i32.const 1))) %)
        """
    private static let register = "(call $callback (i32.const 4096) (i32.const 13))"

    private func handler(_ more: String = "") -> String { Self.handler.replacing("%", with: more) }

    @Test func aHandlerRunsAndTheWaitGoesOn() throws {
        let guest = try guest(
            "\(Self.register) (call $exit (i32.add (call $sleep (i32.const 64)) (i32.const 50)))", "", more: handler())
        for count: UInt32 in 1...3 {
            try guest.untilBlocked(1)
            guest.guest.process.send(.usr1)
            try awaitCondition("the handler") { (try? guest.word(256)) == count }
        }
        try guest.untilBlocked(1)
        #expect(call(guest, 1) == .atomicWait32)
        try guest.set(64)
        #expect(try guest.end() == .exited(code: 50))
    }

    @Test func aHandlerThatChangesTheWordEndsTheWait() throws {
        let guest = try guest(
            "\(Self.register) (call $exit (i32.add (call $sleep (i32.const 64)) (i32.const 50)))",
            "", more: handler("(i32.store (i32.const 64) (i32.const 1))"))
        try guest.untilBlocked(1)
        guest.guest.process.send(.usr1)
        #expect(try guest.end() == .exited(code: 51))
    }

    /// It would wait for ever if each began its time anew.
    @Test func signalsDoNotProlongTheTime() throws {
        let guest = try guest(
            """
            \(Self.register)
            (call $exit (memory.atomic.wait32 (i32.const 64) (i32.const 0) (i64.const 300000000)))
            """, "", more: handler())
        try guest.untilBlocked(1)
        while guest.guest.snapshot().guest == .running { guest.guest.process.send(.usr1) }
        #expect(try guest.end() == .exited(code: 2))
    }

    @Test func aHandlerThatEndsTheThreadLeavesTheWait() throws {
        let guest = try guest(
            "\(Self.register) (drop (call $sleep (i32.const 64))) unreachable",
            "(drop (call $sleep (i32.const 128)))"
                + "(call $exit (i32.const 9))", more: handler("(call $leave (i32.const 0))"))
        try guest.untilBlocked(2)
        guest.guest.process.send(.usr1)
        try guest.untilBlocked(1)
        try guest.set(128)
        #expect(try guest.end() == .exited(code: 9))
    }

    @Test func aStoppedThreadLooksAgainWhenItGoesOn() throws {
        let guest = try guest("(call $exit (i32.add (call $sleep (i32.const 64)) (i32.const 50)))")
        try guest.untilBlocked(1)
        guest.guest.process.send(.stop)
        try awaitCondition("it has stopped") { guest.guest.kernel.locked { guest.guest.process.isStopped } }
        try guest.set(64)
        guest.guest.process.send(.cont)
        let end = try guest.end()
        #expect(end == .exited(code: 50) || end == .exited(code: 51))
    }

    // MARK: start functions

    private static func starting(_ memory: String) -> String {
        """
        (module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) \(memory)
          (func $init
            (i32.store (i32.const 128) (memory.atomic.wait32 (i32.const 64) (i32.const 0) (i64.const 1000)))
            (i32.store (i32.const 132) (memory.atomic.notify (i32.const 64) (i32.const 1)))
            %)
          (start $init)
          (func (export "_start") (call $exit (i32.add (i32.load (i32.const 128)) (i32.const 70)))))
        """
    }

    @Test(arguments: [#"(import "env" "memory" (memory 1 1 shared))"#, #"(memory (export "memory") 1 1 shared)"#])
    func aStartFunctionWaits(_ memory: String) throws {
        #expect(try RunningGuest(Self.starting(memory).replacing("%", with: "")).end() == .exited(code: 72))
        let fails = Self.starting(memory).replacing("%", with: "unreachable")
        guard case .trapped(let message, let stack) = try RunningGuest(fails).end() else {
            return #expect(Bool(false), "its start function traps")
        }
        #expect(message.contains("unreachable") && stack.first?.hasPrefix("init (module offset 0x") == true)
        let leaves = Self.starting(memory).replacing("%", with: "(call $exit (i32.const 5))")
        #expect(try RunningGuest(leaves).end() == .exited(code: 5))
    }

    @Test func aWaitOfAStartFunctionIsEnded() throws {
        let text = """
            (module (import "env" "memory" (memory 1 1 shared))
              (func $init (drop (memory.atomic.wait32 (i32.const 64) (i32.const 0) (i64.const -1))))
              (start $init) (func (export "_start")))
            """
        let guest = try RunningGuest(text)
        try guest.untilBlocked(1)
        guest.guest.terminate()
        #expect(try guest.end() == .signalled(signal: 9))
        let woken = try RunningGuest(text)
        try woken.untilBlocked(1)
        try woken.set(64)
        #expect(try woken.end() == .exited(code: 0))
    }

    // MARK: what is shown

    @Test func theStackIsTheGuestsAlone() throws {
        let guest = try guest(
            "(call $outer)", "(call $wait (i32.const 128))", tracer: Tracer(),
            more: "(func $outer (drop (call $sleep (i32.const 64))))")
        let stack = { () -> [GuestFrame] in
            guest.guest.snapshot().threads.first { $0.thread.rawValue == 1 }?.stack ?? []
        }
        try awaitCondition("its stack is there") { stack().first?.function == "sleep" }
        #expect(stack().prefix(2).map(\.function) == ["sleep", "outer"])
        #expect(stack().count == 3)
        let thread = try #require(guest.guest.snapshot().threads.first { $0.thread.rawValue == 1 })
        #expect(thread.call == .atomicWait32 && thread.isWide)
        #expect(Array(thread.words.prefix(3)) == [64, 0, 0])
        try guest.set(64)
        #expect(try guest.end() == .exited(code: 0))
    }
}
