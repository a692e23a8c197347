import Testing
import Trace
import WasixABI

@testable import Runtime

/// Calls through the table of functions, and closures, by modules that make them.
@Suite struct DynamicCallTests {
    static let imports = """
        (import "wasix_32v1" "call_dynamic" (func $call (param i32 i32 i32 i32 i32 i32) (result i32)))
        (import "wasix_32v1" "reflect_signature" (func $reflect (param i32 i32 i32 i32 i32 i32) (result i32)))
        (import "wasix_32v1" "closure_allocate" (func $allocate (param i32) (result i32)))
        (import "wasix_32v1" "closure_prepare" (func $prepare (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
        (import "wasix_32v1" "closure_free" (func $free (param i32) (result i32)))
        (import "wasix_32v1" "futex_wait" (func $wait (param i32 i32 i32 i32) (result i32)))
        (import "wasix_32v1" "futex_wake_all" (func $wake (param i32 i32) (result i32)))
        (import "wasix_32v1" "proc_fork" (func $fork (param i32 i32) (result i32)))
        (import "wasix_32v1" "stack_checkpoint" (func $checkpoint (param i32 i32) (result i32)))
        (import "wasix_32v1" "stack_restore" (func $restore (param i32 i64)))
        (import "wasix_32v1" "proc_join" (func $join (param i32 i32 i32) (result i32)))
        (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        """

    /// Ends with 100 and what came instead, when that is not what was wanted.
    static let check = """
        (func $check (param i32 i32)
          (if (i32.ne (local.get 0) (local.get 1)) (then (call $exit (i32.add (i32.const 100) (local.get 0))))))
        """

    /// A module whose places are, from 1 on: a function that turns its arguments around, one that traps, one that throws,
    /// one that leaves, and one for closures, `(i32, i64, v128) -> (i64, i32)`.
    static func module(_ body: String, memory: String = #"(memory (export "memory") 1)"#, more: String = "") -> String {
        """
        (module \(imports) \(memory)
          (global $stack (export "__stack_pointer") (mut i32) (i32.const 4096))
          (table $t (export "__indirect_function_table") 6 funcref)
          (tag $e (param i32))
          (type $mixed (func (param i32 i64 f32 f64 v128) (result f64 v128 i64 f32 i32)))
          (type $closed (func (param i32 i64 v128) (result i64 i32)))
          (type $none (func))
          (elem (i32.const 1) func $mixed $trap $throw $leave $backing)
          (func $mixed (type $mixed)
            (local.get 3) (local.get 4) (local.get 1) (local.get 2) (local.get 0))
          (func $trap unreachable)
          (func $throw (throw $e (i32.const 33)))
          (func $leave (call $exit (i32.const 21)))
          (func $backing (param i32 i32 i32)
            (i64.store (local.get 1) (i64.add (i64.load32_u (local.get 0)) (i64.load offset=4 (local.get 0))))
            (i32.store offset=8 (local.get 1) (i32.add (local.get 2) (i32.load offset=12 (local.get 0)))))
          (func $types (i32.store (i32.const 500) (i32.const 0x040100)) (i32.store (i32.const 510) (i32.const 0x0001)))
          (func $make (param $place i32) (param $data i32) (result i32)
            (call $types)
            (call $prepare (i32.const 5) (local.get $place) (i32.const 500) (i32.const 3) (i32.const 510) (i32.const 2)
              (local.get $data)))
          (func $use (param $place i32) (result i32) (local $number i32)
            (call_indirect (type $closed)
              (i32.const 3) (i64.const 4) (v128.const i32x4 77 0 0 0) (local.get $place))
            (local.set $number)
            (call $check (i32.wrap_i64) (i32.const 7))
            (local.get $number))
          (func $plain (param i32) (result i32)
            (call $call (local.get 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
          \(check) \(more)
          (func (export "_start") \(body)))
        """
    }

    private func end(_ body: String) throws -> GuestState { try RunningGuest(Self.module(body)).end() }

    private static let ok = GuestState.exited(code: 0)
    private static let inval = Errno.inval.rawValue

