import Diagnosis
import Model
import Trace
import WasixABI

/// Registrations: what is there and is not told, told and not handled, told without end.
extension LintCase {
    /// A loop that waits on one registration.
    private static func loop(_ row: ItemRow, count: UInt64 = 1) -> @Sendable () -> Story {
        {
            .of(
                [Fixture.thread(1, .epollWait, fd: 4), Fixture.running(2)],
                [Fixture.descriptor(row.item.fd.rawValue, row.item.kind, used: row.unread)], [row])
        }
    }

    private static let oneShot: EpollEvents = [.in, .oneshot]
    private static let gone: EpollEvents = [.in, .rdhup]

    static let registrations: [LintCase] = [
        .fires(.etNotDrained, "bytes behind an edge", loop(Fixture.row(7, .edgeSpent, ready: .in))),
        .fires(
            .etNotDrained, "connections behind an edge",
            loop(Fixture.row(7, .edgeSpent, ready: .in, unread: 3, kind: .tcpListener))),
        .silent(
            .etNotDrained, "room to write", loop(Fixture.row(7, .edgeSpent, ready: .out, mask: [.in, .out, .et]))),
        .silent(.etNotDrained, "a moment ago", loop(Fixture.row(7, .edgeSpent, ready: .in, held: 249))),
        .silent(
            .etNotDrained, "the loop has not come back",
            loop(Fixture.row(7, .edgeSpent, ready: .in, isLoopBack: false))),
        .silent(
            .etNotDrained, "a waker that is never read",
            loop(Fixture.row(7, .edgeSpent, ready: .in, kind: .eventCounter))),

        .fires(.oneshotNotRearmed, "bytes", loop(Fixture.row(7, .oneShotSpent, ready: .in, mask: oneShot))),
        .silent(
            .oneshotNotRearmed, "a worker has it",
            loop(Fixture.row(7, .oneShotSpent, ready: .in, mask: oneShot, held: 999))),
        .silent(
            .oneshotNotRearmed, "nothing is there",
            loop(Fixture.row(7, .oneShotSpent, ready: [], mask: oneShot, unread: 0))),

        .fires(.peerGoneStillOpen, "all was read", loop(Fixture.row(7, .edgeSpent, ready: gone, unread: 0))),
        .silent(
            .peerGoneStillOpen, "it has just gone",
            loop(Fixture.row(7, .edgeSpent, ready: gone, held: 900, unread: 0))),
        .silent(.peerGoneStillOpen, "bytes are left", loop(Fixture.row(7, .edgeSpent, ready: gone, unread: 3))),

        .fires(
            .hupNotClosed, "still watched",
            loop(Fixture.row(7, .reportedLevel, ready: gone, mask: .in, unread: 0))),
        .silent(
            .hupNotClosed, "a moment ago",
            loop(Fixture.row(7, .reportedLevel, ready: gone, mask: .in, held: 4900, unread: 0))),
        .silent(.hupNotClosed, "bytes are left", loop(Fixture.row(7, .reportedLevel, ready: gone, mask: .in))),
        .silent(
            .hupNotClosed, "half closed, and its own half goes on",
            {
                .of(
                    [Fixture.thread(1, .epollWait, fd: 4)], [Fixture.descriptor(7, .tcp)],
                    [Fixture.row(7, .reportedLevel, ready: gone, mask: .in, unread: 0)]
                ) {
                    for _ in 0..<60 {
                        $0.calls(.write(7))
                        $0.pass(100)
                        $0.look()
                    }
                }
            }),

        .fires(.ghostItem, "reported", loop(Fixture.row(7, .reportedLevel, ready: .in, isGhost: true))),
        .fires(.ghostItem, "silent", loop(Fixture.row(7, .notReady, ready: [], isGhost: true, reports: 0))),
        .silent(
            .ghostItem, "a close that is under way",
            loop(Fixture.row(7, .notReady, ready: [], held: 200, isGhost: true, reports: 0))),
        .silent(.ghostItem, "its own number", loop(Fixture.row(7, .reportedLevel, ready: .in))),
    ]
}

extension LintCase {
    /// A registration that is reported `rate` times a second for two seconds.
    private static func reported(
        _ rate: UInt64, as events: EpollEvents, first: EpollEvents? = nil, last: EpollEvents? = nil,
        kind: ObjectKind = .tcp,
        between: @escaping @Sendable (inout Story) -> Void = { _ in }
    ) -> @Sendable () -> Story {
        {
            .of([Fixture.running(1)], [Fixture.descriptor(7, kind)], []) { story in
                for tenth in 0...UInt64(20) {
                    let events = tenth == 20 ? last ?? events : events
                    let reported = tenth == 0 ? first ?? events : events
                    let row = Fixture.row(
                        7, .reportedLevel, ready: events, mask: [.in, .out], kind: kind, lastReported: reported,
                        reports: 3 + tenth * rate / 10)
                    story.state.epolls = [Fixture.instance([row])]
                    story.look()
                    between(&story)
                    story.pass(100)
                }
            }
        }
    }

    private static func crowded(_ waits: UInt64) -> @Sendable () -> Story {
        {
            .of {
                $0.state.epolls = [Fixture.instance([], crowdedWaits: waits)]
                $0.look()
            }
        }
    }

    static let storms: [LintCase] = [
        .fires(.ltStorm, "nothing touches it", reported(1000, as: .in)),
        .fires(.ltStorm, "first seen before it was reported", reported(1000, as: .in, first: [])),
        .fires(.ltStorm, "reported as something else before", reported(1000, as: .in, first: .out)),
        .silent(.ltStorm, "now and then", reported(40, as: .in)),
        .silent(.ltStorm, "it is read", reported(1000, as: .in) { $0.calls(.read(7)) }),
        .silent(
            .ltStorm, "bytes go through it",
            reported(1000, as: .in) { $0.state.descriptors[0].descriptor.bytesIn += 1 }),
        .silent(.ltStorm, "an inner instance", reported(1000, as: .in, kind: .epoll)),
        .silent(.ltStorm, "room to write", reported(1000, as: .out)),
        .fires(
            .ltStorm, "records were lost, but no byte moved", reported(1000, as: .in) { $0.state.loss.dropped += 1 }),
        .silent(
            .ltStorm, "records of a listener were lost",
            reported(1000, as: .in, kind: .tcpListener) { $0.state.loss.dropped += 1 }),

        .fires(.writableAlways, "nothing is written", reported(1000, as: .out)),
        .silent(.writableAlways, "it is written", reported(1000, as: .out) { $0.calls(.write(7)) }),
        .silent(.writableAlways, "something to read", reported(1000, as: .in)),
        .fires(.writableAlways, "something has just come", reported(1000, as: .out, last: [.in, .out])),
        .silent(.ltStorm, "something has just come", reported(1000, as: .out, last: [.in, .out])),

        .fires(.waitOrderStarvation, "twenty full arrays", crowded(20)),
        .silent(.waitOrderStarvation, "now and then", crowded(19)),
    ]
}
