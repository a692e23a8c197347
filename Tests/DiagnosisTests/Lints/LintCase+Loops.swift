import Diagnosis
import Model
import Trace
import WasixABI

/// Threads that ask too often, take too long or sleep in the wrong place.
extension LintCase {
    /// T1 makes the calls so many times a second, for four seconds.
    private static func steadily(_ perSecond: Int, _ calls: RecordedCall...) -> @Sendable () -> Story {
        {
            .of { story in
                story.look()
                for _ in 0..<40 {
                    let begin = story.state.now
                    for round in 1...perSecond / 10 {
                        for call in calls { story.calls(call) }
                        story.state.now = max(
                            story.state.now, begin + UInt64(round) * 100 * Fixture.millisecond / UInt64(perSecond / 10))
                    }
                    story.look()
                }
            }
        }
    }

    /// A loop that goes round so many times; `body` is what it does between two waits.
    private static func rounds(_ count: Int, _ body: @escaping @Sendable (inout Story) -> Void)
        -> @Sendable () -> Story
    {
        {
            .of { story in
                for _ in 0..<count {
                    story.calls(.wait([7]))
                    body(&story)
                }
                story.calls(.wait([7]))
                story.look()
            }
        }
    }

    /// A loop that goes round so many times, with a call between two waits in which the guest, or its process alone, is paused
    /// for a while.
    private static func pausedRounds(
        _ count: Int, _ call: RecordedCall, alone: Bool = false
    ) -> @Sendable () -> Story {
        {
            .of { story in
                if alone { story.state.processes = [Fixture.process(1, of: 0), Fixture.process(2, of: 1)] }
                for _ in 0..<count {
                    story.calls(.wait([7]))
                    let begin = story.state.now
                    story.pass(100)
                    if alone { story.state.processes[0].isPausedAlone = true } else { story.state.pace = .paused }
                    story.look()
                    if alone { story.state.processes[0].isPausedAlone = false } else { story.state.pace = .free }
                    // It began before the pause, and is over behind it.
                    story.state.now = begin
                    story.calls(call)
                    story.state.now = max(story.state.now, begin + 101 * Fixture.millisecond)
                }
                story.calls(.wait([7]))
                story.look()
            }
        }
    }

    /// T1 has waited for events and now reads from a socket.
    private static func inRead(
        _ others: [ThreadRow] = [], ready: EpollEvents = .in, for milliseconds: UInt64 = 5000, call: CallID = .sockRecv,
        by threads: [UInt32] = [1]
    ) -> @Sendable () -> Story {
        {
            let item = Fixture.row(
                7, ready.isEmpty ? .notReady : .reportedLevel, ready: ready, mask: [.in, .out], kind: .tcpListener)
            let reader = Fixture.thread(1, call, fd: 9, for: milliseconds)
            let descriptors = [Fixture.descriptor(9, .tcp), Fixture.descriptor(7, .tcpListener)]
            return .of([reader] + others, descriptors, [item]) { story in
                for thread in threads { story.calls(.wait([7], thread: thread)) }
                story.look()
            }
        }
    }

    static let loops: [LintCase] = rates + interruptions + clamps + ticks

    private static let rates: [LintCase] = [
        .fires(.busyPoll, "waits without a timeout", steadily(1500, .wait(timeout: 0))),
        .fires(.busyPoll, "polls that do not wait", steadily(1500, .poll([7]))),
        .silent(.busyPoll, "not so often", steadily(900, .wait(timeout: 0))),
        .silent(.busyPoll, "some find something", steadily(1000, .wait(timeout: 0), .wait([7], timeout: 0))),
        .silent(.busyPoll, "it works in between", steadily(1500, .wait(timeout: 0), .write(7))),
        .silent(.busyPoll, "waits of a millisecond", steadily(900, .wait(timeout: 1_000_000, took: 1, waited: true))),

        .fires(.pollForMany, "a hundred", steadily(150, .poll((0..<100).map { $0 }, ready: 1))),
        .silent(.pollForMany, "sixty-four", steadily(150, .poll((0..<64).map { $0 }, ready: 1))),
        .silent(.pollForMany, "now and then", steadily(50, .poll((0..<100).map { $0 }, ready: 1))),

        .fires(.sleepLoop, "thread_sleep", steadily(200, .sleep(1))),
        .fires(.sleepLoop, "poll_oneoff with a clock alone", steadily(200, .poll([nil], ready: 1, took: 1))),
        .silent(.sleepLoop, "it works in between", steadily(200, .sleep(1), .write(7))),
        .silent(.sleepLoop, "longer", steadily(150, .sleep(6))),
        .silent(.sleepLoop, "now and then", steadily(50, .sleep(1))),
        .silent(.sleepLoop, "a clock beside a descriptor", steadily(200, .poll([nil, 7], took: 1, waited: true))),
    ]

    private static let interruptions: [LintCase] = [
        .fires(.eintrStorm, "a timer of ten milliseconds", steadily(100, .wait(took: 9, errno: .intr, waited: true))),
        .silent(.eintrStorm, "now and then", steadily(40, .wait(took: 9, errno: .intr, waited: true))),
        .silent(.eintrStorm, "other failures", steadily(100, .wait(errno: .badf))),
        .silent(.eintrStorm, "waits that find something", steadily(100, .wait([7], took: 9, waited: true))),
        .silent(
            .eintrStorm, "long ago",
            {
                .of { story in
                    story.look()
                    story.repeated(40, every: 10, .wait(took: 9, errno: .intr, waited: true))
                    story.look(for: 3000)
                }
            }),
    ]