    @Test func aFunctionIsCalledWithWhatLiesInMemory() throws {
        let arguments = """
            (i32.store (i32.const 100) (i32.const 7)) (i64.store (i32.const 104) (i64.const -5))
            (f32.store (i32.const 112) (f32.const 1.5)) (f64.store (i32.const 116) (f64.const 2.5))
            (v128.store (i32.const 124) (v128.const i32x4 11 12 13 14))
            """
        func call(_ values: Int, _ results: Int, _ strict: Int) -> String {
            """
            (call $call (i32.const 1) (i32.const 100) (i32.const \(values)) (i32.const 200) (i32.const \(results))
              (i32.const \(strict)))
            """
        }
        let end = try end(
            """
            \(arguments)
            (call $check \(call(40, 40, 1)) (i32.const 0))
            (call $check (f64.ne (f64.load (i32.const 200)) (f64.const 2.5)) (i32.const 0))
            (call $check (i32.load (i32.const 220)) (i32.const 14))
            (call $check (i64.ne (i64.load (i32.const 224)) (i64.const -5)) (i32.const 0))
            (call $check (f32.ne (f32.load (i32.const 232)) (f32.const 1.5)) (i32.const 0))
            (call $check (i32.load (i32.const 236)) (i32.const 7))
            (call $check \(call(39, 40, 1)) (i32.const \(Self.inval)))
            (call $check \(call(40, 39, 1)) (i32.const \(Self.inval)))
            (i32.store (i32.const 236) (i32.const 0))
            (call $check \(call(4, 38, 0)) (i32.const 0))
            (call $check (i64.ne (i64.load (i32.const 224)) (i64.const 0)) (i32.const 0))
            (call $check (i32.load (i32.const 236)) (i32.const 7))
            """)
        #expect(end == Self.ok)
    }

    /// What is written of results ends where there is no more room.
    @Test func resultsAreCutOff() throws {
        let end = try end(
            """
            (i32.store (i32.const 100) (i32.const -1)) (i32.store (i32.const 236) (i32.const 0))
            (call $check
              (call $call (i32.const 1) (i32.const 100) (i32.const 4) (i32.const 200) (i32.const 38) (i32.const 0))
              (i32.const 0))
            (call $check (i32.load (i32.const 236)) (i32.const 0xffff))
            """)
        #expect(end == Self.ok)
    }

    @Test func whatItCallsMayTrapThrowOrEndTheProcess() throws {
        guard case .trapped(_, let stack) = try end("(drop (call $plain (i32.const 2)))") else {
            Issue.record("no trap")
            return
        }
        #expect(stack.count >= 3 && stack[0].hasPrefix("trap"), "\(stack)")
        #expect(try end("(drop (call $plain (i32.const 4)))") == .exited(code: 21))
        guard case .trapped = try end("(drop (call $plain (i32.const 3)))") else {
            Issue.record("nobody catches it")
            return
        }
        let caught = """
            (block $caught (result i32)
              (try_table (catch $e $caught) (drop (call $plain (i32.const 3))))
              (i32.const 1))
            (call $exit)
            """
        #expect(try end(caught) == .exited(code: 33))
    }

    @Test func aTypeIsToldAndNothingElseIsTouched() throws {
        func reflect(_ index: Int, _ arguments: Int, _ results: Int) -> String {
            """
            (call $reflect (i32.const \(index)) (i32.const 300) (i32.const \(arguments)) (i32.const 310)
              (i32.const \(results)) (i32.const 320))
            """
        }
        let overflow = Errno.overflow.rawValue
        let end = try end(
            """
            (call $check \(reflect(1, 4, 5)) (i32.const \(overflow)))
            (call $check (i32.load (i32.const 300)) (i32.const 0))
            (call $check (i32.load16_u (i32.const 322)) (i32.const 5))
            (call $check \(reflect(1, 5, 5)) (i32.const 0))
            (call $check (i32.load (i32.const 300)) (i32.const 0x03020100))
            (call $check (i32.load (i32.const 310)) (i32.const 0x02010403))
            (call $check (i32.load8_u (i32.const 320)) (i32.const 1))
            (call $check \(reflect(0, 5, 5)) (i32.const \(Self.inval)))
            (call $check (i32.load (i32.const 320)) (i32.const 1))
            (call $check \(reflect(6, 5, 5)) (i32.const \(Self.inval)))
            (call $check (i32.load (i32.const 320)) (i32.const 0))
            (drop (call $allocate (i32.const 400)))
            (call $check \(reflect(6, 5, 5)) (i32.const \(Self.inval)))
            (call $check (i32.load (i32.const 320)) (i32.const 0))
            (call $check (call $make (i32.const 6) (i32.const 0)) (i32.const 0))
            (call $check \(reflect(6, 5, 5)) (i32.const 0))
            (call $check (i32.load (i32.const 320)) (i32.const 0x00030000))
            """)
        #expect(end == Self.ok)
    }

