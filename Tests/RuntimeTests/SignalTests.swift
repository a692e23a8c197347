import Testing
import Trace
import WasixABI

@testable import Runtime

@Suite struct SignalTests {
    /// Runs `body` in a module whose handler writes the signal to address 0 and can be named `__wasm_signal`.
    private func end(_ body: String, handler: String = "(i32.store (i32.const 0) (local.get 0))") throws -> GuestState {
        try guest(body, handler).end()
    }

    private func guest(
        _ body: String, _ handler: String, _ configure: (inout GuestOptions) -> Void = { _ in }
    ) throws -> RunningGuest {
        try RunningGuest(
            """
            (module
              (import "wasix_32v1" "callback_signal" (func $callback (param i32 i32)))
              (import "wasix_32v1" "thread_signal" (func $thread_signal (param i32 i32) (result i32)))
              (import "wasix_32v1" "thread_id" (func $thread_id (param i32) (result i32)))
              (import "wasix_32v1" "thread_exit" (func $leave (param i32)))
              (import "wasix_32v1" "thread_join" (func $join (param i32) (result i32)))
              (import "wasix_32v1" "proc_signal" (func $kill (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (data (i32.const 16) "__wasm_signal_blocked")
              (func $register (call $callback (i32.const 16) (i32.const 13)))
              (func $block (call $callback (i32.const 16) (i32.const 21)))
              (func $seen (result i32) (i32.load (i32.const 0)))
              (func (export "__wasm_signal") (param i32) \(handler))
              (func (export "_start") \(body)))
            """, configure)
    }

    /// As natively: only somebody else can end it.
    @Test func aHandlerThatRaisesItsOwnSignalGoesOnForEver() throws {
        let guest = try guest(Self.raise, "(i32.store (i32.const 0) (i32.const 1)) (drop (call $raise (i32.const 10)))")
        try awaitCondition("the handler") { (try? guest.word(0)) == 1 }
        guest.guest.terminate()
        #expect(try guest.end() == .signalled(signal: 9))
    }

    /// Code that never calls takes signals where it looks for interrupts.
    @Test func aSignalReachesCodeThatComputes() throws {
        let body = """
            (call $register) (i32.store (i32.const 8) (i32.const 1))
            (loop $again (br_if $again (i32.eqz (call $seen))))
            (call $exit (i32.add (call $seen) (i32.const 100)))
            """
        let guest = try guest(body, "(i32.store (i32.const 0) (local.get 0))") { $0.isInterruptible = true }
        try awaitCondition("it computes") { (try? guest.word(8)) == 1 }
        guest.guest.process.send(.usr1)
        #expect(try guest.end() == .exited(code: 110))
        let loop = try self.guest("(call $register) (loop $again (br $again))", "unreachable") {
            $0.isInterruptible = true
        }
        while loop.guest.snapshot().guest == .running { loop.guest.process.send(.usr1) }
        #expect(try loop.end() == .signalled(signal: 10), "a trap in the handler")
    }

    /// libc's callback traps where nobody has ever set a handler: CHLD, URG, WINCH and CONT do nothing then.
    @Test(arguments: [Signal.chld, .urg, .winch, .cont])
    func aTrapInAHandlerOfWhatIsIgnoredIsNoEnd(signal: Signal) throws {
        let body = "(call $register) (drop (call $raise (i32.const \(signal.rawValue)))) (call $exit (i32.const 7))"
        #expect(try end(body, handler: "unreachable") == .exited(code: 7))
    }

    private static let raise = "(call $register) (drop (call $raise (i32.const 10)))"

    @Test func aHandlerHasRunWhenRaiseReturns() throws {
        let body = """
            (call $register)
            (call $exit (i32.add (i32.mul (call $raise (i32.const 15)) (i32.const 100)) (call $seen)))
            """
        #expect(try end(body) == .exited(code: 15))
    }

    @Test func aThreadSignalsItself() throws {
        let body = """
            (call $register)
            (drop (call $thread_id (i32.const 4)))
            (drop (call $thread_signal (i32.load (i32.const 4)) (i32.const 10)))
            (call $exit (call $seen))
            """
        #expect(try end(body) == .exited(code: 10))
    }

    /// What libc calls the main thread, before it has asked for its number.
    private static let main = "(i32.const 0x3fffffff)"

    @Test func theMainThreadHasTheNumberThatLibcGivesIt() throws {
        let raised = "(call $thread_signal \(Self.main) (i32.const 10))"
        let body = "(call $register) (call $exit (i32.add (i32.mul \(raised) (i32.const 100)) (call $seen)))"
        #expect(try end(body) == .exited(code: 10))
        let probe = "(call $exit (call $thread_signal \(Self.main) (i32.const 0)))"
        #expect(try end(probe) == .exited(code: 0))
        let joined = "(call $exit (call $join \(Self.main)))"
        #expect(try end(joined) == .exited(code: UInt32(Errno.deadlk.rawValue)))
    }

    /// raise(SIGABRT), whose handler libc ends with a trap when the program has none.
    @Test func abortIsDeathByItsSignal() throws {
        let abort = "(drop (call $thread_signal \(Self.main) (i32.const 6))) unreachable"
        #expect(try end("(call $register) " + abort, handler: "unreachable") == .signalled(signal: 6))
        #expect(try end(abort) == .signalled(signal: 6))
    }

