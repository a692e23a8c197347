import Model
import Trace
import WasixABI

extension Fixture {
    /// Adds one record of a finished call.
    static func append(
        to history: inout TraceHistory, _ call: CallID, thread: UInt32 = 1, at start: UInt64, took: UInt64,
        words: [UInt32], object: UInt32 = 0, errno: Errno = .success, result: UInt32? = nil, payload: [UInt8] = [],
        changes: [ReadinessChange] = []
    ) {
        var record = TraceRecord()
        record.call = call.rawValue
        record.start = start
        record.duration = took
        record.errno = errno.rawValue
        record.objects = (object, 0)
        if let result {
            record.result = result
            record.flags = TraceRecord.Flags.hasResult
        }
        if call == .epollWait { record.flags |= TraceRecord.Flags.waited }
        var payload = payload
        if !changes.isEmpty {
            record.flags |= TraceRecord.Flags.hasChanges
            let bytes = changes.withUnsafeBytes { Array($0) }
            payload += [PayloadChunk.changes, UInt8(bytes.count), 0, 0, UInt8(changes.count), 0, 0, 0] + bytes
        }
        withUnsafeMutableBytes(of: &record.words) { bytes in words.withUnsafeBytes { bytes.copyMemory(from: $0) } }
        payload.withUnsafeBytes {
            history.append(record, payload: $0, process: .initial, thread: ThreadID(rawValue: thread))
        }
    }

    static func appendGap(to history: inout TraceHistory, thread: UInt32, at start: UInt64, took: UInt64, lost: UInt32)
    {
        var record = TraceRecord()
        record.kind = RecordKind.gap.rawValue
        record.start = start
        record.duration = took
        record.result = lost
        history.append(
            record, payload: UnsafeRawBufferPointer(start: nil, count: 0), process: .initial,
            thread: ThreadID(rawValue: thread))
    }

    /// One `epoll_event` as captured behind argument 1, and the descriptor number that it is of.
    static func event(_ events: EpollEvents, data: UInt64, fd: UInt8, edge: UInt16 = 0) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: EpollEventLayout.size)
        bytes.withUnsafeMutableBytes {
            $0.storeBytes(of: events.rawValue.littleEndian, toByteOffset: EpollEventLayout.events, as: UInt32.self)
            $0.storeBytes(of: data.littleEndian, toByteOffset: EpollEventLayout.data2, as: UInt64.self)
        }
        return [PayloadChunk.reported, 8, 0, 0, 1, 0, 0, 0, fd, 0, 0, 0, UInt8(edge & 0xff), UInt8(edge >> 8), 0, 0]
            + [1, UInt8(bytes.count), 0, 0, 1, 0, 0, 0] + bytes
    }

    static func fillTrace(_ state: inout ModelState) {
        let base: UInt64 = 102_401_000_000
        let wait: [UInt32] = [4, 0x1000, 64, .max, .max, 0x2000]
        for step in 0..<40 {
            let at = base + UInt64(step) * 500_000
            let payload = event(.out, data: 9, fd: 9)
            append(
                to: &state.trace, .epollWait, at: at, took: 9000, words: wait, object: 14, result: 1, payload: payload)
            append(
                to: &state.waits, .epollWait, at: at, took: 9000, words: wait, object: 14, result: 1, payload: payload)
            append(
                to: &state.trace, .fdWrite, at: at + 100_000, took: 4000, words: [9, 0x3000, 1, 0x4000], object: 19,
                result: 512)
            append(
                to: &state.trace, .sockRecv, at: at + 200_000, took: 1000, words: [9, 0x3000, 1, 0, 0x4000, 0x5000],
                object: 19, errno: .again)
        }
        appendGap(to: &state.trace, thread: 3, at: base + 20_100_000, took: 12_300_000, lost: 1204)
        // Another thread writes to the counter, and the loop hears of it.
        var change = ReadinessChange()
        change.instance = 14
        change.object = 15
        change.fd = 5
        change.edge = 977
        change.events = EpollEvents.in.rawValue
        var spent = change
        spent.object = 17
        spent.fd = 7
        spent.edge = 18
        spent.reason = .edgeSpent
        let frames = StackBytes.of([
            GuestFrame(function: "notify", functionOffset: 62, moduleOffset: 5218, file: "src/wake.c", line: 41),
            GuestFrame(function: "worker", functionOffset: 12, moduleOffset: 6010),
        ])
        let stack = [PayloadChunk.stack, UInt8(frames.count), 0, 0, 0, 0, 0, 0] + frames
        append(
            to: &state.trace, .fdWrite, thread: 2, at: base + 21_000_000, took: 3000, words: [5, 0x3000, 1, 0x4000],
            object: 15, result: 8, payload: stack, changes: [change])
        append(
            to: &state.trace, .epollWait, at: base + 21_010_000, took: 9000, words: wait, object: 14, result: 1,
            payload: event(.in, data: 5, fd: 5, edge: 977), changes: [spent])
        append(
            to: &state.trace, .fdRead, thread: 3, at: base + 22_000_000, took: 2000, words: [7, 0x3000, 1, 0x4000],
            object: 17, result: 4096)
    }
}
