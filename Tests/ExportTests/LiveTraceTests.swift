import Glibc
import Testing
import Trace
import WasixABI

@testable import Export
@testable import Model

@Suite struct LiveTraceTests {
    /// What a trace of records that `produce` pushes looks like.
    private func lines(
        _ options: StraceText.Options = StraceText.Options(), ending: GuestState = .exited(code: 0),
        _ produce: (Tracer) -> Void
    ) -> [String] {
        let format = StraceText(options: options) { object, _ in "object \(object.rawValue)" }
        return lines(format, limit: nil, ending: ending, produce)
    }

    private func lines(
        _ format: any TraceFormat, limit: Int?, ending: GuestState, _ produce: (Tracer) -> Void
    ) -> [String] {
        let path = "/tmp/wasix-top-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        defer {
            Glibc.close(descriptor)
            unlink(path)
        }
        let tracer = Tracer()
        let trace = LiveTrace(
            tracer: tracer, format: format, sink: TextSink(descriptor: descriptor), limit: limit)
        trace.start()
        produce(tracer)
        #expect(trace.finish(ending) == 0)
        let size = Int(lseek(descriptor, 0, SEEK_END))
        let text = String(unsafeUninitializedCapacity: size) { pread(descriptor, $0.baseAddress, size, 0) }
        return text.split(separator: "\n").map(String.init)
    }

    private func close(_ fd: UInt32, start: UInt64, object: UInt32 = 0, errno: Errno = .success) -> TraceRecord {
        var record = TraceRecord()
        record.call = CallID.fdClose.rawValue
        record.start = start
        record.words.0 = fd
        record.objects.0 = object
        record.errno = errno.rawValue
        return record
    }

    @Test func linesOfAllThreadsAreInOrderAndTheEndingIsLast() {
        let lines = lines { tracer in
            let one = tracer.makeChannel(process: .initial, thread: ThreadID(rawValue: 1))
            let two = tracer.makeChannel(process: .initial, thread: ThreadID(rawValue: 2))
            // What is to come is not written before its time, however long this thread does not run.
            let later = TickClock.now() + 1_000_000_000_000
            one.ring.push(close(3, start: TickClock.now(), object: 8))
            one.ring.push(close(5, start: later + 1, errno: .badf))
            two.ring.push(close(4, start: later))
        }
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("[T1] fd_close(3<object 8>) "))
        #expect(lines[1].hasPrefix("[T2] fd_close(4) "))
        #expect(lines[2].hasPrefix("[T1] fd_close(5) "))
        #expect(lines[2].contains("= EBADF"))
        #expect(lines[3] == "+++ exited with 0 +++")
    }

    @Test func theSetLeavesOutCallsButNeverHoles() throws {
        var options = StraceText.Options()
        options.filter.expression = try Filter(parsing: "!fd_close")
        let lines = lines(options, ending: .signalled(signal: 9)) { tracer in
            let channel = tracer.makeChannel(process: .initial, thread: ThreadID(rawValue: 1))
            for start in 1...UInt64(channel.ring.capacity) { channel.ring.push(close(3, start: start)) }
            var gap = TraceRecord()
            gap.kind = RecordKind.gap.rawValue
            gap.result = 7
            gap.start = UInt64(channel.ring.capacity)
            tracer.makeChannel(process: .initial, thread: ThreadID(rawValue: 2)).ring.push(gap)
        }
        #expect(lines.count == 2)
        #expect(lines[0].contains("7 calls lost"))
        #expect(lines[1] == "+++ killed by SIGKILL +++")
    }

    /// A text that was to have so many lines has no other; JSON always tells the beginning and the end.
    @Test func aLimitCountsRecords() {
        let text = StraceText(options: StraceText.Options()) { _, _ in nil }
        let json = JsonTrace(options: JsonTrace.Options()) { _, _ in nil }
        func limited(_ format: any TraceFormat) -> [String] {
            self.lines(format, limit: 2, ending: .running) { tracer in
                let channel = tracer.makeChannel(process: .initial, thread: .main)
                for start in 1...UInt64(5) { channel.ring.push(close(3, start: start)) }
            }
        }
        #expect(limited(text).count == 2)
        let lines = limited(json)
        #expect(lines.count == 4)
        #expect(lines.first?.hasPrefix(#"{"type":"header","schema":1,"#) == true)
        #expect(lines.last == #"{"type":"end","state":"running"}"#)
    }

    @Test func aTrapEndsWithItsFirstLine() {
        #expect(
            StraceText(options: StraceText.Options()) { _, _ in nil }
                .ending(.trapped(message: "unreachable\nmore", stack: []), isFull: false)
                == "+++ trapped: unreachable +++\n")
    }

    @Test func aFullDiskIsReported() {
        let descriptor = open("/dev/full", O_WRONLY)
        defer { Glibc.close(descriptor) }
        let trace = LiveTrace(
            tracer: Tracer(), format: StraceText(options: StraceText.Options()) { _, _ in nil },
            sink: TextSink(descriptor: descriptor))
        trace.start()
        #expect(trace.finish(.exited(code: 0)) == ENOSPC)
    }
}
