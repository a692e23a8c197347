import Kernel
import Testing
import Trace
import WasixABI

@testable import Runtime

/// What a traced guest's records and counters say is what it did.
@Suite struct TracedGuestTests {
    private struct Seen {
        var call: CallID?
        var record: TraceRecord
        var payload: [UInt8]
    }

    private static let imports = """
        (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
        (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasix_32v1" "context_create" (func $context (param i32 i32) (result i32)))
        (import "wasix_32v1" "fd_event" (func $eventfd (param i64 i32 i32) (result i32)))
        (import "wasix_32v1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasix_32v1" "epoll_create" (func $epoll_create (param i32) (result i32)))
        (import "wasix_32v1" "epoll_ctl" (func $epoll_ctl (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 64) "\\50\\00\\00\\00\\06\\00\\00\\00")
        (data (i32.const 80) "hello\\0a")
        """

    /// Runs `body` and answers what the channel holds at the end.
    private func trace(_ body: String) throws -> (records: [Seen], channel: ThreadChannel) {
        let tracer = Tracer()
        let module = "(module \(Self.imports) (func (export \"_start\") (local $n i32) \(body)))"
        _ = try RunningGuest(module, tracer: tracer).end()
        let channel = try #require(tracer.allChannels.first)
        var records: [Seen] = []
        channel.ring.drain { record, payload in
            guard record.kind != RecordKind.threadExit.rawValue else { return }
            let isCall = record.kind == RecordKind.call.rawValue
            records.append(
                Seen(call: isCall ? CallID(rawValue: record.call) : nil, record: record, payload: Array(payload)))
        }
        return (records, channel)
    }

    @Test func recordsAreTheCallsInTheirOrder() throws {
        let (records, channel) = try trace(
            """
            (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 0)))
            (drop (call $yield)) (drop (call $yield))
            (drop (call $close (i32.const 77)))
            (drop (call $clock (i32.const 9) (i64.const 0) (i32.const 0)))
            (call $exit (i32.const 3))
            """)
        #expect(records.map(\.call) == [.clockTimeGet, .schedYield, .schedYield, .fdClose, .clockTimeGet, .procExit])
        let errnos = records.map { Errno(rawValue: $0.record.errno) }
        #expect(errnos == [.success, .success, .success, .badf, .inval, .success])
        #expect(records[3].record.words.0 == 77 && records[5].record.words.0 == 3)
        for (one, next) in zip(records, records.dropFirst()) {
            #expect(one.record.start + one.record.duration <= next.record.start)
        }
        #expect(channel.counters.total == 6)
        #expect(channel.counters[.clockTimeGet].calls == 2 && channel.counters[.clockTimeGet].errors == 1)
        #expect(channel.counters[.schedYield].calls == 2 && channel.counters[.schedYield].errors == 0)
        #expect(channel.counters[.fdClose].errors == 1)
        let ticks = records.filter { $0.call == .schedYield }.reduce(0) { $0 + $1.record.duration }
        #expect(channel.counters[.schedYield].ticks == ticks)
    }