    @Test func aClosureHandsOnItsArgumentsAndItsData() throws {
        let end = try end(
            """
            (call $check (call $allocate (i32.const 400)) (i32.const 0))
            (call $check (i32.load (i32.const 400)) (i32.const 6))
            (call $check (call $make (i32.const 6) (i32.const 1000)) (i32.const 0))
            (call $check (call $use (i32.const 6)) (i32.const 1077))
            (call $check (global.get $stack) (i32.const 4096))
            (call $check (call $make (i32.const 6) (i32.const 2000)) (i32.const 0))
            (call $check (call $use (i32.const 6)) (i32.const 2077))
            (call $check (call $prepare (i32.const 1) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0)
              (i32.const 0) (i32.const 0)) (i32.const \(Self.inval)))
            (call $check (call $make (i32.const 5) (i32.const 0)) (i32.const \(Self.inval)))
            (call $check (call $free (i32.const 6)) (i32.const 0))
            (call $check (call $free (i32.const 6)) (i32.const \(Self.inval)))
            (call $check (call $allocate (i32.const 400)) (i32.const 0))
            (call $check (i32.load (i32.const 400)) (i32.const 6))
            (drop (call $use (i32.const 6)))
            """)
        guard case .trapped = end else {
            Issue.record("a place that was freed is empty: \(end)")
            return
        }
    }

    @Test func modulesWithoutATableOrAStackAreToldSo() throws {
        let notsup = UInt32(Errno.notsup.rawValue)
        let body = "(func (export \"_start\") (call $exit (call $allocate (i32.const 0))))"
        let memory = "(memory (export \"memory\") 1)"
        #expect(try RunningGuest("(module \(Self.imports) \(memory) \(body))").end() == .exited(code: notsup))
        let table = "(table (export \"__indirect_function_table\") 1 funcref)"
        #expect(try RunningGuest("(module \(Self.imports) \(memory) \(table) \(body))").end() == .exited(code: notsup))
    }

    private static let shared = #"(import "env" "memory" (memory 1 4 shared))"#

    /// One thread that is there already and waits in a call, and one that begins later.
    @Test func allThreadsHaveTheClosures() throws {
        let more = """
            (func $sleep (param i32) (drop (call $wait (local.get 0) (i32.const 0) (i32.const 128) (i32.const 256))))
            (func (export "wasi_thread_start") (param i32 i32)
              (if (i32.eqz (local.get 1)) (then (call $sleep (i32.const 64))))
              (call $check (call $use (i32.const 7)) (i32.const 1077))
              (call $done))
            (func $done
              (drop (i32.atomic.rmw.add (i32.const 68) (i32.const 1)))
              (drop (call $wake (i32.const 68) (i32.const 256))))
            """
        let body = """
            (drop (call $spawn (i32.const 0)))
            (call $sleep (i32.const 60))
            (drop (call $allocate (i32.const 400))) (drop (call $allocate (i32.const 400)))
            (call $check (call $make (i32.const 7) (i32.const 1000)) (i32.const 0))
            (i32.atomic.store (i32.const 64) (i32.const 1))
            (drop (call $wake (i32.const 64) (i32.const 256)))
            (drop (call $spawn (i32.const 1)))
            (loop $again
              (drop (call $wait (i32.const 68) (i32.const 1) (i32.const 128) (i32.const 256)))
              (br_if $again (i32.ne (i32.atomic.load (i32.const 68)) (i32.const 2))))
            """
        let guest = try RunningGuest(Self.module(body, memory: Self.shared, more: more))
        try guest.untilBlocked(2)
        try guest.set(60)
        #expect(try guest.end() == Self.ok)
    }

    /// What makes a module leave its code and come back by hand, as `wasm-opt --asyncify` does it.
    private static let asyncify = """
        (global $state (mut i32) (i32.const 0))
        (func (export "asyncify_start_unwind") (param i32) (global.set $state (i32.const 1)))
        (func (export "asyncify_stop_unwind") (global.set $state (i32.const 0)))
        (func (export "asyncify_start_rewind") (param i32) (global.set $state (i32.const 2)))
        (func (export "asyncify_stop_rewind") (global.set $state (i32.const 0)))
        """

