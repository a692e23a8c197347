import Diagnosis
import Model
import Testing
import Trace
import WasixABI

/// How suspicions become findings, and go again.
@Suite struct ExaminerTests {
    private static let second: UInt64 = 1000

    /// T1 waits for the end of T2, which waits for T1's; T3 runs.
    private func circle(for milliseconds: UInt64) -> ModelState {
        Fixture.state([
            Fixture.joiner(1, of: 2, for: 9000), Fixture.joiner(2, of: 1, for: milliseconds), Fixture.running(3),
        ])
    }

    private let running = Fixture.state([Fixture.running(1), Fixture.running(2), Fixture.running(3)])

    /// The same guest with other threads, at the same time.
    private func turn(_ story: inout Story, into state: ModelState) { story.state.threads = state.threads }

    @Test func aFindingAppearsWhenItHasHeld() throws {
        var story = Story(circle(for: 0))
        story.look(for: 900)
        #expect(story.now(.waitCycle) == nil)
        story.look(for: 100)
        let finding = try #require(story.now(.waitCycle))
        #expect(finding.since == Fixture.now)
        #expect(finding.subject == .threads([ThreadID(rawValue: 1), ThreadID(rawValue: 2)]))
    }

    @Test func whatHasHeldBeforeTheFirstLookIsFoundAtOnce() {
        var story = Story(circle(for: 5000))
        story.look()
        #expect(story.now(.waitCycle)?.since == Fixture.ago(5000))
    }

    @Test func aFindingKeepsItsBeginning() {
        var story = Story(circle(for: 2000))
        for _ in 0..<50 {
            story.look()
            #expect(story.now(.waitCycle)?.since == Fixture.ago(2000))
            story.pass(100)
        }
        #expect(story.found.filter { $0.lint.id == .waitCycle }.count == 1)
    }

    /// A check that says only what is now begins when it was first said.
    @Test func whatIsSaidWithoutABeginningBeganWhenItWasFirstSeen() {
        let state = Fixture.state([Fixture.running(1)], descriptors: [Fixture.descriptor(8, .eventCounter, count: 1)])
        var story = Story(state)
        story.look(for: 3000)
        #expect(story.now(.eventNoWaiter)?.since == Fixture.now)
    }

    @Test func aStateThatIsRightForAMomentKeepsTheFinding() {
        let stuck = circle(for: 5000)
        var story = Story(stuck)
        story.look()
        for _ in 0..<5 {
            turn(&story, into: running)
            for _ in 0..<9 {
                story.pass(100)
                story.look()
                #expect(story.now(.waitCycle)?.since == Fixture.ago(5000))
            }
            turn(&story, into: stuck)
            story.pass(50)
            story.look()
        }
        turn(&story, into: running)
        story.look(for: 1000)
        #expect(story.now(.waitCycle) != nil)
        story.look(for: 100)
        #expect(story.now(.waitCycle) == nil)
    }

    @Test func whatHasNotHeldIsForgottenAtOnce() {
        let state = Fixture.state([Fixture.running(1)], descriptors: [Fixture.descriptor(8, .eventCounter, count: 1)])
        var story = Story(state)
        for _ in 0..<5 {
            story.state.descriptors = state.descriptors
            story.look(for: 900)
            story.state.descriptors = []
            story.pass(100)
            story.look()
        }
        #expect(story.found.isEmpty)
    }

    @Test func aLaterWaitBeginsAnew() {
        var story = Story(circle(for: 0))
        story.look(for: 900)
        // The circle was left and has closed again between two looks.
        story.state.threads[1].thread.blockedSince = story.state.now - 50 * Fixture.millisecond
        story.look(for: 900)
        #expect(story.now(.waitCycle) == nil)
        story.look(for: 100)
        #expect(story.now(.waitCycle)?.since == Fixture.now + 850 * Fixture.millisecond)
    }

    @Test func whatHasGoneStaysAmongWhatWasFound() {
        var story = Story(circle(for: 5000))
        story.look()
        turn(&story, into: running)
        story.look(for: 5000)
        #expect(story.last.findings.isEmpty)
        #expect(story.found.map(\.lint.id) == [.waitCycle])
    }

    @Test func thatAllWaitIsSaidOnlyWhenNothingSaysWhy() {
        let two = [Fixture.sleeper(1, on: 0x100), Fixture.sleeper(2, on: 0x200)]
        var unexplained = Story(Fixture.state(two))
        unexplained.look()
        #expect(unexplained.last.findings.map(\.lint.id) == [.allBlocked])
        var explained = Story(Fixture.state([Fixture.joiner(1, of: 2), Fixture.joiner(2, of: 1)]))
        explained.look()
        #expect(explained.last.findings.map(\.lint.id) == [.waitCycle])
        #expect(explained.found.map(\.lint.id) == [.waitCycle])
        #expect(explained.last.graph.standstillSince != nil && explained.last.verdict.word == "STALLED")
        // A warning says nothing about why.
        var warned = Story(
            Fixture.state(two, descriptors: [Fixture.descriptor(8, .eventCounter, count: 1)]))
        warned.look(for: 1000)
        #expect(warned.last.findings.map(\.lint.id) == [.allBlocked, .eventNoWaiter])
    }

    @Test func theWorstComesFirstAndOfEqualsTheOldest() {
        let rows = [
            Fixture.row(7, .edgeSpent, ready: .in, held: 3000),
            Fixture.row(8, .edgeSpent, ready: .in, held: 6000),
            Fixture.row(9, .edgeSpent, ready: [.in, .rdhup], held: 9000, unread: 0),
        ]
        var story = Story(Fixture.state([Fixture.thread(1, .epollWait, fd: 4)], epolls: [Fixture.instance(rows)]))
        story.look()
        #expect(story.last.findings.map { $0.fd?.rawValue } == [8, 7, 9])
        #expect(story.last.findings.map(\.lint.severity) == [.error, .error, .warning])
    }

