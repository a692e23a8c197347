import Trace
import WasixABI

@testable import Export

/// A line for filters to judge.
struct FilterLine {
    var record = TraceRecord()
    var payload: [UInt8] = []
    var process = ProcessID.initial
    var thread = ThreadID.main
    /// Names of objects by their numbers.
    var names: [UInt32: String] = [:]
    var text = "a line"

    /// One tick is one nanosecond.
    static func call(
        _ call: CallID, _ arguments: [UInt64], _ guest: TracedMemory = TracedMemory(), errno: Errno = .success,
        start: UInt64 = 0, duration: UInt64 = 0
    ) -> FilterLine {
        var line = FilterLine()
        (line.record, line.payload) = guest.record(call, arguments, errno: errno)
        line.record.start = start
        line.record.duration = duration
        return line
    }

    static func other(_ kind: RecordKind, result: UInt32 = 0) -> FilterLine {
        var line = FilterLine()
        line.record.kind = kind.rawValue
        line.record.result = result
        return line
    }

    func with(_ change: (inout FilterLine) -> Void) -> FilterLine {
        var line = self
        change(&line)
        return line
    }

    func waiting(delay: UInt64 = 0) -> FilterLine {
        with {
            $0.record.flags |= TraceRecord.Flags.waited
            $0.record.delay = delay
        }
    }

    func on(_ objects: (UInt32, UInt32), _ names: [UInt32: String]) -> FilterLine {
        with {
            $0.record.objects = objects
            $0.names = names
        }
    }

    func changing(_ changes: [ReadinessChange]) -> FilterLine {
        with { line in
            line.record.flags |= TraceRecord.Flags.hasChanges
            let words = changes.flatMap { [$0.instance, $0.object, $0.fd, $0.edge, $0.events, $0.thread] }
            let head = PayloadChunk.head(argument: PayloadChunk.changes, captured: words.count * 4)
            for word in [head, UInt32(changes.count)] + words {
                withUnsafeBytes(of: word.littleEndian) { line.payload.append(contentsOf: $0) }
            }
        }
    }

    func verdict(_ filter: Filter) -> Bool? {
        payload.withUnsafeBytes { bytes in
            let subject = FilterSubject(
                record, payload: bytes, process: process, thread: thread, time: TraceTime(),
                objectName: { object, _ in names[object.rawValue] })
            return filter.verdict(subject, text: { text })
        }
    }

    func verdict(_ expression: String) throws -> Bool? { verdict(try Filter(parsing: expression)) }

    /// A read of `bytes` bytes from descriptor 7, which is a TCP connection.
    static func read(_ bytes: UInt32, errno: Errno = .success) -> FilterLine {
        var guest = TracedMemory()
        guest.put(0x100, words: [0x200, 4096])
        guest.put(0x400, words: [bytes])
        return call(.fdRead, [7, 0x100, 1, 0x400], guest, errno: errno, duration: 1_500_000)
            .on((12, 0), [12: "tcp 127.0.0.1:80"])
    }

    /// `/etc/a.conf`, opened in the directory 3 as descriptor 5.
    static func open(errno: Errno = .success) -> FilterLine {
        var guest = TracedMemory()
        guest.put(0x100, Array("etc/a.conf".utf8))
        guest.put(0x200, words: [5])
        return call(.pathOpen, [3, 1, 0x100, 10, 0, 2, 0, 0, 0x200], guest, errno: errno, duration: 90)
            .on((4, 0), [4: "/"])
    }
}
