import Foundation
import Glibc
import Synchronization
import Testing
import Trace
import WasixABI

@testable import Runtime

@Suite struct ExitTests {
    @Test func returningFromStartIsSuccess() throws {
        #expect(try RunningGuest(#"(module (func (export "_start")))"#).end() == .exited(code: 0))
    }

    @Test func aReactorIsInitialized() throws {
        let module = """
            (module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (func (export "_initialize") (call $exit (i32.const 9))))
            """
        #expect(try RunningGuest(module).end() == .exited(code: 9))
    }

    @Test(arguments: ["wasi_snapshot_preview1", "wasi_unstable", "wasix_32v1"])
    func theCodeIsTheGuestsOwn(_ namespace: String) throws {
        for code: UInt32 in [0, 1, 81, 300, .max] {
            let module = """
                (module (import "\(namespace)" "proc_exit" (func $exit (param i32)))
                  (func (export "_start") (call $exit (i32.const \(Int32(bitPattern: code)))) unreachable))
                """
            #expect(try RunningGuest(module).end() == .exited(code: code))
        }
    }

    /// What a thread can be caught up in when another one ends the process.
    enum Occupation: String, CaseIterable {
        case epollWait, epollWaitOnTheHost, futexWait, pipeRead, pipeWrite, threadSleep, threadJoin, pollOneoff
        case pollOneoffOnTheHost, computeLoop, atomicWait32, atomicWait64

        /// Guest code that does not end by itself.
        var code: String {
            switch self {
            case .epollWait: "(call $epoll) (call $wait)"
            case .epollWaitOnTheHost: "(call $epoll) (call $watch) (call $wait)"
            case .futexWait:
                "(drop (call $futex_wait (i32.const 512) (i32.const 0) (i32.const 520) (i32.const 540)))"
            case .atomicWait32: "(drop (memory.atomic.wait32 (i32.const 512) (i32.const 0) (i64.const -1)))"
            case .atomicWait64: "(drop (memory.atomic.wait64 (i32.const 512) (i64.const 0) (i64.const -1)))"
            case .pipeRead: "(call $pipe) (drop (call $fd_read (i32.load (i32.const 256)) \(Self.buffer)))"
            case .pipeWrite: "(call $pipe) (drop (call $fd_write (i32.load (i32.const 260)) \(Self.large)))"
            case .threadSleep: "(drop (call $thread_sleep (i64.const 1000000000000)))"
            case .threadJoin: "(drop (call $thread_join (i32.const 2)))"
            case .pollOneoff: "(call $pipe) (call $poll (i32.load (i32.const 256)))"
            case .pollOneoffOnTheHost: "(call $poll (i32.const 0))"
            case .computeLoop: "(i32.store (i32.const 8) (i32.const 1)) (loop $again (br $again))"
            }
        }

        private static let buffer = "(i32.const 304) (i32.const 1) (i32.const 320)"
        private static let large = "(i32.const 312) (i32.const 1) (i32.const 320)"
    }

    /// The second thread waits for the word at 4, then ends the process; the main thread does `occupation`.
    private static func module(_ occupation: Occupation) -> String {
        """
        (module
          (import "env" "memory" (memory 4 4 shared))
          (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
          (import "wasix_32v1" "fd_pipe" (func $fd_pipe (param i32 i32) (result i32)))
          (import "wasix_32v1" "epoll_create" (func $epoll_create (param i32) (result i32)))
          (import "wasix_32v1" "epoll_ctl" (func $epoll_ctl (param i32 i32 i32 i32) (result i32)))
          (import "wasix_32v1" "epoll_wait" (func $epoll_wait (param i32 i32 i32 i64 i32) (result i32)))
          (import "wasix_32v1" "futex_wait" (func $futex_wait (param i32 i32 i32 i32) (result i32)))
          (import "wasix_32v1" "thread_sleep" (func $thread_sleep (param i64) (result i32)))
          (import "wasix_32v1" "thread_join" (func $thread_join (param i32) (result i32)))
          (func $pipe (drop (call $fd_pipe (i32.const 256) (i32.const 260))))
          (func $epoll (drop (call $epoll_create (i32.const 264))))
          (func $watch
            (i32.store (i32.const 1024) (i32.const 1))
            (drop (call $epoll_ctl (i32.load (i32.const 264)) (i32.const 0) (i32.const 0) (i32.const 1024))))
          (func $wait
            (drop (call $epoll_wait (i32.load (i32.const 264)) (i32.const 1024) (i32.const 4) (i64.const -1)
              (i32.const 268))))
          (func $poll (param $fd i32)
            (i32.store8 (i32.const 2056) (i32.const 1))
            (i32.store (i32.const 2064) (local.get $fd))
            (drop (call $poll_oneoff (i32.const 2048) (i32.const 2112) (i32.const 1) (i32.const 2144))))
          (func (export "wasi_thread_start") (param i32 i32)
            (loop $again
              (drop (call $futex_wait (i32.const 4) (i32.const 0) (i32.const 520) (i32.const 0)))
              (br_if $again (i32.eqz (i32.atomic.load (i32.const 4)))))
            (call $exit (i32.const 42)))
          (func (export "_start")
            (i32.store (i32.const 304) (i32.const 3072)) (i32.store (i32.const 308) (i32.const 16))
            (i32.store (i32.const 312) (i32.const 0)) (i32.store (i32.const 316) (i32.const 200000))
            (drop (call $spawn (i32.const 0)))
            \(occupation.code)
            unreachable))
        """
    }

