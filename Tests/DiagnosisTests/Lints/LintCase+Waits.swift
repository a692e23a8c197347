import Diagnosis
import Model
import Trace
import WasixABI

/// Threads that nothing will wake.
extension LintCase {
    private static func state(
        _ threads: ThreadRow..., with descriptors: [DescriptorRow] = [], items: [ItemRow]? = nil,
        after calls: [RecordedCall] = [], for milliseconds: UInt64 = 0
    ) -> @Sendable () -> Story {
        {
            .of(threads, descriptors, items) {
                for call in calls { $0.calls(call) }
                $0.look(for: milliseconds)
            }
        }
    }

    private static let loop = Fixture.thread(1, .epollWait, fd: 4)
    private static let listener = Fixture.row(7, .notReady, ready: [], mask: .in, kind: .tcpListener)
    /// T1 writes a pipe that is full and that T2 reads; T2 waits for a lock.
    private static let writer = Fixture.thread(1, .fdWrite, fd: 6)
    private static let full = Fixture.pipe(5, 6, used: 65_536)

    private static func sleeper(missed waker: UInt32?, deadline: UInt64? = nil) -> ThreadRow {
        var row = Fixture.thread(1, .futexWait, words: [0x100, 1], deadline: deadline)
        row.thread.missedWake = waker.map { MissedWake(thread: ThreadID(rawValue: $0), at: Fixture.ago(5010)) }
        return row
    }

    static let waits: [LintCase] = emptyLists + circles + standstills + wakeUps + wakers

    private static let emptyLists: [LintCase] = [
        .fires(.nothingCanWake, "an empty list", state(loop, items: [])),
        .fires(
            .nothingCanWake, "all one-shot and spent",
            state(loop, items: [Fixture.row(7, .oneShotSpent, ready: [], mask: [.in, .oneshot], unread: 0)])),
        .fires(.nothingCanWake, "the other thread waits for it", state(loop, Fixture.joiner(2, of: 1), items: [])),
        .silent(.nothingCanWake, "another thread runs", state(loop, Fixture.running(2), items: [])),
        .silent(
            .nothingCanWake, "another thread wakes in time",
            state(loop, Fixture.thread(2, .threadSleep, deadline: Fixture.now + 1), items: [])),
        .silent(
            .nothingCanWake, "a timeout",
            state(Fixture.thread(1, .epollWait, fd: 4, deadline: Fixture.now + 1), items: [])),
        .silent(.nothingCanWake, "a listener", state(loop, items: [listener])),
        .silent(.nothingCanWake, "for a moment", state(Fixture.thread(1, .epollWait, fd: 4, for: 900), items: [])),
    ]

    private static let circles: [LintCase] = [
        .fires(
            .waitCycle, "two that join each other",
            state(Fixture.joiner(1, of: 2), Fixture.joiner(2, of: 1), Fixture.running(3))),
        .fires(
            .waitCycle, "a full pipe whose reader waits for a lock",
            state(
                writer, Fixture.sleeper(2, on: 0x100, expecting: 2), Fixture.running(3), with: full,
                after: [.read(5, thread: 2)])),
        .silent(
            .waitCycle, "a full pipe whose reader waits for a word",
            state(
                writer, Fixture.sleeper(2, on: 0x100, expecting: 1), Fixture.running(3), with: full,
                after: [.read(5, thread: 2)])),
        .silent(
            .waitCycle, "a lock for two seconds",
            state(
                writer, Fixture.sleeper(2, on: 0x100, expecting: 2, for: 2000), Fixture.running(3), with: full,
                after: [.read(5, thread: 2)])),
        .silent(
            .waitCycle, "a client and a server with nothing to say",
            state(
                loop, Fixture.thread(2, .fdRead, fd: 6), with: Fixture.pair(5, 6),
                items: [Fixture.row(5, .notReady, ready: [], kind: .socketPair)],
                after: [.write(5), .write(6, thread: 2)])),
        .silent(
            .waitCycle, "a timeout",
            state(
                Fixture.joiner(1, of: 2), Fixture.thread(2, .threadJoin, words: [1], deadline: Fixture.now + 1))),
    ]