    @Test func codeThatIsCalledMayJumpOutOfTheCall() throws {
        let more = """
            (func $jumps (call $restore (i32.const 600) (i64.const 9)))
            (elem (table $t) (i32.const 0) func $jumps)
            """
        let body = """
            (if (i32.eqz (global.get $state)) (then (i64.store (i32.const 640) (i64.const 0))))
            (call $check (call $checkpoint (i32.const 600) (i32.const 640)) (i32.const 0))
            (if (global.get $state) (then (return)))
            (if (i64.eqz (i64.load (i32.const 640)))
              (then (drop (call $plain (i32.const 0))) (call $exit (i32.const 1))))
            (call $exit (i32.load (i32.const 640)))
            """
        #expect(try RunningGuest(Self.module(body, more: Self.asyncify + more)).end() == .exited(code: 9))
    }

    @Test func codeThatIsCalledIsEndedFromOutside() throws {
        let more = """
            (func $computes (i32.store (i32.const 68) (i32.const 1)) (loop $again (br $again)))
            (elem (table $t) (i32.const 0) func $computes)
            """
        let guest = try RunningGuest(Self.module("(drop (call $plain (i32.const 0)))", more: more)) {
            $0.isInterruptible = true
        }
        try awaitCondition("it computes") { (try? guest.word(68)) == 1 }
        guest.guest.terminate()
        #expect(try guest.end() == .signalled(signal: 9))
    }

    /// With 64-bit memory and the 64-bit interface; indexed by 64 bits as well or not.
    @Test(arguments: ["", "i64 "]) func closuresOfWideModules(index: String) throws {
        let place = index.isEmpty ? "(i32.load (i64.const 400))" : "(i64.extend_i32_u (i32.load (i64.const 400)))"
        let guest = try RunningGuest(
            """
            (module
              (import "wasix_64v1" "closure_allocate" (func $allocate (param i64) (result i32)))
              (import "wasix_64v1" "closure_prepare"
                (func $prepare (param i32 i32 i64 i64 i64 i64 i64) (result i32)))
              (import "wasix_64v1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") i64 1)
              (global (export "__stack_pointer") (mut i64) (i64.const 4096))
              (table $t (export "__indirect_function_table") \(index)4 funcref)
              (elem (\(index.isEmpty ? "i32" : "i64").const 1) func $backing)
              (func $backing (param i64 i64 i64)
                (i32.store (local.get 1) (i32.add (i32.load (local.get 0)) (i32.wrap_i64 (local.get 2)))))
              (data (i64.const 500) "\\00\\00")
              (func (export "_start")
                (if (call $allocate (i64.const 400)) (then (call $exit (i32.const 101))))
                (if (call $prepare (i32.const 1) (i32.load (i64.const 400)) (i64.const 500) (i64.const 1) (i64.const 501)
                    (i64.const 1) (i64.const 30)) (then (call $exit (i32.const 102))))
                (call $exit (call_indirect (param i32) (result i32) (i32.const 4)
                  \(place)))))
            """)
        #expect(try guest.end() == .exited(code: 34))
    }

    @Test func aChildInheritsTheClosures() throws {
        let body = """
            (local $errno i32)
            (if (i32.eqz (global.get $state)) (then
              (drop (call $allocate (i32.const 600)))
              (call $check (call $make (i32.const 6) (i32.const 1000)) (i32.const 0))))
            (local.set $errno (call $fork (i32.const 1) (i32.const 604)))
            (if (global.get $state) (then (return)))
            (call $check (local.get $errno) (i32.const 0))
            (call $check (call $use (i32.const 6)) (i32.const 1077))
            (if (i32.eqz (i32.load (i32.const 604))) (then (call $exit (i32.const 5))))
            (i32.store (i32.const 616) (i32.const 1)) (i32.store (i32.const 620) (i32.load (i32.const 604)))
            (call $check (call $join (i32.const 616) (i32.const 0) (i32.const 640)) (i32.const 0))
            (call $check (i32.load8_u (i32.const 640)) (i32.const 1))
            (call $exit (i32.load16_u offset=2 (i32.const 640)))
            """
        #expect(try RunningGuest(Self.module(body, more: Self.asyncify)).end() == .exited(code: 5))
    }
}
