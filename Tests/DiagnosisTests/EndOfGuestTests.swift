import Diagnosis
import Model
import Testing
import Trace
import WasixABI

/// What is found of a guest that has ended before anything could be seen to hold.
@Suite struct EndOfGuestTests {
    /// T1 read a part of what an edge of descriptor 7 brought, a moment ago.
    private func unread(_ threads: [ThreadRow] = [Fixture.running(1)], kind: ObjectKind = .socketPair) -> Story {
        let row = Fixture.row(7, .edgeSpent, ready: .in, held: 0, kind: kind)
        var story = Story.of(threads, [Fixture.descriptor(7, kind, used: 16, watchedBy: [4])], [row], then: { _ in })
        story.calls(.wait([7]), .read(7))
        return story
    }

    private func end(_ story: inout Story) {
        story.state.guest = .exited(code: 0)
        story.look()
    }

    private static func passedOver(_ fd: UInt32, thread: UInt32 = 1, for reason: ReasonCode = .edgeSpent)
        -> RecordedCall
    {
        var change = ReadinessChange()
        change.instance = Fixture.object(4).rawValue
        change.object = Fixture.object(fd).rawValue
        change.fd = fd
        change.events = EpollEvents.in.rawValue
        change.reason = reason
        return .wait([], thread: thread, timeout: 1_000_000, took: 1).making(change)
    }

    @Test func aSpentEdgeThatTheNextWaitPassedOverIsFound() throws {
        var story = unread()
        story.calls(Self.passedOver(7))
        story.look()
        #expect(story.found.isEmpty)
        end(&story)
        let finding = try #require(story.now(.etNotDrained))
        #expect(finding.text.contains("had 16 unread bytes and nobody heard of it"))
        #expect(finding.fd?.rawValue == 7)
    }

    @Test func soIsOneWhoseReaderSleepsInAWait() {
        var story = unread([Fixture.thread(1, .epollWait, fd: 4, for: 0), Fixture.running(2)])
        story.state.threads[0].thread.blockedSince = story.state.now
        end(&story)
        #expect(story.now(.etNotDrained) != nil)
    }

    @Test func aGuestThatEndsBeforeItWaitsAgainHasLostNothing() {
        var story = unread()
        end(&story)
        #expect(story.found.isEmpty)
    }

    /// Whoever waits may have left the rest to the reader.
    @Test func aWaitOfAnotherThreadSaysNothing() {
        var story = unread([Fixture.running(1), Fixture.running(2)])
        story.calls(Self.passedOver(7, thread: 2))
        end(&story)
        #expect(story.found.isEmpty)
    }

    @Test func whatWasPassedOverForWantOfRoomIsNotLost() {
        var story = unread()
        story.calls(Self.passedOver(7, for: .reportedEdge))
        end(&story)
        #expect(story.found.isEmpty)
    }

    @Test func whereRecordsWereLostNothingIsConcluded() {
        var story = unread()
        story.calls(Self.passedOver(7))
        story.state.loss.dropped = 1
        end(&story)
        #expect(story.found.isEmpty)
    }

    @Test func aWakerThatIsNeverReadIsRight() {
        var story = unread(kind: .eventCounter)
        story.calls(Self.passedOver(7))
        end(&story)
        #expect(story.found.isEmpty)
    }

    // MARK: descriptors

    private static let counters: [UInt32] = Array(10..<58)

    /// They are opened after the first look, at which descriptors are counted.
    private func counters(_ tell: (inout Story) -> Void) -> Story {
        var story = Story.of([Fixture.running(1)], then: { $0.look() })
        story.state.descriptors = Self.counters.map { Fixture.descriptor($0, .eventCounter, count: 0) }
        tell(&story)
        end(&story)
        return story
    }

    @Test func descriptorsThatAreUsedAndForgottenAreALeak() throws {
        let story = counters { story in
            for fd in Self.counters { story.calls(.write(fd), .read(fd)) }
        }
        let finding = try #require(story.now(.fdLeak))
        #expect(finding.text.contains("48 descriptors of kind eventfd were open when the guest ended"))
        #expect(finding.count == 48)
    }

    @Test func aPoolIsNone() {
        let inTurn = counters { story in
            for _ in 0..<2 { for fd in Self.counters { story.calls(.write(fd), .read(fd)) } }
        }
        #expect(inTurn.found.isEmpty)
    }

    @Test func descriptorsThatWereNeverUsedAreNone() {
        #expect(counters { $0.calls(.write(10)) }.found.isEmpty)
    }

    // MARK: everything else

    /// Two threads may have been about to go on.
    @Test func whatHadNotHeldIsNotSaid() {
        var story = Story(
            Fixture.state([Fixture.joiner(1, of: 2, for: 0), Fixture.joiner(2, of: 1, for: 0), Fixture.running(3)]))
        end(&story)
        #expect(story.found.isEmpty)
    }

    @Test func whatHasHappenedIsSaid() {
        var story = Story()
        story.calls(.control(7, .in, errno: .exist), .wait([]))
        end(&story)
        #expect(story.now(.ctlErrorUnseen) != nil)
    }

    @Test func theEndIsExaminedOnceAndItsFindingsStay() {
        var story = unread()
        story.calls(Self.passedOver(7))
        end(&story)
        let first = story.now(.etNotDrained)
        story.state.epolls = []
        story.look(for: 5000)
        #expect(first != nil && story.now(.etNotDrained)?.text == first?.text)
        #expect(story.found.count == 1)
    }
}