    @Test func stacksOfItsThreadsAreKeptWhenTheyMoveOn() throws {
        var state = circle(for: 5000)
        state.threads[0].thread.stack = [GuestFrame(function: "deposit")]
        var story = Story(state)
        story.look()
        var places = try #require(story.now(.waitCycle)?.places)
        #expect(places.map(\.thread.rawValue) == [1] && places[0].frames.map(\.function) == ["deposit"])
        #expect(places[0].call == .threadJoin)
        story.state.threads[0].thread.stack = []
        story.state.threads[1].thread.stack = [GuestFrame(function: "withdraw")]
        story.pass(100)
        story.look()
        places = try #require(story.now(.waitCycle)?.places)
        #expect(Set(places.map { $0.frames[0].function }) == ["deposit", "withdraw"])
    }

    @Test func factsOfARecordNameItsEntry() throws {
        let items = [Fixture.row(7, .edgeSpent, ready: .in)]
        var story = Story(
            Fixture.state(
                [Fixture.thread(1, .epollWait, fd: 4)], descriptors: [Fixture.descriptor(7, .tcp)],
                epolls: [Fixture.instance(items)]))
        story.calls(.wait([7]), .read(7, thread: 2))
        story.look()
        let finding = try #require(story.now(.etNotDrained))
        let read = try #require(finding.evidence.first { $0.entry != nil })
        #expect(read.entry == 1 && read.thread?.rawValue == 2 && read.text.hasPrefix("T2 read"))
        #expect(finding.threads.map(\.rawValue) == [2, 1])
    }

    @Test(arguments: [(5, false, true), (4, false, false), (5, true, false)])
    func whoMadeTheEdgeIsAFactOfIt(edge: UInt32, isFromHost: Bool, isNamed: Bool) throws {
        var row = Fixture.row(7, .edgeSpent, ready: .in)
        row.item.edges = 5
        row.item.reportedEdge = 5
        var story = Story(
            Fixture.state(
                [Fixture.thread(1, .epollWait, fd: 4)], descriptors: [Fixture.descriptor(7, .tcp)],
                epolls: [Fixture.instance([row])]))
        var change = ReadinessChange()
        change.instance = Fixture.object(4).rawValue
        change.object = Fixture.object(7).rawValue
        change.fd = 7
        change.edge = edge
        change.events = EpollEvents.in.rawValue | (isFromHost ? ReadinessChange.hostBit : 0)
        story.calls(.read(9, thread: 3).making(change))
        story.look()
        let made = try #require(story.now(.etNotDrained)).evidence.first { $0.text == "T3 made edge 5" }
        #expect((made != nil) == isNamed)
        if isNamed { #expect(made?.entry == 0 && made?.thread?.rawValue == 3) }
    }

    @Test func aLeakNamesTheCallThatTookTheLastDescriptor() throws {
        var story = Story(Fixture.state([Fixture.running(1)]))
        for count in [10, 30, 50, 70] as [UInt32] {
            story.state.descriptors = (0..<count).map { Fixture.descriptor(20 + $0, .tcp) }
            story.look()
            story.pass(1000)
        }
        #expect(story.now(.fdLeak)?.stack == [])
        let opened = DescriptorOpening(
            call: .sockAcceptV2, thread: ThreadID(rawValue: 1), fd: FdNumber(rawValue: 80), at: Fixture.now,
            frames: [GuestFrame(function: "serve")])
        story.state.openings = [opened]
        story.state.descriptors += (0..<9).map { Fixture.descriptor(90 + $0, .tcp) }
        story.look()
        let finding = try #require(story.now(.fdLeak))
        #expect(finding.stack == opened.frames && finding.threads == [opened.thread])
        #expect(finding.evidence.map(\.text) == ["T1 opened fd 80 with sock_accept_v2"])
    }

    /// Set up at once, however long that took on a busy machine, and two more later.
    @Test func aPoolThatIsFilledInOneGoIsNoLeak() {
        var story = Story(Fixture.state([Fixture.running(1)]))
        for count in [0, 0, 100, 100, 102] as [UInt32] {
            story.state.descriptors = (0..<count).map { Fixture.descriptor(20 + $0, .eventCounter) }
            story.look()
            #expect(story.now(.fdLeak) == nil, "\(count)")
            story.pass(1000)
        }
        story.state.descriptors = (0..<110).map { Fixture.descriptor(20 + $0, .eventCounter) }
        story.look()
        #expect(story.now(.fdLeak) != nil)
    }

    @Test func liveExaminationKeepsTheNewest() {
        let live = LiveExaminer()
        #expect(live.found.isEmpty && live.latest.model.now == 0)
        live.take(circle(for: 5000))
        #expect(live.latest.model.now == Fixture.now)
        #expect(live.latest.examination.findings.map(\.lint.id) == [.waitCycle])
        #expect(live.found.map(\.lint.id) == [.waitCycle])
    }

    @Test func aFindingPausesOnceAndOnlyWhenItIsNew() {
        let live = LiveExaminer()
        live.setBreak(FindingBreak { $0.id == .waitCycle })
        #expect(live.take(circle(for: 5000)).pauses)
        #expect(!live.take(circle(for: 6000)).pauses, "the same one")
        live.setBreak(FindingBreak { _ in true })
        #expect(!live.take(circle(for: 7000)).pauses, "it was there before the break")
        live.setBreak(FindingBreak { $0.id == .fdLeak })
        #expect(!live.take(circle(for: 8000)).pauses, "another one is wanted")
        live.setBreak(nil)
        #expect(!live.take(circle(for: 9000)).pauses)
    }
}
