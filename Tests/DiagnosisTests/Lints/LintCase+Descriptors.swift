import Diagnosis
import Model
import Trace
import WasixABI

/// Descriptors that are never closed, and calls whose failure goes unseen.
extension LintCase {
    /// A second apart: how many sockets are open, and how many descriptors were closed so far.
    private static func sockets(
        _ counts: [Int], closes: [UInt64] = [], watchedBy: [UInt32] = [], ready: EpollEvents = []
    ) -> @Sendable () -> Story {
        {
            .of { story in
                for (index, count) in counts.enumerated() {
                    while story.state.descriptors.count < count {
                        let fd = 20 + UInt32(story.state.descriptors.count)
                        var row = Fixture.descriptor(fd, .tcp, watchedBy: watchedBy)
                        row.mark.firstSeen = story.state.now
                        row.descriptor.ready = ready
                        story.state.descriptors.append(row)
                    }
                    var statistics = CallStatistics(call: .fdClose)
                    statistics.calls = closes.indices.contains(index) ? closes[index] : 0
                    story.state.calls = [statistics]
                    story.look()
                    story.pass(1000)
                }
            }
        }
    }

    private static func after(_ calls: RecordedCall...) -> @Sendable () -> Story {
        {
            .of { story in
                for call in calls { story.calls(call) }
                story.look()
            }
        }
    }

    /// A guest that asked for a call and got these answers.
    private static func asked(_ errors: [CallStatistics.ErrorCount]) -> @Sendable () -> Story {
        {
            .of {
                var statistics = CallStatistics(call: .procFork)
                statistics.calls = 7
                statistics.errorCounts = errors
                $0.state.calls = [statistics]
                $0.look()
            }
        }
    }

    private static let refused = RecordedCall.control(7, .in, errno: .exist)

    static let descriptors: [LintCase] = [
        .fires(.fdLeak, "ever more, none closed", sockets([10, 30, 50, 70])),
        .fires(.fdLeak, "few are closed", sockets([10, 30, 50, 70], closes: [100, 101, 102, 103])),
        .fires(
            .fdLeak, "many are closed, but of those that are left the peers have gone",
            sockets([10, 50, 80, 90], closes: [0, 20, 40, 60], ready: [.in, .rdhup])),
        .silent(.fdLeak, "as many are closed", sockets([10, 30, 50, 70], closes: [0, 20, 40, 60])),
        .silent(.fdLeak, "a pool", sockets([100, 100, 100, 100, 100])),
        .silent(.fdLeak, "a pool that was filled at once", sockets([10, 50, 50, 50, 50, 50])),
        .silent(.fdLeak, "few", sockets([1, 10, 20, 30])),
        .silent(.fdLeak, "all are watched", sockets([10, 30, 50, 70], watchedBy: [4])),

        .fires(.ctlErrorUnseen, "it waits", after(refused, .wait())),
        .fires(
            .ctlErrorUnseen, "it sleeps in a wait",
            {
                .of {
                    $0.calls(refused)
                    $0.state.threads = [Fixture.thread(1, .epollWait, fd: 4)]
                    $0.state.threads[0].thread.blockedSince = $0.state.now + 1
                    $0.pass(1)
                    $0.look()
                }
            }),
        .silent(.ctlErrorUnseen, "it has not waited", after(refused)),
        .silent(.ctlErrorUnseen, "another thread waits", after(refused, .wait(thread: 2))),
        .silent(.ctlErrorUnseen, "it did something else for it", after(refused, .control(7, .out), .wait())),
        .silent(.ctlErrorUnseen, "it waits for another instance", after(refused, .wait(on: 5))),
        .silent(.ctlErrorUnseen, "it was closed", after(refused, .close(7), .wait())),
        .silent(.ctlErrorUnseen, "the instance was closed", after(refused, .close(4), .wait())),
        .silent(
            .ctlErrorUnseen, "what was to be deleted was gone", after(.control(7, nil, errno: .badf), .wait())),
        .silent(.ctlErrorUnseen, "success", after(.control(7, .in), .wait())),

        .fires(.userDataRewritten, "the low half is 0", after(.control(7, .in, data: 1 << 32))),
        .fires(.userDataRewritten, "more than 32 bits", after(.control(7, .in, data: 1 << 32 | 7))),
        .silent(.userDataRewritten, "the number", after(.control(7, .in))),
        .silent(.userDataRewritten, "zero", after(.control(7, .in, data: 0))),
        .silent(
            .userDataRewritten, "it was registered anew",
            after(.control(7, .in, data: 1 << 32), .control(7, .in))),

        .fires(.staleUserData, "the number was closed", after(.wait([7]), .read(7, errno: .badf, of: ObjectID.none))),
        .fires(
            .staleUserData, "the number stands for something else",
            after(.control(7, .in), .wait([7]), .read(7, of: Fixture.object(8)))),
        .fires(
            .staleUserData, "it is accepted from",
            after(.wait([7]), RecordedCall(.sockAcceptV2, [7, 0, 0x100, 0x200], errno: .badf))),
        .silent(.staleUserData, "as it was registered", after(.control(7, .in), .wait([7]), .read(7))),
        .silent(
            .staleUserData, "it was made anew since",
            after(.control(7, .in), .wait([7]), .accept(9, 7), .read(7, of: Fixture.object(8)))),
        .silent(
            .staleUserData, "no event named it", after(.wait([9]), .read(7, errno: .badf, of: ObjectID.none))),
        .silent(
            .staleUserData, "another thread uses it",
            after(.wait([7]), .read(7, thread: 2, errno: .badf, of: ObjectID.none))),

        .fires(.missingCall, "NOSYS", asked([.init(errno: .again, count: 3), .init(errno: .nosys, count: 4)])),
        .fires(.missingCall, "NOTSUP of the module", asked([.init(errno: .notsup, count: 4)])),
        .silent(.missingCall, "another answer", asked([.init(errno: .again, count: 7)])),
        .silent(.missingCall, "success", asked([])),
    ]
}
