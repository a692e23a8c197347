import Model
import Trace
import WasixABI

extension Fixture {
    /// A thread that writes to a full pipe, whose reader waits for a lock, which the first most likely holds; the main
    /// thread waits for the first one's end.
    static func deadlock() -> ModelState {
        var state = ModelState()
        state.now = now
        state.uptime = now
        let full = QueueLevel(used: 65_536, capacity: 65_536)
        state.descriptors = [
            descriptor(0, .terminal, .path("stdin")),
            descriptor(
                3, .pipeRead, .channel(number: 1, peer: ObjectID(rawValue: 14)), ready: .in, queue: full),
            descriptor(4, .pipeWrite, .channel(number: 1, peer: ObjectID(rawValue: 13)), queue: full),
        ]
        state.names = ObjectNames([ObjectID(rawValue: 13): "pipe#1 r", ObjectID(rawValue: 14): "pipe#1 w"])
        var writer = thread(
            2, .blocked, call: .fdWrite, words: [4, 0x3000, 1, 0x4000], object: 14, since: 5300 * millisecond)
        writer.thread.stack = [
            GuestFrame(function: "submit_job", functionOffset: 0x4c, file: "/src/deadlock.c", line: 37),
            GuestFrame(function: "producer", functionOffset: 0x18, file: "/src/deadlock.c", line: 61),
            GuestFrame(function: "wasi_thread_start", functionOffset: 0x3a),
        ]
        var reader = thread(3, .blocked, call: .futexWait, words: [0x18d0, 2, 0, 0], since: 5200 * millisecond)
        reader.thread.stack = [
            GuestFrame(function: "mutex_lock", functionOffset: 0x12),
            GuestFrame(function: "account_job", functionOffset: 0x12),
        ]
        state.threads = [
            thread(1, .blocked, call: .threadJoin, words: [2], since: 60_000 * millisecond), writer, reader,
        ]
        let base = now - 6000 * millisecond
        for step in 0..<4 {
            let at = base + UInt64(step) * 10 * millisecond
            append(
                to: &state.trace, .fdWrite, thread: 2, at: at, took: 4000, words: [4, 0x3000, 1, 0x4000], object: 14,
                result: 4096)
            append(
                to: &state.trace, .fdRead, thread: 3, at: at + millisecond, took: 2000, words: [3, 0x3000, 1, 0x4000],
                object: 13, result: 4096)
        }
        return state
    }

    /// Nothing is wrong: a server waits for its clients, a timer for its time.
    static func quiet() -> ModelState {
        var state = echo()
        state.trace = TraceHistory()
        state.waits = TraceHistory()
        state.epolls[0].items[3].item.ready = []
        state.epolls[0].items[3].item.reason = .notReady
        state.threads[1] = thread(
            2, .blocked, call: .threadSleep, words: [], since: 800 * millisecond,
            deadline: now + 3200 * millisecond)
        return state
    }
}
