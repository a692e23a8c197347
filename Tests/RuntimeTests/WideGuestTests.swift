import Testing
import Trace
import WasixABI

@testable import Runtime

/// Modules with 64-bit memory: everything from `wasix_64v1`, pointers and sizes twice as wide.
@Suite struct WideGuestTests {
    private static let imports = """
        (import "wasix_64v1" "fd_write" (func $write (param i32 i64 i64 i64) (result i32)))
        (import "wasix_64v1" "fd_read" (func $read (param i32 i64 i64 i64) (result i32)))
        (import "wasix_64v1" "random_get" (func $random (param i64 i64) (result i32)))
        (import "wasix_64v1" "args_sizes_get" (func $sizes (param i64 i64) (result i32)))
        (import "wasix_64v1" "fd_event" (func $eventfd (param i64 i32 i64) (result i32)))
        (import "wasix_64v1" "epoll_create" (func $epoll_create (param i64) (result i32)))
        (import "wasix_64v1" "epoll_ctl" (func $epoll_ctl (param i32 i32 i32 i64) (result i32)))
        (import "wasix_64v1" "epoll_wait" (func $epoll_wait (param i32 i64 i32 i64 i64) (result i32)))
        (import "wasix_64v1" "proc_exit" (func $exit (param i32)))
        """
    /// Two pages beyond 4 GiB.
    private static let pages: UInt64 = 65_538
    private static let size = pages * 65_536

    private func run(_ body: String, memory: String = "(memory (export \"memory\") i64 \(pages))") throws -> (
        GuestState, String
    ) {
        let running = try RunningGuest("(module \(Self.imports) \(memory) (func (export \"_start\") \(body)))")
        return (try running.end(), running.output)
    }

    @Test func buffersBeyondFourGibibytes() throws {
        let base: UInt64 = 1 << 32
        let (end, output) = try run(
            """
            (i64.store (i64.const \(base + 16)) (i64.const \(base + 64)))
            (i64.store (i64.const \(base + 24)) (i64.const 6))
            (i64.store (i64.const \(base + 64)) (i64.const 0x0a6f6c6c6568))
            (i64.store (i64.const \(base + 8)) (i64.const -1))
            (if (call $write (i32.const 1) (i64.const \(base + 16)) (i64.const 1) (i64.const \(base + 8)))
              (then unreachable))
            ;; the count has 64 bits, and what has the same low half is untouched
            (if (i64.ne (i64.load (i64.const \(base + 8))) (i64.const 6)) (then unreachable))
            (if (i64.ne (i64.load (i64.const 8)) (i64.const 0)) (then unreachable))
            (call $exit (i32.const 7))
            """)
        #expect(end == .exited(code: 7))
        #expect(output == "hello\n")
    }

    /// Ends of memory, ends of numbers: no sum of an address and a length comes round to a good one.
    @Test func rangesAreCheckedWithAllTheirBits() throws {
        let cases: [(address: UInt64, length: UInt64, errno: Errno)] = [
            (Self.size - 8, 8, .success), (Self.size - 7, 8, .fault), (Self.size, 0, .success),
            (Self.size + 1, 0, .success), (.max, 0, .success),
            (0, Self.size + 1, .fault), (.max, 1, .fault), (.max - 7, 8, .fault), (.max - 7, 9, .fault),
            (8, .max - 7, .fault), (1 << 63, 1, .fault), (1 << 63, 1 << 63, .fault), (1 << 33, 8, .fault),
        ]
        for (address, length, errno) in cases {
            let (end, _) = try run(
                """
                (call $exit (call $random (i64.const \(Int64(bitPattern: address)))
                  (i64.const \(Int64(bitPattern: length)))))
                """)
            #expect(end == .exited(code: UInt32(errno.rawValue)), "\(address) \(length)")
        }
    }

    /// The same behind an iovec, whose own address is good.
    @Test func buffersOfAVectorAreCheckedWithAllTheirBits() throws {
        let cases: [(UInt64, UInt64, Errno)] = [
            (1 << 32, 4, .success), (Self.size - 3, 4, .fault), (.max - 1, 4, .fault), (64, 1 << 63, .inval),
            (64, (1 << 63) - 1, .fault), (1 << 34, 1, .fault), (1 << 34, 0, .success), (.max, 0, .success),
            (0, Self.size, .success),
        ]
        for (address, length, errno) in cases {
            let (end, _) = try run(
                """
                (i64.store (i64.const 16) (i64.const \(Int64(bitPattern: address))))
                (i64.store (i64.const 24) (i64.const \(Int64(bitPattern: length))))
                (call $exit (call $write (i32.const 1) (i64.const 16) (i64.const 1) (i64.const 8)))
                """)
            #expect(end == .exited(code: UInt32(errno.rawValue)), "\(address) \(length)")
        }
    }