    /// One that leads out of what was granted, and one that does not.
    @Test func aRefusedPathIsNoted() throws {
        let tracer = Tracer()
        let module = """
            (module
              (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 64) "../none")
              (func (export "_start")
                (drop (call $unlink (i32.const 3) (i32.const 64) (i32.const 7)))
                (drop (call $unlink (i32.const 3) (i32.const 67) (i32.const 4)))))
            """
        let guest = try RunningGuest(module, tracer: tracer) {
            $0.grants = [DirectoryGrant(hostPath: "/usr", guestPath: "usr")]
        }
        _ = try guest.end()
        var notes: [(errno: Errno, isNoted: Bool)] = []
        try #require(tracer.allChannels.first).ring.drain { record, payload in
            guard record.kind == RecordKind.call.rawValue else { return }
            // The note's chunk comes first, and its reason first in that.
            let isNoted =
                payload.count > PayloadChunk.headerSize && payload[0] == PayloadChunk.note
                && payload[PayloadChunk.headerSize] == CallNote.Reason.outsideGrants.rawValue
            notes.append((Errno(rawValue: record.errno), isNoted))
        }
        #expect(notes.map(\.errno) == [.notcapable, .noent])
        #expect(notes.map(\.isNoted) == [true, false])
    }

    @Test func callsThatTheModuleIsNotMadeForAreThereToo() throws {
        let (records, channel) = try trace("(drop (call $context (i32.const 128) (i32.const 0)))")
        #expect(records.map(\.call) == [.contextCreate])
        #expect(Errno(rawValue: records[0].record.errno) == .notsup)
        #expect(channel.counters[.contextCreate].errors == 1)
    }

    @Test func dataGoesWithItsRecord() throws {
        let (records, _) = try trace(
            """
            (drop (call $write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 72)))
            (drop (call $eventfd (i64.const 0) (i32.const 4) (i32.const 128)))
            (i32.store (i32.const 68) (i32.const 8))
            (drop (call $read (i32.load (i32.const 128)) (i32.const 64) (i32.const 1) (i32.const 72)))
            """)
        #expect(records.map(\.call) == [.fdWrite, .fdEvent, .fdRead])
        let write = records[0]
        #expect(write.record.flags & TraceRecord.Flags.hasResult != 0 && write.record.result == 6)
        let vector: [UInt8] = [6, 0, 0, 0, 6, 0, 0, 0] + Array("hello\n".utf8)
        #expect(write.payload == [1, UInt8(vector.count), 0, 0, 1, 0, 0, 0] + vector)
        #expect(write.record.objects.0 != 0)
        let fd = records[1].record.result
        let read = records[2]
        #expect(Errno(rawValue: read.record.errno) == .again && read.record.words.0 == fd)
        #expect(read.payload == [1, 8, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0], "the size of the empty buffer")
    }

    /// ADD 1, as wasix-libc sends it, against MOD 1 of the wire.
    @Test func recordsSayHowOperationsAreNumbered() throws {
        func add(_ operation: Int, libcShaped: Bool) -> String {
            """
            (drop (call $epoll_create (i32.const 132)))
            (i32.store (i32.const 192) (i32.const 1))
            \([200, 204, 208, 216].map { offset in
                let value = libcShaped || offset == 216 ? "(i32.load (i32.const 128))" : "(i32.const 0)"
                return "(i32.store (i32.const \(offset)) \(value))"
            }.joined(separator: "\n"))
            (drop (call $epoll_ctl (i32.load (i32.const 132)) (i32.const \(operation)) (i32.load (i32.const 128))
              (i32.const 192)))
            """
        }
        let (records, _) = try trace(
            "(drop (call $eventfd (i64.const 0) (i32.const 4) (i32.const 128)))" + add(1, libcShaped: true)
                + add(0, libcShaped: false) + "(drop (call $yield))")
        let controls = records.filter { $0.call == .epollCtl }
        #expect(controls.map { Errno(rawValue: $0.record.errno) } == [.success, .success])
        let flags = records.map { $0.record.flags & TraceRecord.Flags.linuxDialect != 0 }
        #expect(flags == records.map { $0.record.start == controls[0].record.start })
    }

    @Test func whatNobodyReadIsCounted() throws {
        let calls: UInt64 = 50_000
        let (records, channel) = try trace(
            """
            (loop $again
              (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 0)))
              (local.set $n (i32.add (local.get $n) (i32.const 1)))
              (br_if $again (i32.lt_u (local.get $n) (i32.const \(calls)))))
            """)
        #expect(channel.counters.total == calls)
        #expect(channel.counters[.clockTimeGet].calls == calls)
        // The record of the thread's end finds no room either.
        #expect(UInt64(records.count) + channel.ring.lost == calls + 1)
        #expect(channel.ring.lost > 0)
    }

    @Test func aThreadHasAChannelOfItsOwn() throws {
        let tracer = Tracer()
        let module = """
            (module
              (import "env" "memory" (memory 1 1 shared))
              (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (import "wasix_32v1" "thread_join" (func $join (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
              (func (export "wasi_thread_start") (param i32 i32) (drop (call $yield)))
              (func (export "_start") (drop (call $join (call $spawn (i32.const 0))))))
            """
        #expect(try RunningGuest(module, tracer: tracer).end() == .exited(code: 0))
        let channels = tracer.allChannels
        #expect(channels.map(\.thread.rawValue) == [1, 2])
        #expect(channels.map(\.counters.total) == [2, 1])
        #expect(channels[1].counters[.schedYield].calls == 1)
        var spawn: TraceRecord?
        channels[0].ring.drain(limit: 1) { record, _ in spawn = record }
        #expect(spawn?.result == 2 && spawn?.call == CallID.wasiThreadSpawn.rawValue)
    }

    @Test func anEndedThreadLeavesItsCountsAndNothingElse() throws {
        let tracer = Tracer()
        let module = """
            (module
              (import "env" "memory" (memory 1 1 shared))
              (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (import "wasix_32v1" "thread_join" (func $join (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
              (func (export "wasi_thread_start") (param i32 i32) (drop (call $yield)))
              (func (export "_start") (local $n i32)
                (loop $again
                  (drop (call $join (call $spawn (i32.const 0))))
                  (local.set $n (i32.add (local.get $n) (i32.const 1)))
                  (br_if $again (i32.lt_u (local.get $n) (i32.const 20))))))
            """
        #expect(try RunningGuest(module, tracer: tracer).end() == .exited(code: 0))
        let channels = tracer.takeArrivals()
        #expect(channels.count == 21)
        for channel in channels {
            try awaitCondition("the thread lets go of its channel") { channel.hasEnded }
            channel.ring.drain { _, _ in }
            tracer.retire(channel)
        }
        #expect(tracer.allChannels.isEmpty)
        #expect(tracer.totals[Int(CallID.schedYield.rawValue)].calls == 20)
        #expect(tracer.totals[Int(CallID.threadJoin.rawValue)].calls == 20)
    }
}
