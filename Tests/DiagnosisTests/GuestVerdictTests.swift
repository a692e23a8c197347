import Diagnosis
import Model
import Testing
import Trace
import WasixABI

@Suite struct GuestVerdictTests {
    /// T1 waits for its epoll instance 4 with a socket pair end 3 in it, T2 reads the other end.
    private func stall(
        reason: ReasonCode = .edgeSpent, deadline: UInt64? = nil, for milliseconds: UInt64 = 5000,
        state: ThreadSnapshot.State = .blocked, other kind: ObjectKind? = nil
    ) -> ModelState {
        var descriptors = Fixture.pair(3, 5) + [Fixture.descriptor(4, .epoll)]
        if let kind { descriptors[0] = Fixture.descriptor(3, kind) }
        return Fixture.state(
            [
                Fixture.thread(1, .epollWait, fd: 4, for: 9000, deadline: deadline),
                Fixture.thread(2, .fdRead, fd: 5, for: milliseconds, state: state),
            ],
            descriptors: descriptors,
            epolls: [Fixture.instance([Fixture.row(3, reason, ready: .in, kind: kind ?? .socketPair)])])
    }

    @Test func threadsThatWaitForEachOtherStandStill() {
        let verdict = Fixture.verdict(stall())
        #expect(verdict == .stalled(since: Fixture.ago(5000)))
        #expect(verdict.word == "STALLED")
        #expect(verdict.tone == .attention)
        #expect(verdict.stuckSince == Fixture.ago(5000))
    }

    @Test func aServerThatMayGetAClientIsIdle() {
        for kind in [ObjectKind.tcp, .tcpListener, .udp, .unixListener, .terminal, .hostPipe] {
            let verdict = Fixture.verdict(stall(other: kind))
            #expect(verdict == .idle)
            #expect(verdict.word == "IDLE" && verdict.tone == .faint && verdict.stuckSince == nil)
        }
    }

    @Test func aSpentOneShotIsNoWayOut() {
        #expect(Fixture.verdict(stall(reason: .oneShotSpent, other: .tcp)).word == "STALLED")
    }

    @Test func aTimeoutIsAWayOut() {
        #expect(Fixture.verdict(stall(deadline: Fixture.now + 1)) == .idle)
    }

    @Test func aThreadThatRunsIsAWayOut() {
        #expect(Fixture.verdict(stall(state: .running)) == .running)
    }

    @Test func threadsThatHandOverAreAllAsleepForAMoment() {
        #expect(Fixture.verdict(stall(for: 999)) == .running)
        #expect(Fixture.verdict(stall(for: 1000)) == .stalled(since: Fixture.ago(1000)))
        #expect(Fixture.verdict(stall(for: 999, other: .tcp)) == .running)
        #expect(Fixture.verdict(stall(for: 1000, other: .tcp)) == .idle)
    }

    @Test func whatCannotBeSeenThroughIsNotCalledStuck() {
        for call in [CallID.pollOneoff, .resolve, .sockConnect] {
            #expect(Fixture.verdict(Fixture.state([Fixture.thread(1, call)])) == .idle)
        }
        let sleeper = Fixture.thread(1, .threadSleep, deadline: Fixture.now + 1)
        #expect(Fixture.verdict(Fixture.state([sleeper])) == .idle)
        #expect(Fixture.verdict(Fixture.state([Fixture.thread(1, nil)])) == .idle)
        // The descriptor is closed by now.
        #expect(Fixture.verdict(Fixture.state([Fixture.thread(1, .fdRead, fd: 9)])) == .idle)
    }

    @Test func locksAndJoinsAreWaitsForOthers() {
        let state = Fixture.state([Fixture.joiner(1, of: 2), Fixture.sleeper(2, on: 0x100, for: 2000)])
        #expect(Fixture.verdict(state) == .stalled(since: Fixture.ago(2000)))
    }

    @Test func instancesThatWatchEachOtherAreGoneThroughOnce() {
        let state = Fixture.state(
            [Fixture.thread(1, .epollWait, fd: 4)],
            descriptors: [Fixture.descriptor(4, .epoll), Fixture.descriptor(5, .epoll)],
            epolls: [
                Fixture.instance([Fixture.row(5, .notReady, ready: [], kind: .epoll)], fd: 4),
                Fixture.instance([Fixture.row(4, .notReady, ready: [], epoll: 5, kind: .epoll)], fd: 5),
            ])
        #expect(Fixture.verdict(state).word == "STALLED")
    }

    @Test func aCircleBesideAThreadThatRunsIsPartOfTheGuest() {
        let circle = [Fixture.joiner(1, of: 2, for: 3000), Fixture.joiner(2, of: 1, for: 1000)]
        let verdict = Fixture.verdict(Fixture.state(circle + [Fixture.running(3)]))
        #expect(verdict == .partlyStuck(2, of: 3, since: Fixture.ago(1000)))
        #expect(verdict.word == "2 of 3 STUCK" && verdict.tone == .attention)
        #expect(verdict.stuckSince == Fixture.ago(1000))
        // Who waits for one of them is as stuck as they are.
        let more = Fixture.state(circle + [Fixture.running(3), Fixture.joiner(4, of: 2)])
        #expect(Fixture.verdict(more) == .partlyStuck(3, of: 4, since: Fixture.ago(1000)))
        let young = [circle[0], Fixture.joiner(2, of: 1, for: 999)]
        #expect(Fixture.verdict(Fixture.state(young + [Fixture.running(3)])) == .running)
    }

    @Test func aCircleWithAGuessInItTakesLonger() {
        func verdict(for milliseconds: UInt64) -> GuestVerdict {
            let circle = [
                Fixture.joiner(1, of: 2), Fixture.sleeper(2, on: 0x100, expecting: 2, for: milliseconds),
            ]
            return Fixture.verdict(Fixture.state(circle + [Fixture.running(3)]))
        }
        #expect(verdict(for: 2999) == .running)
        #expect(verdict(for: 3000) == .partlyStuck(2, of: 3, since: Fixture.ago(3000)))
    }

    @Test func anEndSpeaksForItself() {
        var state = ModelState()
        state.guest = .exited(code: 3)
        #expect(Fixture.verdict(state).word == "EXITED 3")
        #expect(Fixture.verdict(state).tone == .trouble)
        state.guest = .exited(code: 0)
        #expect(Fixture.verdict(state).tone == .good)
        state.guest = .signalled(signal: 9)
        #expect(Fixture.verdict(state).word == "SIGNAL 9")
        #expect(Fixture.verdict(state).stuckSince == nil)
    }

    @Test func aGuestWithoutThreadsIsNotStuck() {
        #expect(Fixture.verdict(Fixture.state()) == .running)
    }

    @Test func endedThreadsDoNotCount() {
        let state = Fixture.state([
            Fixture.sleeper(1, on: 0x100, for: 3000), Fixture.thread(2, nil, state: .ended),
        ])
        #expect(Fixture.verdict(state).word == "STALLED")
        let waiting = WaitingThreads(state)
        #expect(waiting.alive == 1 && waiting.waiting == 1)
        #expect(waiting.longest?.thread.rawValue == 1)
    }
}
