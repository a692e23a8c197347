import Testing
import Trace
import WasixABI

@testable import Decode

/// What the tracer keeps is what the formatter reads: arguments and guest memory in, a line out.
@Suite struct CaptureTests {
    /// A guest's memory and the slots of one call.
    private struct Guest {
        var memory = [UInt8](repeating: 0, count: 4096)

        mutating func put(_ address: Int, _ bytes: [UInt8]) {
            memory.replaceSubrange(address..<address + bytes.count, with: bytes)
        }

        mutating func put(_ address: Int, _ number: some FixedWidthInteger) {
            put(address, RecordBuilder.bytes(number))
        }

        func line(
            _ call: CallID, _ values: [UInt64], errno: Errno = .success, width: PointerWidth = .bits32
        ) -> String {
            let ring = TraceRing(capacity: 16, payloadCapacity: 1 << 16)
            var record = TraceRecord()
            record.call = call.rawValue
            record.errno = errno.rawValue
            if width == .bits64 { record.flags |= TraceRecord.Flags.wide }
            let slots: [UInt64] = values.flatMap { [$0, UInt64(0)] } + [0, 0]
            memory.withUnsafeBytes { memory in
                slots.withUnsafeBufferPointer { slots in
                    PayloadCapture(call.spec, width: width).fill(
                        &record, slots: slots.baseAddress!, memory: memory, ring: ring, options: TraceOptions())
                }
            }
            ring.push(record)
            let formatter = CallFormatter()
            var line = ""
            ring.drain { line = formatter.text($0, payload: $1).line.text }
            return line
        }
    }

    @Test func buffersOfAWrite() {
        var guest = Guest()
        guest.put(0x100, UInt32(0x200))
        guest.put(0x104, UInt32(6))
        guest.put(0x108, UInt32(0x300))
        guest.put(0x10c, UInt32(2))
        guest.put(0x200, Array("hello\n".utf8))
        guest.put(0x300, Array("!?".utf8))
        guest.put(0x400, UInt32(7))
        #expect(
            guest.line(.fdWrite, [1, 0x100, 2, 0x400]) == #"fd_write(1, [{"hello\n", 6}, {"!?", 2}]) = 7"#)
    }

    @Test func buffersOfAReadHoldWhatArrived() {
        var guest = Guest()
        guest.put(0x100, UInt32(0x200))
        guest.put(0x104, UInt32(1000))
        guest.put(0x200, Array("abcstale".utf8))
        guest.put(0x400, UInt32(3))
        #expect(guest.line(.fdRead, [0, 0x100, 1, 0x400]) == #"fd_read(0, [{"abc", 1000}]) = 3"#)
    }

