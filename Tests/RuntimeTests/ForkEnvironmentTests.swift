import Glibc
import Kernel
import Testing
import Trace
import WasixABI

@testable import Runtime

/// `proc_fork_env` in code that runs: the caller is its own child for a while (WasixABI.docc/ProcessCreation).
@Suite struct ForkEnvironmentTests {
    private func guest(
        _ body: String, _ configure: (inout GuestOptions) -> Void = { _ in }
    ) throws -> RunningGuest {
        try RunningGuest(
            """
            (module
              (import "wasix_32v1" "proc_fork_env" (func $fork (param i32) (result i32)))
              (import "wasix_32v1" "proc_join" (func $join (param i32 i32 i32) (result i32)))
              (import "wasix_32v1" "proc_id" (func $id (param i32) (result i32)))
              (import "wasix_32v1" "proc_exit2" (func $end (param i32)))
              (import "wasix_32v1" "proc_signal" (func $kill (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (func $me (result i32) (drop (call $id (i32.const 4))) (i32.load (i32.const 4)))
              (func (export "_start") (local $n i32) \(body)))
            """, configure)
    }

    @Test func theCallerIsTheChildAndThenTheParentAgain() throws {
        let body = """
            (drop (call $fork (i32.const 0)))
            (local.set $n (i32.mul (call $me) (i32.const 10)))
            (call $end (i32.const 5))
            (drop (call $join (i32.const 16) (i32.const 0) (i32.const 32)))
            ;; 20 as the child, 1 as the parent, 5 from the child.
            (call $exit (i32.add (i32.add (local.get $n) (call $me)) (i32.load16_u (i32.const 34))))
            """
        #expect(try guest(body).end() == .exited(code: 26))
    }

    /// Its code cannot come back, so the parent ends with it; nobody is left behind.
    @Test(arguments: ["(call $exit (i32.const 4))", "(drop (call $kill (call $me) (i32.const 9)))", "unreachable"])
    func aChildThatEndsOtherwiseTakesItsParentAlong(ending: String) throws {
        let guest = try guest("(drop (call $fork (i32.const 0))) \(ending)")
        #expect(try guest.end() != .exited(code: 0))
        try awaitCondition("no thread is left") { guest.guest.kernel.hasNoThreads }
    }

    /// Where code looks for interrupts by itself, a helper sees to it that the code of a process that has ended does so.
    @Test func noHelperIsLeftBehind() throws {
        let body = """
            (loop $again
              (drop (call $fork (i32.const 0)))
              (call $end (i32.const 0))
              (drop (call $join (i32.const 16) (i32.const 0) (i32.const 32)))
              (i32.store (i32.const 16) (i32.const 0))
              (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 300))))
            (i32.store (i32.const 64) (i32.const 1))
            (loop $for_ever (br $for_ever))
            """
        let guest = try guest(body) { $0.isInterruptible = true }
        try awaitCondition("it has made its children") { (try? guest.word(64)) == 1 }
        var count = 0
        if let tasks = opendir("/proc/self/task") {
            while readdir(tasks) != nil { count += 1 }
            closedir(tasks)
        }
        #expect(count < 250)
    }
}
