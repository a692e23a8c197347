import Testing
import Trace
import WasixABI

@testable import Runtime

/// Contexts of a thread, by modules that make them.
@Suite struct ContextTests {
    private static let shared = #"(import "env" "memory" (memory 1 4 shared))"#

    /// A module whose table has, from place 1 on, the functions `$one` to `$four`, of which `more` defines some.
    private static func module(_ body: String, _ more: String, memory: String = shared) -> String {
        let defaults = ["one", "two", "three", "four"].filter { !more.contains("(func $\($0)") }.map { "(func $\($0))" }
        return """
            (module
              (import "wasix_32v1" "context_create" (func $create (param i32 i32) (result i32)))
              (import "wasix_32v1" "context_switch" (func $switch (param i64) (result i32)))
              (import "wasix_32v1" "context_destroy" (func $destroy (param i64) (result i32)))
              (import "wasix_32v1" "call_dynamic" (func $call (param i32 i32 i32 i32 i32 i32) (result i32)))
              (import "wasix_32v1" "closure_allocate" (func $allocate (param i32) (result i32)))
              (import "wasix_32v1" "closure_prepare" (func $prepare (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
              (import "wasix_32v1" "callback_signal" (func $callback (param i32 i32)))
              (import "wasix_32v1" "thread_id" (func $thread_id (param i32) (result i32)))
              (import "wasix_32v1" "thread_join" (func $join (param i32) (result i32)))
              (import "wasix_32v1" "thread_exit" (func $leave (param i32)))
              (import "wasix_32v1" "futex_wait" (func $wait (param i32 i32 i32 i32) (result i32)))
              (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              \(memory)
              (global $stack (export "__stack_pointer") (mut i32) (i32.const 4096))
              (table (export "__indirect_function_table") 8 funcref)
              (elem (i32.const 1) func $one $two $three $four $backing $typed)
              (type $none (func))
              (tag $e)
              (data (i32.const 16) "__wasm_signal")
              (func $backing (param i32 i32 i32) (i32.store (i32.const 72) (local.get 2)))
              (func $typed (param i32))
              (func $make (param $place i32) (result i64)
                (call $check (call $create (i32.const 128) (local.get $place)) (i32.const 0))
                (i64.load (i32.const 128)))
              (func $to (param i64) (call $check (call $switch (local.get 0)) (i32.const 0)))
              (func $sleep (drop (call $wait (i32.const 64) (i32.const 0) (i32.const 144) (i32.const 256))))
              (func $add (param i32) (i32.store (i32.const 68) (i32.add (i32.load (i32.const 68)) (local.get 0))))
              (func $register (call $callback (i32.const 16) (i32.const 13)))
              \(DynamicCallTests.check) \(defaults.joined(separator: " ")) \(more)
              (func (export "_start") \(body)))
            """
    }

    private func end(
        _ body: String, _ more: String, memory: String = shared, tracer: Tracer? = nil
    ) throws -> GuestState { try RunningGuest(Self.module(body, more, memory: memory), tracer: tracer).end() }

    private static let ok = GuestState.exited(code: 0)
    private static let inval = Errno.inval.rawValue
    /// A context that gives the turn back for ever.
    private static let adds = "(func $one (loop $again (call $add (i32.const 1)) (call $to (i64.const 0)) (br $again)))"

    @Test(arguments: [false, true]) func contextsTakeTurns(isTraced: Bool) throws {
        let body = """
            (local $count i32)
            (call $check (i32.wrap_i64 (call $make (i32.const 1))) (i32.const 1))
            (call $check (i32.wrap_i64 (call $make (i32.const 1))) (i32.const 2))
            (loop $again
              (call $to (i64.const 1)) (call $to (i64.const 2)) (call $to (i64.const 0))
              (local.set $count (i32.add (local.get $count) (i32.const 1)))
              (br_if $again (i32.lt_u (local.get $count) (i32.const 100))))
            (call $check (i32.load (i32.const 68)) (i32.const 200))
            """
        #expect(try end(body, Self.adds, tracer: isTraced ? Tracer() : nil) == Self.ok)
    }

    /// Not only through the one that the thread began with.
    @Test func anyContextHandsOverToAnyOther() throws {
        let more = """
            (func $one (call $add (i32.const 1)) (call $to (i64.const 2)) (call $add (i32.const 100))
              (call $to (i64.const 0)))
            (func $two (call $add (i32.const 10)) (drop (call $make (i32.const 3))) (call $to (i64.const 3)))
            (func $three (call $add (i32.const 1000)) (call $to (i64.const 1)))
            """
        let body = """
            (drop (call $make (i32.const 1))) (drop (call $make (i32.const 2))) (call $to (i64.const 1))
            (call $check (i32.load (i32.const 68)) (i32.const 1111))
            """
        #expect(try end(body, more) == Self.ok)
    }