    /// Whether they travel in the record or behind it.
    @Test(arguments: [PointerWidth.bits32, .bits64]) func wideResults(width: PointerWidth) {
        var guest = Guest()
        guest.put(0x100, UInt64(102_416_002_113))
        #expect(
            guest.line(.clockTimeGet, [1, 1, 0x100], width: width)
                == "clock_time_get(CLOCK_MONOTONIC, precision=1ns, time=102.416002113) = 0")
        #expect(
            guest.line(.fdSeek, [5, UInt64(bitPattern: -3), 1, 0x100], width: width)
                == "fd_seek(5, offset=-3, SEEK_CUR) = 102416002113")
        #expect(
            guest.line(.sockGetOptSize, [5, 15, 0x100], errno: .badf, width: width).hasSuffix("= EBADF"))
    }

    @Test func argumentsBeyondTheRecord() {
        var guest = Guest()
        guest.put(0x100, Array("a/b".utf8))
        guest.put(0x200, UInt32(5))
        #expect(
            guest.line(.pathOpen2, [3, 1, 0x100, 3, 1, 2, 1 << 32, 4, 1, 0x200])
                == #"path_open2(3, dirflags=SYMLINK_FOLLOW, "a/b", oflags=O_CREAT, rights_base=FD_READ, "#
                + "rights_inheriting=SOCK_BIND, fdflags=O_NONBLOCK, fdflagsext=FD_CLOEXEC) = 5")
    }

    @Test func eventsOfAWait() {
        var guest = Guest()
        guest.put(0x100, structure(32, [(0, UInt32(1)), (24, UInt64(9))]))
        guest.put(0x200, UInt32(1))
        #expect(
            guest.line(.epollWait, [4, 0x100, 64, .max, 0x200])
                == "epoll_wait(4, [{EPOLLIN, data=0x9}], maxevents=64, timeout=INF) = 1")
        guest.put(0x200, UInt32(0))
        #expect(
            guest.line(.epollWait, [4, 0x100, 64, 0, 0x200])
                == "epoll_wait(4, [], maxevents=64, timeout=0) = 0")
    }

    @Test func aLengthThatIsAlsoTheResult() {
        var guest = Guest()
        guest.put(0x100, Array("/work\0".utf8))
        guest.put(0x200, UInt32(6))
        #expect(guest.line(.getcwd, [0x100, 0x200]) == #"getcwd("/work\0", path_len=6) = 0"#)
    }

    @Test func wideAddresses() {
        var guest = Guest()
        guest.put(0x100, UInt64(0x200))
        guest.put(0x108, UInt64(2))
        guest.put(0x200, Array("hi".utf8))
        guest.put(0x400, UInt64(2))
        #expect(
            guest.line(.fdWrite, [1, 0x100, 1, 0x400], width: .bits64) == #"fd_write(1, [{"hi", 2}]) = 2"#)
    }

    @Test func wideSizesAndStructures() {
        var guest = Guest()
        guest.put(0x100, UInt64(3))
        guest.put(0x108, UInt64(41))
        #expect(
            guest.line(.argsSizesGet, [0x100, 0x108], width: .bits64) == "args_sizes_get(argc=3, buf_size=41) = 0")
        #expect(
            guest.line(.argsGet, [0x1_0000_0100, 1 << 40], width: .bits64)
                == "args_get(0x100000100, 0x10000000000) = 0")

        guest.put(
            0x200, structure(32, [(0, UInt32(1)), (8, UInt64(7)), (16, UInt32(7)), (20, UInt32(7)), (24, UInt64(7))]))
        #expect(
            guest.line(.epollCtl, [4, 0, 7, 0x200], width: .bits64)
                == "epoll_ctl(4, EPOLL_CTL_ADD, 7, {EPOLLIN, data=0x7}) = 0")
        guest.put(0x208, UInt64(9) << 32)
        #expect(guest.line(.epollCtl, [4, 0, 7, 0x200], width: .bits64).contains("ptr=0x900000000, fd=7, data1=0x7"))
        guest.put(0x208, UInt64(7))
        guest.put(0x300, UInt64(1))
        #expect(
            guest.line(.epollWait, [4, 0x200, 64, .max, 0x300], width: .bits64)
                == "epoll_wait(4, [{EPOLLIN, data=0x7}], maxevents=64, timeout=INF) = 1")

        guest.put(
            0x400,
            structure(
                128,
                [(0, UInt64(1) << 33), (8, UInt64(2) << 33), (16, UInt64(5)), (24, UInt64(6)), (112, UInt64(65536))]))
        guest.put(0x500, UInt32(4))
        #expect(
            guest.line(.threadSpawnV2, [0x400, 0x500], width: .bits64)
                == "thread_spawn_v2({stack=0x200000000, tls_base=0x400000000, start=0x5, arg=0x6, stack_size=65536})"
                + " = 4")
    }

    /// More arguments than the record has room for, each of two words.
    @Test func wideArgumentsBeyondTheRecord() {
        var guest = Guest()
        guest.put(0x100, Array("a/b".utf8))
        guest.put(0x200, UInt32(5))
        #expect(
            guest.line(.pathOpen2, [3, 1, 0x100, 3, 1, 2, 1 << 32, 4, 1, 0x200], width: .bits64)
                == #"path_open2(3, dirflags=SYMLINK_FOLLOW, "a/b", oflags=O_CREAT, rights_base=FD_READ, "#
                + "rights_inheriting=SOCK_BIND, fdflags=O_NONBLOCK, fdflagsext=FD_CLOEXEC) = 5")
        guest.put(0x300, UInt64(3))
        #expect(
            guest.line(.pathReadlink, [3, 0x100, 3, 0x100, 64, 0x300], width: .bits64)
                == #"path_readlink(3, "a/b", "a/b", buf_len=64) = 3"#)
    }

    @Test(arguments: PointerWidth.allCases) func hostileArgumentsOfEveryCallGiveALine(width: PointerWidth) {
        var random = SeededGenerator(seed: 7)
        let limits: [UInt64] = [0, 1, 4095, 4096, 0x7fff_ffff, 0xffff_ffff, 1 << 63, .max]
        var guest = Guest()
        for row in CallTable.all {
            for round in 0..<8 {
                // Small bytes make plausible tags and lengths.
                let mask: UInt64 = round < 4 ? 0x0300_0003_0003_0303 : .max
                guest.memory = (0..<512).flatMap { _ in RecordBuilder.bytes(random.next() & mask) }
                let values = row.arguments.map { _ in
                    Bool.random(using: &random)
                        ? limits.randomElement(using: &random)! : UInt64.random(in: 0..<4096, using: &random)
                }
                let line = guest.line(row.id, values, errno: round % 2 == 0 ? .success : .inval, width: width)
                #expect(line.hasPrefix(row.name + "("), "\(values)")
            }
        }
    }
}