    @Test func sizesComeBackWith64Bits() throws {
        let (end, _) = try run(
            """
            (i64.store (i64.const 0) (i64.const -1)) (i64.store (i64.const 8) (i64.const -1))
            (drop (call $sizes (i64.const 0) (i64.const 8)))
            (if (i64.ne (i64.load (i64.const 0)) (i64.const 1)) (then unreachable))
            (if (i64.gt_u (i64.load (i64.const 8)) (i64.const 4096)) (then unreachable))
            (call $exit (i32.wrap_i64 (i64.load (i64.const 0))))
            """, memory: #"(memory (export "memory") i64 1)"#)
        #expect(end == .exited(code: 1))
    }

    /// The pointer has eight bytes, and what follows moves up (WasixABI.docc/EpollLayouts).
    @Test func eventsHaveTheirWideLayout() throws {
        let (end, _) = try run(
            """
            (drop (call $eventfd (i64.const 1) (i32.const 0) (i64.const 0)))
            (drop (call $epoll_create (i64.const 4)))
            (i32.store (i64.const 32) (i32.const 1))
            (i64.store (i64.const 40) (i64.const 0x1122334455667788))
            (i32.store (i64.const 48) (i32.const 0x0a0b0c0d)) (i32.store (i64.const 52) (i32.const 0x01020304))
            (i64.store (i64.const 56) (i64.const -2))
            (if (call $epoll_ctl (i32.load (i64.const 4)) (i32.const 0) (i32.load (i64.const 0)) (i64.const 32))
              (then unreachable))
            (i64.store (i64.const 16) (i64.const -1))
            (if (call $epoll_wait (i32.load (i64.const 4)) (i64.const 64) (i32.const 2) (i64.const 0) (i64.const 16))
              (then unreachable))
            (if (i64.ne (i64.load (i64.const 16)) (i64.const 1)) (then unreachable))
            (if (i64.ne (i64.load (i64.const 64)) (i64.const 1)) (then unreachable))
            (if (i64.ne (i64.load (i64.const 72)) (i64.const 0x1122334455667788)) (then unreachable))
            (if (i32.ne (i32.load (i64.const 80)) (i32.const 0x0a0b0c0d)) (then unreachable))
            (if (i32.ne (i32.load (i64.const 84)) (i32.const 0x01020304)) (then unreachable))
            (if (i64.ne (i64.load (i64.const 88)) (i64.const -2)) (then unreachable))
            (call $exit (i32.const 9))
            """, memory: #"(memory (export "memory") i64 1)"#)
        #expect(end == .exited(code: 9))
    }

    @Test func threadsTakeTwo64BitNumbers() throws {
        let module = """
            (module
              (import "env" "memory" (memory i64 1 4 shared))
              (import "wasix_64v1" "thread_spawn_v2" (func $spawn (param i64 i64) (result i32)))
              (import "wasix_64v1" "thread_join" (func $join (param i32) (result i32)))
              (import "wasix_64v1" "proc_exit" (func $exit (param i32)))
              (func (export "wasi_thread_start") (param $tid i64) (param $argument i64)
                (i64.store (i64.const 8) (local.get $tid)) (i64.store (i64.const 16) (local.get $argument)))
              (func (export "_start")
                (if (call $spawn (i64.const 1024) (i64.const 32)) (then unreachable))
                (drop (call $join (i32.load (i64.const 32))))
                (if (i64.ne (i64.load (i64.const 16)) (i64.const 1024)) (then unreachable))
                (call $exit (i32.eq (i32.wrap_i64 (i64.load (i64.const 8))) (i32.load (i64.const 32))))))
            """
        #expect(try RunningGuest(module).end() == .exited(code: 1))
    }

    /// Beside the 64-bit namespace the 32-bit one can be imported from: each call has the width of its namespace.
    @Test func bothWidthsInOneModule() throws {
        let module = """
            (module
              (import "wasix_64v1" "args_sizes_get" (func $wide (param i64 i64) (result i32)))
              (import "wasi_snapshot_preview1" "args_sizes_get" (func $narrow (param i32 i32) (result i32)))
              (import "wasix_64v1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") i64 1)
              (func (export "_start")
                (i64.store (i64.const 0) (i64.const -1)) (i64.store (i64.const 8) (i64.const -1))
                (drop (call $narrow (i32.const 0) (i32.const 64)))
                (drop (call $wide (i64.const 8) (i64.const 64)))
                (call $exit (i32.add
                  (i64.eq (i64.load (i64.const 0)) (i64.const 0xffffffff00000001))
                  (i64.eq (i64.load (i64.const 8)) (i64.const 1))))))
            """
        #expect(try RunningGuest(module).end() == .exited(code: 2))
    }

    /// Records say how wide the pointers of their call are.
    @Test func recordsKnowTheirWidth() throws {
        let tracer = Tracer()
        let module = """
            (module
              (import "wasix_64v1" "sched_yield" (func $wide (result i32)))
              (import "wasix_32v1" "sched_yield" (func $narrow (result i32)))
              (func (export "_start") (drop (call $wide)) (drop (call $narrow))))
            """
        _ = try RunningGuest(module, tracer: tracer).end()
        var flags: [Bool] = []
        tracer.allChannels.first?.ring.drain { record, _ in flags.append(record.flags & TraceRecord.Flags.wide != 0) }
        #expect(flags == [true, false])
    }
}