    @Test func globalsAreThoseOfAllContexts() throws {
        let more = """
            (func $one
              (call $check (global.get $stack) (i32.const 4000))
              (global.set $stack (i32.const 3000)) (call $to (i64.const 0))
              (call $check (global.get $stack) (i32.const 2000)) (global.set $stack (i32.const 1000)))
            """
        let body = """
            (drop (call $make (i32.const 1)))
            (global.set $stack (i32.const 4000)) (call $to (i64.const 1))
            (call $check (global.get $stack) (i32.const 3000))
            (global.set $stack (i32.const 2000)) (call $to (i64.const 1))
            (call $check (global.get $stack) (i32.const 1000))
            """
        #expect(try end(body, more) == Self.ok)
    }

    @Test func numbersThatMeanNothingAreRefused() throws {
        let end = try end(
            """
            (call $check (call $switch (i64.const 0)) (i32.const 0))
            (call $check (call $switch (i64.const 1)) (i32.const \(Self.inval)))
            (call $check (call $destroy (i64.const 1)) (i32.const \(Self.inval)))
            (call $check (call $create (i32.const 128) (i32.const 0)) (i32.const \(Self.inval)))
            (call $check (call $create (i32.const 128) (i32.const 6)) (i32.const \(Self.inval)))
            (call $check (call $create (i32.const 128) (i32.const 99)) (i32.const \(Self.inval)))
            (drop (call $make (i32.const 1))) (drop (call $make (i32.const 2)))
            (call $to (i64.const 1))
            (call $check (call $switch (i64.const 1)) (i32.const \(Self.inval)))
            (call $check (call $destroy (i64.const 1)) (i32.const 0))
            (call $check (call $destroy (i64.const 2)) (i32.const 0))
            (call $check (call $destroy (i64.const 2)) (i32.const 0))
            (call $check (call $switch (i64.const 2)) (i32.const \(Self.inval)))
            (call $check (call $destroy (i64.const 0)) (i32.const \(Self.inval)))
            (call $check (call $destroy (i64.const 9)) (i32.const \(Self.inval)))
            """,
            """
            (func $one
              (call $check (call $destroy (i64.const 1)) (i32.const \(Self.inval)))
              (call $check (call $destroy (i64.const 0)) (i32.const \(Self.inval)))
              (call $check (call $switch (i64.const 1)) (i32.const 0)))
            """)
        #expect(end == Self.ok)
    }

    @Test func aMemoryOfOneStoreHasNoContexts() throws {
        let notsup = Errno.notsup.rawValue
        let body = """
            (call $check (call $create (i32.const 128) (i32.const 1)) (i32.const \(notsup)))
            (call $check (call $switch (i64.const 0)) (i32.const \(notsup)))
            (call $check (call $destroy (i64.const 1)) (i32.const \(notsup)))
            """
        #expect(try end(body, "", memory: #"(import "env" "memory" (memory 1))"#) == Self.ok)
        #expect(try end(body, "", memory: #"(memory (export "memory") 1)"#) == Self.ok)
    }

    // MARK: ends

    @Test func aContextThatEndsBadlyEndsTheProgram() throws {
        let body = "(drop (call $make (i32.const 1))) (call $to (i64.const 1)) (call $exit (i32.const 1))"
        guard case .trapped(let message, let stack) = try end(body, "(func $one unreachable)") else {
            Issue.record("no trap")
            return
        }
        #expect(message.contains("unreachable") && stack.first?.hasPrefix("one") == true)
        guard case .trapped = try end(body, "(func $one (throw $e))") else {
            Issue.record("nobody catches it")
            return
        }
        #expect(try end(body, "(func $one (call $exit (i32.const 9)))") == .exited(code: 9))
        #expect(try end(body, "(func $one (call $leave (i32.const 9)))") == Self.ok)
    }