    private static let full = RecordedCall.wait((0..<64).map { $0 })

    private static func waits(_ calls: [RecordedCall]) -> @Sendable () -> Story {
        {
            .of { story in
                for call in calls { story.calls(call) }
                story.look()
            }
        }
    }

    private static let clamps: [LintCase] = [
        .fires(.waitClamped, "eleven full waits", waits([RecordedCall](repeating: full, count: 11))),
        .silent(.waitClamped, "nine full waits", waits([RecordedCall](repeating: full, count: 9))),
        .silent(.waitClamped, "one that was not", waits([RecordedCall](repeating: full, count: 20) + [.wait([7])])),
        .silent(
            .waitClamped, "eight of eight",
            waits([RecordedCall](repeating: .wait((0..<8).map { $0 }, most: 8), count: 20))),
    ]

    /// T1 waits every 40 ms, T2 makes so many calls that only the newest are looked at.
    @Sendable private static func flood() -> Story {
        .of { story in
            for _ in 0..<6 {
                story.calls(.wait([7]))
                story.pass(40)
                story.calls(.wait([7]))
                for _ in 0..<4500 { story.calls(.read(9, thread: 2, took: 0.008)) }
                story.calls(.wait([7]))
                story.look()
            }
        }
    }

    private static let ticks: [LintCase] = [
        .fires(.slowHandler, "it computes", rounds(6) { $0.pass(60) }),
        .fires(
            .slowHandler, "it computes as long as it sleeps",
            rounds(6) {
                $0.calls(.lock(0x100, took: 60))
                $0.pass(60)
            }),
        .fires(.slowHandler, "a call that takes long", rounds(6) { $0.calls(.read(7, took: 60)) }),
        .silent(.slowHandler, "fast", rounds(6) { $0.pass(40) }),
        .silent(.slowHandler, "it sleeps", rounds(6) { $0.calls(.lock(0x100, took: 60)) }),
        .silent(.slowHandler, "twice", rounds(3) { $0.pass(60) }),
        .silent(
            .slowHandler, "waits in between were lost",
            rounds(6) {
                $0.pass(60)
                $0.calls(.gap())
            }),
        .silent(.slowHandler, "waits in between are too many to be looked at", flood),
        .silent(
            .slowHandler, "rarely",
            rounds(60) { if $0.state.trace.total % 20 == 0 { $0.pass(60) } }),

        .fires(.blockingCallInLoop, "a read", rounds(10) { $0.calls(.read(9, took: 20, waited: true)) }),
        .fires(.blockingCallInLoop, "a lock", rounds(10) { $0.calls(.lock(0x100, took: 20)) }),
        .fires(.blockingCallInLoop, "a sleep", rounds(10) { $0.calls(.sleep(20)) }),
        .silent(
            .blockingCallInLoop, "the guest was paused meanwhile", pausedRounds(12, .read(9, took: 20, waited: true))),
        .silent(.slowHandler, "the guest was paused meanwhile", pausedRounds(6, .read(9, took: 1))),
        .silent(
            .blockingCallInLoop, "its process alone was paused",
            pausedRounds(12, .read(9, took: 20, waited: true), alone: true)),
        .silent(.slowHandler, "its process alone was paused", pausedRounds(6, .read(9, took: 1), alone: true)),
        .silent(.blockingCallInLoop, "short", rounds(12) { $0.calls(.read(9, took: 9, waited: true)) }),
        .silent(.blockingCallInLoop, "it did not sleep", rounds(12) { $0.calls(.read(9, took: 20)) }),
        .silent(.blockingCallInLoop, "hardly a loop", rounds(8) { $0.calls(.read(9, took: 20, waited: true)) }),
        .silent(
            .blockingCallInLoop, "twice",
            rounds(10) { if $0.state.trace.total < 4 { $0.calls(.read(9, took: 20, waited: true)) } }),
        .fires(.blockingCallInLoop, "in a read now, while a listener is ready", inRead()),
        .silent(.blockingCallInLoop, "in a read now, and nothing is ready", inRead(ready: [])),
        .silent(.blockingCallInLoop, "in a read now, with room to write alone", inRead(ready: .out)),
        .silent(.blockingCallInLoop, "in a read for a moment", inRead(for: 900)),
        .silent(
            .blockingCallInLoop, "another thread waits for the events", inRead([Fixture.thread(2, .epollWait, fd: 4)])),
        .silent(
            .blockingCallInLoop, "another thread has waited for them before", inRead([Fixture.running(2)], by: [1, 2])),
        .silent(.blockingCallInLoop, "it waits for a thread to end", inRead(call: .threadJoin)),
        .silent(
            .blockingCallInLoop, "no loop",
            {
                .of {
                    for _ in 0..<9 { $0.calls(.read(9, took: 20, waited: true)) }; $0.look()
                }
            }),
    ]
}
