import Testing
import Trace
import WasixABI

@testable import Runtime

/// Stacks of a guest's threads, as whoever looks sees them.
@Suite struct StackTests {
    private static let module = """
        (module
          (import "env" "memory" (memory 1 1 shared))
          (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
          (import "wasix_32v1" "futex_wait" (func $wait (param i32 i32 i32 i32) (result i32)))
          (func $_ZN3app5sleepEv (drop (call $wait (i32.const 64) (i32.const 0) (i32.const 128) (i32.const 256))))
          (func $compute (loop $again (br_if $again (i32.eqz (i32.atomic.load (i32.const 68))))))
          (func $outer (call $_ZN3app5sleepEv))
          (func (export "wasi_thread_start") (param i32 i32) (call $compute))
          (func (export "_start") (drop (call $spawn (i32.const 0))) (call $outer)))
        """

    private func functions(_ guest: RunningGuest, _ number: UInt32) -> [String] {
        let threads = guest.guest.snapshot().threads
        return threads.first { $0.thread.rawValue == number }?.stack.map(\.function) ?? []
    }

    @Test func aThreadThatWaitsShowsItsFunctionsByTheirNames() throws {
        let guest = try RunningGuest(Self.module, tracer: Tracer())
        try awaitCondition("its stack is there") { functions(guest, 1).first == "app::sleep()" }
        #expect(Array(functions(guest, 1).prefix(2)) == ["app::sleep()", "outer"])
        let frame = try #require(guest.guest.snapshot().threads[0].stack.first)
        #expect(frame.moduleOffset != nil && frame.file == nil && frame.line == nil)
        try guest.set(68)
        try guest.set(64)
        #expect(try guest.end() == .exited(code: 0))
    }

    @Test func aThreadThatComputesShowsWhereItIs() throws {
        let guest = try RunningGuest(Self.module, tracer: Tracer()) { $0.isInterruptible = true }
        try awaitCondition("its stack is there") { functions(guest, 2).first == "compute" }
        try guest.set(68)
        try guest.set(64)
        #expect(try guest.end() == .exited(code: 0))
    }
}
