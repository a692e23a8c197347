import Diagnosis
import Model
import Testing
import Trace
import WasixABI

@Suite struct GuestVerdictTests {
    /// T1 waits for its epoll instance 4 with a socket pair end 3 in it, T2 reads the other end.
    private func stall(
        _ kind: ObjectKind = .socketPair, reason: ReasonCode = .edgeSpent, deadline: UInt64? = nil,
        for milliseconds: UInt64 = 5000, state: ThreadSnapshot.State = .blocked
    ) -> ModelState {
        Fixture.state(
            [
                Fixture.thread(1, .epollWait, fd: 4, for: 9000, deadline: deadline),
                Fixture.thread(2, .fdRead, fd: 5, for: milliseconds, state: state),
            ],
            descriptors: [
                Fixture.descriptor(3, kind), Fixture.descriptor(4, .epoll), Fixture.descriptor(5, .socketPair),
            ],
            epolls: [Fixture.instance([Fixture.row(3, reason, ready: .in)])])
    }

    @Test func threadsThatWaitForEachOtherStandStill() {
        let verdict = GuestVerdict(stall())
        #expect(verdict == .stalled(since: Fixture.now - 5000 * Fixture.millisecond))
        #expect(verdict.word == "STALLED")
        #expect(verdict.tone == .attention)
    }

    @Test func aServerThatMayGetAClientOnlyWaits() {
        for kind in [ObjectKind.tcp, .tcpListener, .udp, .unixListener, .terminal, .hostPipe] {
            #expect(GuestVerdict(stall(kind)) == .running)
        }
    }

    @Test func aSpentOneShotIsNoWayOut() {
        #expect(GuestVerdict(stall(.tcp, reason: .oneShotSpent)).word == "STALLED")
    }

    @Test func aTimeoutIsAWayOut() {
        #expect(GuestVerdict(stall(deadline: Fixture.now + 1)) == .running)
    }

    @Test func aThreadThatRunsIsAWayOut() {
        #expect(GuestVerdict(stall(state: .running)) == .running)
    }

    @Test func threadsThatHandOverAreAllAsleepForAMoment() {
        #expect(GuestVerdict(stall(for: 900)) == .running)
    }

    @Test func whatCannotBeSeenThroughIsNotCalledStuck() {
        for call in [CallID.pollOneoff, .threadSleep, .resolve, .sockConnect] {
            #expect(GuestVerdict(Fixture.state([Fixture.thread(1, call)])) == .running)
        }
        #expect(GuestVerdict(Fixture.state([Fixture.thread(1, nil)])) == .running)
        // The descriptor is closed by now.
        #expect(GuestVerdict(Fixture.state([Fixture.thread(1, .fdRead, fd: 9)])) == .running)
    }

    @Test func locksAndJoinsAreWaitsForOthers() {
        let state = Fixture.state([Fixture.thread(1, .threadJoin), Fixture.thread(2, .futexWait, for: 2000)])
        #expect(GuestVerdict(state) == .stalled(since: Fixture.now - 2000 * Fixture.millisecond))
    }

    @Test func instancesThatWatchEachOtherAreGoneThroughOnce() {
        let state = Fixture.state(
            [Fixture.thread(1, .epollWait, fd: 4)],
            descriptors: [Fixture.descriptor(4, .epoll), Fixture.descriptor(5, .epoll)],
            epolls: [
                Fixture.instance([Fixture.row(5, .notReady, ready: [])], fd: 4),
                Fixture.instance([Fixture.row(4, .notReady, ready: [])], fd: 5),
            ])
        #expect(GuestVerdict(state).word == "STALLED")
    }

    @Test func anEndSpeaksForItself() {
        var state = ModelState()
        state.guest = .exited(code: 3)
        #expect(GuestVerdict(state).word == "EXITED 3")
        #expect(GuestVerdict(state).tone == .trouble)
        state.guest = .exited(code: 0)
        #expect(GuestVerdict(state).tone == .good)
        state.guest = .signalled(signal: 9)
        #expect(GuestVerdict(state).word == "SIGNAL 9")
    }

    @Test func endedThreadsDoNotCount() {
        let state = Fixture.state([
            Fixture.thread(1, .futexWait, for: 3000), Fixture.thread(2, nil, state: .ended),
        ])
        #expect(GuestVerdict(state).word == "STALLED")
        let waiting = WaitingThreads(state)
        #expect(waiting.alive == 1 && waiting.waiting == 1)
        #expect(waiting.longest?.thread.rawValue == 1)
    }
}