    @Test func aProcessSignalsItself() throws {
        let body = "(call $register) (drop (call $kill (i32.const 0) (i32.const 12))) (call $exit (call $seen))"
        #expect(try end(body) == .exited(code: 12))
        #expect(try end("(drop (call $kill (i32.const 1) (i32.const 15)))") == .signalled(signal: 15))
    }

    @Test func signalsGoUpToSixtyFour() throws {
        let body = "(call $register) (drop (call $raise (i32.const 64))) (call $exit (call $seen))"
        #expect(try end(body) == .exited(code: 64))
        let cancelled = "(drop (call $thread_signal \(Self.main) (i32.const 33)))"
        #expect(try end("(call $register) \(cancelled) (call $exit (call $seen))") == .exited(code: 33))
        #expect(try end("(drop (call $raise (i32.const 34)))") == .signalled(signal: 34))
    }

    /// To block signals libc names an export that is not there.
    @Test func aSignalWaitsWhileNobodyTakesIt() throws {
        let handler = "(i32.store (i32.const 0) (i32.add (i32.mul (call $seen) (i32.const 16)) (local.get 0)))"
        let body = """
            (call $register) (call $block)
            (drop (call $raise (i32.const 12))) (drop (call $raise (i32.const 10))) (drop (call $raise (i32.const 12)))
            (if (call $seen) (then (call $exit (i32.const 99))))
            (call $register)
            (call $exit (call $seen))
            """
        // As Linux lays their frames.
        #expect(try end(body, handler: handler) == .exited(code: 12 * 16 + 10))
        let killed = "(call $register) (call $block) (drop (call $raise (i32.const 9)))"
        #expect(try end(killed) == .signalled(signal: 9))
    }

    @Test func otherModulesNumberSignalsAsPreview1Does() throws {
        let text = """
            (module (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "_start") (drop (call $raise (i32.const 27))) (drop (call $raise (i32.const 28)))))
            """
        #expect(try RunningGuest(text).end() == .signalled(signal: Signal.poll.rawValue), "27 is WINCH, 28 is POLL")
    }

    @Test func withoutAHandlerTheDefaultHolds() throws {
        #expect(try end("(drop (call $raise (i32.const 15)))") == .signalled(signal: 15))
        #expect(try end("(drop (call $raise (i32.const 6)))") == .signalled(signal: 6))
        #expect(try end("(call $exit (call $raise (i32.const 28)))") == .exited(code: 0), "WINCH is ignored")
        #expect(try end("(call $exit (call $raise (i32.const 0)))") == .exited(code: 0))
    }

    @Test func killIsOfferedToNobody() throws {
        #expect(try end("(call $register) (drop (call $raise (i32.const 9)))") == .signalled(signal: 9))
    }

    @Test func numbersThatAreNoSignalsAreRefused() throws {
        let inval = UInt32(Errno.inval.rawValue)
        let srch = UInt32(Errno.srch.rawValue)
        for number in [65, 255, 256 + 15, -1] {
            let end = try end("(call $register) (call $exit (call $raise (i32.const \(number))))")
            #expect(end == .exited(code: inval))
        }
        #expect(try end("(call $exit (call $thread_signal (i32.const 99) (i32.const 10)))") == .exited(code: srch))
    }

    @Test func aHandlerMayEndTheProcessOrItsThread() throws {
        let body = "(call $register) (drop (call $raise (i32.const 10))) unreachable"
        #expect(try end(body, handler: "(call $exit (i32.const 3))") == .exited(code: 3))
        #expect(try end(body, handler: "(call $leave (i32.const 3))") == .exited(code: 0))
    }

    @Test func aHandlerThatTrapsIsDeathByThatSignal() throws {
        #expect(try end(Self.raise, handler: "unreachable") == .signalled(signal: 10))
    }

    @Test func aSignalInAHandlerIsHandledInIt() throws {
        let handler = """
            (i32.store (i32.const 0) (i32.add (i32.mul (call $seen) (i32.const 10)) (local.get 0)))
            (if (i32.eq (local.get 0) (i32.const 1)) (then (drop (call $raise (i32.const 2)))))
            """
        let body = "(call $register) (drop (call $raise (i32.const 1))) (call $exit (call $seen))"
        #expect(try end(body, handler: handler) == .exited(code: 12))
    }

    /// Each of them runs inside of the one before; of its own number none does.
    @Test func handlersNestAsDeepAsThereAreSignals() throws {
        let handler = """
            (i32.store (i32.const 0) (i32.add (call $seen) (i32.const 1)))
            (if (i32.lt_s (local.get 0) (i32.const 64))
              (then (drop (call $raise (i32.add (local.get 0) (i32.const 1))))))
            (if (i32.eq (call $seen) (i32.const 1)) (then (drop (call $raise (local.get 0)))))
            """
        let body = "(call $register) (drop (call $raise (i32.const 20))) (call $exit (call $seen))"
        #expect(try end(body, handler: handler) == .exited(code: 45))
    }

    @Test func aNameOutsideOfMemoryChangesNothing() throws {
        let body = """
            (call $register)
            (call $callback (i32.const 65530) (i32.const 13))
            (call $callback (i32.const 16) (i32.const -1))
            (drop (call $raise (i32.const 10)))
            (call $exit (call $seen))
            """
        #expect(try end(body) == .exited(code: 10))
    }
}