    @Test(arguments: Occupation.allCases, [false, true])
    func anyThreadEndsAllOfThem(_ occupation: Occupation, _ isTraced: Bool) throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let isComputing = occupation == .computeLoop
        let running = try RunningGuest(Self.module(occupation), tracer: isTraced ? Tracer() : nil) { options in
            options.isInterruptible = isComputing
            // A pipe that stays empty and open.
            if occupation == .epollWaitOnTheHost || occupation == .pollOneoffOnTheHost {
                options.stdio = .captured(input: "/proc/self/fd/\(ends[0])")
            }
        }
        try running.untilBlocked(isComputing ? 1 : 2)
        if isComputing { try awaitCondition("it computes") { (try? running.word(8)) == 1 } }
        try running.set(4)
        #expect(try running.end() == .exited(code: 42))
    }

    @Test(arguments: Occupation.allCases)
    func theUserEndsAllOfThem(_ occupation: Occupation) throws {
        let isComputing = occupation == .computeLoop
        let running = try RunningGuest(Self.module(occupation)) { $0.isInterruptible = isComputing }
        let waitsForTheHost = occupation == .epollWaitOnTheHost || occupation == .pollOneoffOnTheHost
        if !waitsForTheHost { try running.untilBlocked(isComputing ? 1 : 2) }
        running.guest.terminate()
        let end = try running.end()
        if !waitsForTheHost { #expect(end == .signalled(signal: Signal.kill.rawValue)) }
    }

    /// A thread that is asked for its stack at the moment at which its process ends is about to go on, and must not.
    @Test func aComputingThreadEndsWhateverItIsAskedForMeanwhile() throws {
        for _ in 0..<30 {
            let running = try RunningGuest(Self.module(.computeLoop)) { $0.isInterruptible = true }
            try awaitCondition("it computes") { (try? running.word(8)) == 1 }
            let guest = running.guest
            let asks = Mutex(true)
            let asking = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                while asks.withLock({ $0 }) { _ = guest.snapshot() }
                asking.signal()
            }
            for _ in 0..<20 { _ = guest.snapshot() }
            guest.terminate()
            #expect(try running.end() == .signalled(signal: Signal.kill.rawValue))
            asks.withLock { $0 = false }
            asking.wait()
        }
    }

    // MARK: threads that leave

    private static let leaving = """
        (module
          (import "env" "memory" (memory 1 1 shared))
          (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
          (import "wasix_32v1" "thread_exit" (func $leave (param i32)))
          (import "wasix_32v1" "futex_wait" (func $futex_wait (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (func (export "wasi_thread_start") (param i32) (param $code i32)
            (loop $again
              (drop (call $futex_wait (i32.const 4) (i32.const 0) (i32.const 520) (i32.const 0)))
              (br_if $again (i32.eqz (i32.atomic.load (i32.const 4)))))
            (if (local.get $code) (then (call $exit (local.get $code)))))
          (func (export "_start")
            (drop (call $spawn (i32.const CODE)))
            (call $leave (i32.const 5))
            unreachable))
        """

    @Test(arguments: [0, 7])
    func theProcessLivesOnWithoutItsMainThread(_ code: UInt32) throws {
        let running = try RunningGuest(Self.leaving.replacing("CODE", with: "\(code)"))
        try awaitCondition("the main thread is gone") {
            let threads = running.guest.snapshot().threads
            return threads.count == 1 && !threads[0].isMain && threads[0].state == .blocked
        }
        #expect(running.guest.snapshot().guest == .running)
        try running.set(4)
        #expect(try running.end() == .exited(code: code))
    }

    @Test func aThreadThatTheModuleCannotHaveIsRefused() throws {
        let module = """
            (module (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (func (export "wasi_thread_start") (param i32 i32))
              (func (export "_start") (call $exit (i32.sub (i32.const 0) (call $spawn (i32.const 0))))))
            """
        #expect(try RunningGuest(module).end() == .exited(code: UInt32(Errno.notcapable.rawValue)))
        let noEntry = """
            (module (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (import "env" "memory" (memory 1 1 shared))
              (func (export "_start") (call $exit (i32.sub (i32.const 0) (call $spawn (i32.const 0))))))
            """
        #expect(try RunningGuest(noEntry).end() == .exited(code: UInt32(Errno.notcapable.rawValue)))
    }
}
