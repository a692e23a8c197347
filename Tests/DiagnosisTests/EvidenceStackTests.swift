import Diagnosis
import Model
import Testing
import Trace
import WasixABI

/// Where in the code: the stacks that records keep, and those that are asked for.
@Suite struct EvidenceStackTests {
    private static let serve = [GuestFrame(function: "serve", file: "a.c", line: 7), GuestFrame(function: "main")]
    private static let other = [GuestFrame(function: "other")]

    @Test func aFailedCallShowsWhereItWas() throws {
        var story = Story()
        story.calls(.control(7, .in, errno: .exist).at(Self.serve), .wait([]).at(Self.other))
        story.look()
        let finding = try #require(story.now(.ctlErrorUnseen))
        #expect(finding.stack == Self.serve)
        #expect(finding.evidence.first?.frames == Self.serve)
        #expect(story.last.wishes.isEmpty)
    }

    private func busy(_ story: inout Story, stack: [GuestFrame] = []) {
        let poll = RecordedCall.wait([], timeout: 0)
        story.repeated(1_200, every: 0.9, stack.isEmpty ? poll : poll.at(stack))
        story.look()
    }

    @Test func whatShowsOnlyInNumbersAsksForAStack() throws {
        var story = Story(Fixture.state([Fixture.running(1)]))
        let wish = StackWish(thread: ThreadID(rawValue: 1), call: .epollWait)
        var asked: [StackWish] = []
        for _ in 0..<4 where asked.isEmpty {
            busy(&story)
            asked = story.last.wishes
        }
        #expect(asked == [wish])
        busy(&story, stack: Self.serve)
        busy(&story)
        #expect(story.last.wishes.isEmpty)
        #expect(try #require(story.now(.busyPoll)).stack == Self.serve)
    }

    @Test func aWishIsAboutCallsOfItsKindAlone() {
        var story = Story(Fixture.state([Fixture.running(1), Fixture.running(2)]))
        for _ in 0..<3 { busy(&story) }
        story.calls(.wait([], thread: 2, timeout: 0).at(Self.other), .read(9).at(Self.other))
        busy(&story)
        #expect(story.now(.busyPoll)?.stack == [])
    }

    @Test func aReadInVainIsAskedForByItsReader() throws {
        var story = Story(
            Fixture.state([Fixture.running(1)], descriptors: [Fixture.descriptor(7, .tcp, watchedBy: [4])]))
        story.repeated(25, every: 1, .wait([7]), .read(7, errno: .again))
        story.look()
        #expect(story.last.wishes == [StackWish(thread: ThreadID(rawValue: 1), call: .fdRead, errno: .again)])
        story.calls(.wait([7]), .read(7).at(Self.other), .wait([7]), .read(7, errno: .again).at(Self.serve))
        story.look()
        let finding = try #require(story.now(.spuriousEvents))
        #expect(finding.stack == Self.serve && finding.threads.map(\.rawValue) == [1])
    }

    /// T2 slept for the lock before it got it: that call shows where it was taken.
    @Test func aLockThatWasWaitedForSaysWhereItWasTaken() throws {
        var story = Story(Fixture.state([Fixture.running(1), Fixture.running(2)]))
        story.calls(.lock(0x100, thread: 2, took: 5).at(Self.serve))
        story.look()
        story.state.threads = [
            Fixture.sleeper(1, on: 0x100, expecting: 2, for: 5000), Fixture.joiner(2, of: 1, for: 5000),
        ]
        story.look(for: 3000)
        let finding = try #require(story.now(.waitCycle))
        let taken = try #require(finding.evidence.first { $0.text == "T2 got the lock at 0x100" })
        #expect(taken.frames == Self.serve && taken.thread?.rawValue == 2)
    }
}

extension RecordedCall {
    /// As a call whose stack was kept.
    fileprivate func at(_ stack: [GuestFrame]) -> RecordedCall {
        let bytes = StackBytes.of(stack)
        return keeping(PayloadChunk.stack, bytes, total: bytes.count)
    }
}