    private static let standstills: [LintCase] = [
        .fires(
            .allBlocked, "two on words nobody has woken",
            state(Fixture.sleeper(1, on: 0x100), Fixture.sleeper(2, on: 0x200))),
        .fires(.allBlocked, "the only thread", state(Fixture.sleeper(1, on: 0x100))),
        .silent(.allBlocked, "a listener", state(loop, Fixture.joiner(2, of: 1), items: [listener])),
        .silent(.allBlocked, "another thread runs", state(Fixture.sleeper(1, on: 0x100), Fixture.running(2))),
        .silent(
            .allBlocked, "for a moment",
            state(Fixture.sleeper(1, on: 0x100), Fixture.sleeper(2, on: 0x200, for: 900))),

        .fires(.selfPipeFull, "no other thread has read it", state(writer, with: full)),
        .fires(
            .selfPipeFull, "only the writer reads it", state(writer, Fixture.running(2), with: full, after: [.read(5)])
        ),
        .silent(
            .selfPipeFull, "another thread reads it",
            state(writer, Fixture.running(2), with: full, after: [.read(5), .read(5, thread: 2)])),
        .silent(.selfPipeFull, "nobody has read it yet", state(writer, Fixture.running(2), with: full)),

        .fires(
            .writeEndStillOpen, "the only thread reads, and holds the other end",
            state(Fixture.thread(1, .fdRead, fd: 5), with: Fixture.pipe(5, 6))),
        .fires(
            .writeEndStillOpen, "the writer has ended",
            state(
                Fixture.thread(1, .fdRead, fd: 5), Fixture.thread(2, nil, state: .ended), with: Fixture.pipe(5, 6),
                after: [.write(6, thread: 2)])),
        .silent(
            .writeEndStillOpen, "the writer sleeps",
            state(
                Fixture.thread(1, .fdRead, fd: 5), Fixture.sleeper(2, on: 0x100), with: Fixture.pipe(5, 6),
                after: [.write(6, thread: 2)])),
        .silent(
            .writeEndStillOpen, "a timeout",
            state(Fixture.thread(1, .fdRead, fd: 5, deadline: Fixture.now + 1), with: Fixture.pipe(5, 6))),
    ]

    private static let wakeUps: [LintCase] = [
        .fires(.lostWakeup, "by another thread", state(sleeper(missed: 2), Fixture.running(2))),
        .silent(.lostWakeup, "by itself", state(sleeper(missed: 1), Fixture.running(2))),
        .silent(.lostWakeup, "none", state(sleeper(missed: nil), Fixture.running(2))),
        .silent(
            .lostWakeup, "a timeout", state(sleeper(missed: 2, deadline: Fixture.now + 1), Fixture.running(2))),
    ]

    private static func counter(watchedBy: [UInt32] = []) -> [DescriptorRow] {
        [Fixture.descriptor(8, .eventCounter, count: 1, watchedBy: watchedBy), Fixture.descriptor(7, .tcpListener)]
    }

    private static let wakers: [LintCase] = [
        .fires(
            .guestBuiltWithoutWaker, "an eventfd that no list has",
            state(loop, Fixture.running(2), with: counter(), items: [listener], after: [.write(8, thread: 2)])),
        .fires(
            .guestBuiltWithoutWaker, "wake-ups of a word on which nobody ever slept",
            state(
                loop, Fixture.running(2), items: [listener],
                after: [.wake(0x100, thread: 2), .wake(0x100, thread: 2), .wake(0x100, thread: 2)], for: 1000)),
        .fires(
            .guestBuiltWithoutWaker, "one wake-up, and nothing else can come",
            state(loop, Fixture.sleeper(2, on: 0x200), items: [], after: [.wake(0x100, thread: 2)], for: 1000)),
        .silent(
            .guestBuiltWithoutWaker, "one by a thread that ended with it",
            state(loop, items: [], after: [.wake(0x100, thread: 2)], for: 2000)),
        .silent(
            .guestBuiltWithoutWaker, "a watched eventfd",
            state(
                loop, Fixture.running(2), with: counter(watchedBy: [9]), items: [listener],
                after: [.write(8, thread: 2)])),
        .silent(
            .guestBuiltWithoutWaker, "it wrote it itself",
            state(loop, Fixture.running(2), with: counter(), items: [listener], after: [.write(8)])),
        .silent(
            .guestBuiltWithoutWaker, "two such wake-ups",
            state(
                loop, Fixture.running(2), items: [listener],
                after: [.wake(0x100, thread: 2), .wake(0x100, thread: 2)], for: 2000)),
        .silent(
            .guestBuiltWithoutWaker, "a word on which somebody slept",
            state(
                loop, Fixture.running(2), items: [listener],
                after: [.lock(0x100, took: 1)]
                    + [RecordedCall](repeating: .wake(0x100, thread: 2), count: 5), for: 2000)),
        .silent(
            .guestBuiltWithoutWaker, "the last found somebody",
            state(
                loop, Fixture.running(2), items: [listener],
                after: [RecordedCall](repeating: .wake(0x100, thread: 2), count: 2) + [
                    .wake(0x100, thread: 2, found: true)
                ],
                for: 2000)),
    ]
}