    /// Ended with its functions in calls of all kinds, none of which goes on.
    @Test func aContextIsDestroyedWhereverItIs() throws {
        let more = """
            (func $one
              (drop (call $call (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
              unreachable)
            (func $two (call $register) (drop (call $raise (i32.const 10))) unreachable)
            (func (export "__wasm_signal") (param i32) (call $to (i64.const 0)) (call $exit (i32.const 3)))
            """
        let body = """
            (drop (call $make (i32.const 1))) (call $to (i64.const 1))
            (call $check (call $destroy (i64.const 1)) (i32.const 0))
            (call $check (call $switch (i64.const 1)) (i32.const \(Self.inval)))
            (drop (call $make (i32.const 1))) (call $to (i64.const 2))
            """
        #expect(try end(body, more) == Self.ok)
    }

    /// A thread of a program that goes on, and a program.
    @Test(arguments: [0, 1]) func nothingIsLeftOfContexts(inThread: Int) throws {
        let more = """
            \(Self.adds)
            (func $leaves
              (drop (call $make (i32.const 1))) (drop (call $make (i32.const 1))) (drop (call $make (i32.const 1)))
              (call $to (i64.const 1)) (call $to (i64.const 2)))
            (func (export "wasi_thread_start") (param i32 i32) (call $leaves))
            """
        let body = """
            (if (i32.const \(inThread))
              (then (drop (call $join (call $spawn (i32.const 0)))))
              (else (call $leaves)))
            (call $check (i32.load (i32.const 68)) (i32.const 2))
            """
        weak var program: GuestProgram?
        do {
            let guest = try RunningGuest(Self.module(body, more))
            program = guest.guest.process.program
            #expect(try guest.end() == Self.ok)
        }
        // Host threads keep it alive.
        try awaitCondition("all host threads have left") { program == nil }
    }

    @Test(arguments: [true, false]) func aContextIsEndedFromOutside(computes: Bool) throws {
        let loop = "(i32.store (i32.const 68) (i32.const 1)) (loop $again (br $again))"
        let more = "(func $one \(computes ? loop : "(i32.store (i32.const 68) (i32.const 1)) (call $sleep)"))"
        let body = "(drop (call $make (i32.const 2))) (drop (call $make (i32.const 1))) (call $to (i64.const 2))"
        let guest = try RunningGuest(Self.module(body, more)) { $0.isInterruptible = computes }
        try awaitCondition("it is there") { (try? guest.word(68)) == 1 }
        guest.guest.terminate()
        #expect(try guest.end() == .signalled(signal: 9))
    }

    // MARK: the thread is the same

    @Test func signalsReachTheContextThatRuns() throws {
        let more = """
            (func $one (call $sleep) (call $check (i32.load (i32.const 68)) (i32.const 10)))
            (func (export "__wasm_signal") (param i32) (call $add (local.get 0)))
            """
        let body = "(call $register) (drop (call $make (i32.const 1))) (call $to (i64.const 1))"
        let guest = try RunningGuest(Self.module(body, more))
        try guest.untilBlocked(1)
        guest.guest.process.send(.usr1)
        #expect(try guest.end() == Self.ok)
    }

    @Test func everyThreadHasItsOwn() throws {
        let more = """
            (func $one
              (call $check (call $thread_id (i32.const 80)) (i32.const 0))
              (call $check (i32.load (i32.const 80)) (i32.load (i32.const 84)))
              (call $to (i64.const 0)) unreachable)
            (func (export "wasi_thread_start") (param i32 i32)
              (i32.store (i32.const 84) (local.get 0))
              (call $check (call $switch (i64.const 1)) (i32.const \(Self.inval)))
              (drop (call $make (i32.const 1))) (call $to (i64.const 1)))
            """
        let body = """
            (i32.store (i32.const 84) (i32.const 1))
            (drop (call $make (i32.const 1))) (call $to (i64.const 1))
            (drop (call $join (call $spawn (i32.const 0))))
            """
        #expect(try end(body, more) == Self.ok)
    }

    @Test func closuresAreThoseOfAllContexts() throws {
        let more = """
            (func $one (call $to (i64.const 0)) (call_indirect (type $none) (i32.load (i32.const 400))))
            """
        let body = """
            (drop (call $make (i32.const 1))) (call $to (i64.const 1))
            (call $check (call $allocate (i32.const 400)) (i32.const 0))
            (call $check (call $prepare (i32.const 5) (i32.load (i32.const 400)) (i32.const 0) (i32.const 0)
              (i32.const 0) (i32.const 0) (i32.const 55)) (i32.const 0))
            (call $to (i64.const 1))
            (call $check (i32.load (i32.const 72)) (i32.const 55))
            """
        #expect(try end(body, more) == Self.ok)
    }
}
