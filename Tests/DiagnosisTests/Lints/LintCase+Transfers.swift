import Diagnosis
import Model
import Trace
import WasixABI

/// What was read and written, and what was not.
extension LintCase {
    private static func state(
        _ threads: ThreadRow..., with descriptors: [DescriptorRow] = [Fixture.descriptor(7, .tcp)],
        items: [ItemRow] = [], after calls: [RecordedCall] = [], for milliseconds: UInt64 = 1000
    ) -> @Sendable () -> Story {
        {
            .of(threads.isEmpty ? [Fixture.running(1), Fixture.running(2)] : threads, descriptors, items) {
                for call in calls { $0.calls(call) }
                $0.look(for: milliseconds)
            }
        }
    }

    private static func times(_ count: Int, _ calls: RecordedCall...) -> [RecordedCall] {
        [[RecordedCall]](repeating: calls, count: count).flatMap { $0 }
    }

    private static let poller = Fixture.thread(1, .pollOneoff)
    private static let asked = Fixture.row(7, .notReady, ready: [], mask: [.in, .out])

    static let transfers: [LintCase] = unheard + unfinished + races + accepts

    private static let counter = [Fixture.descriptor(8, .eventCounter, count: 1)]

    private static let unheard: [LintCase] = [
        .fires(.eventNoWaiter, "an eventfd", state(with: counter, after: [.write(8)])),
        .fires(.eventNoWaiter, "a pipe", state(with: Fixture.pipe(5, 6, used: 3), after: [.write(6)])),
        .silent(.eventNoWaiter, "for a moment", state(with: counter, after: [.write(8)], for: 900)),
        .silent(
            .eventNoWaiter, "it is watched",
            state(with: [Fixture.descriptor(8, .eventCounter, count: 1, watchedBy: [4])])),
        .silent(
            .eventNoWaiter, "a duplicate is watched",
            state(with: counter, items: [Fixture.row(8, .reportedLevel, ready: .in, mask: .in, kind: .eventCounter)])),
        .silent(.eventNoWaiter, "nothing is there", state(with: [Fixture.descriptor(8, .eventCounter, count: 0)])),
        .silent(.eventNoWaiter, "a thread reads it", state(Fixture.thread(1, .fdRead, fd: 8), with: counter)),
        .silent(.eventNoWaiter, "a thread that has read it before", state(with: counter, after: [.read(8)])),
        .silent(.eventNoWaiter, "a thread polls", state(poller, with: counter)),
    ]

    private static let short = RecordedCall.write(7, asked: 100, taken: 60)

    private static let unfinished: [LintCase] = [
        .fires(.shortWriteLost, "nothing was written since", state(after: [short])),
        .silent(.shortWriteLost, "for a moment", state(after: [short], for: 900)),
        .silent(.shortWriteLost, "the rest was written", state(after: [short, .write(7, asked: 40, taken: 40)])),
        .silent(.shortWriteLost, "all was taken", state(after: [.write(7, asked: 100, taken: 100)])),
        .silent(.shortWriteLost, "room is asked for", state(items: [asked], after: [short])),
        .silent(.shortWriteLost, "a thread polls", state(poller, after: [short])),
        .silent(.shortWriteLost, "it was closed", state(after: [short, .close(7)])),
        .silent(.shortWriteLost, "records were lost", { losing(short) }),

        .fires(.unwatchedNonblock, "nobody waits for it", state(after: [.read(7, errno: .again)])),
        .silent(.unwatchedNonblock, "for a moment", state(after: [.read(7, errno: .again)], for: 900)),
        .silent(.unwatchedNonblock, "it is watched", state(items: [asked], after: [.read(7, errno: .again)])),
        .silent(.unwatchedNonblock, "it was read since", state(after: [.read(7, errno: .again), .read(7)])),
        .silent(.unwatchedNonblock, "a thread polls", state(poller, after: [.read(7, errno: .again)])),
        .silent(
            .unwatchedNonblock, "another thread reads it",
            state(Fixture.running(1), Fixture.thread(2, .fdRead, fd: 7), after: [.read(7, errno: .again)])),
        .silent(
            .unwatchedNonblock, "the thread has ended",
            state(Fixture.thread(1, nil, state: .ended), Fixture.running(2), after: [.read(7, errno: .again)])),
        .silent(.unwatchedNonblock, "records were lost", { losing(.read(7, errno: .again)) }),
    ]

    /// What ended it may be among the records that were lost.
    private static func losing(_ call: RecordedCall) -> Story {
        .of([Fixture.running(1)], [Fixture.descriptor(7, .tcp)]) {
            $0.calls(call)
            $0.look()
            $0.state.loss.dropped += 1
            $0.look(for: 2000)
        }
    }

    /// Two loops that are both told of a connection; T1 takes it.
    private static let herd: [RecordedCall] = [
        .wait([7]), .wait([7], on: 5, thread: 2), .accept(7, 20), .accept(7, nil, thread: 2),
    ]
    private static let empty: [RecordedCall] = [.wait([7]), .read(7, errno: .again)]
    private static let useful: [RecordedCall] = [.wait([7]), .read(7)]

    private static let races: [LintCase] = [
        .fires(
            .thunderingHerd, "two loops, one connection",
            state(with: [Fixture.descriptor(7, .tcpListener)], after: (0..<10).flatMap { _ in herd })),
        .silent(
            .thunderingHerd, "nine times",
            state(with: [Fixture.descriptor(7, .tcpListener)], after: (0..<9).flatMap { _ in herd })),
        .silent(
            .thunderingHerd, "one thread that looks once too often", state(after: (0..<30).flatMap { _ in empty })),

        .fires(.spuriousEvents, "each first read is empty", state(after: (0..<20).flatMap { _ in empty })),
        .silent(.spuriousEvents, "few", state(after: (0..<19).flatMap { _ in empty })),
        .silent(
            .spuriousEvents, "one in five",
            state(after: (0..<4).flatMap { _ in empty + useful + useful + useful + useful })),
        .silent(
            .spuriousEvents, "read until nothing is left",
            state(after: (0..<30).flatMap { _ in useful + [.read(7, errno: .again)] })),
    ]

    private static func listener(
        _ used: UInt64, held: UInt64 = 5000, _ calls: [RecordedCall] = [], reason: ReasonCode = .notInMask
    ) -> @Sendable () -> Story {
        state(
            with: [Fixture.descriptor(7, .tcpListener, used: used, watchedBy: [4])],
            items: [Fixture.row(7, reason, ready: .in, held: held, unread: used, kind: .tcpListener)],
            after: calls, for: 0)
    }

    private static let accepts: [LintCase] = [
        .fires(.acceptStarved, "nobody accepts", listener(3)),
        .silent(.acceptStarved, "for a second", listener(3, held: 1000)),
        .silent(.acceptStarved, "none is waiting", listener(0)),
        .silent(.acceptStarved, "one was just accepted", listener(3, [.accept(7, 20)])),
        .silent(.acceptStarved, "its edge is spent, which is told already", listener(3, reason: .edgeSpent)),
        .silent(.acceptStarved, "its one-shot is spent, which is told already", listener(3, reason: .oneShotSpent)),
    ]
}
