import Diagnosis
import Model
import Testing
import Trace
import WasixABI

/// What conditions say of a state.
@Suite struct ConditionTests {
    /// Reads a condition as a lesson does.
    static func condition(_ text: String) -> Condition? {
        let lesson = "title t\nnumber 1\nabout a\nguest g.c\nstop \(text)\nsay s\nshow lanes\nend e\n"
        let (parsed, problems) = LessonParser.parse(Array(lesson.utf8), name: "x")
        return problems.isEmpty ? parsed.checkpoints.first?.page.stop : nil
    }

    /// T1 stands before a wait on epoll 5, T2 sleeps in a read of 4; 24 bytes are unread on 3, whose edge 2 was not told.
    static func state() -> ModelState {
        var row = Fixture.row(3, .reportedEdge, ready: [.in], unread: 24, epoll: 5, kind: .socketPair)
        row.item.edges = 2
        row.item.reportedEdge = 1
        row.item.reports = 1
        var instance = Fixture.instance([row], fd: 5)
        instance.epoll.readyOrder = [FdNumber(rawValue: 3)]
        var first = Fixture.thread(1, .epollWait, fd: 5, state: .running)
        first.thread.pausedAt = .beforeCall
        var state = Fixture.state(
            [first, Fixture.thread(2, .fdRead, fd: 4)],
            descriptors: Fixture.pair(3, 4) + [
                Fixture.descriptor(6, .eventCounter, count: 7), Fixture.descriptor(7, .pipeRead, peer: 8, used: 24),
            ],
            epolls: [instance])
        state.descriptors[0].descriptor.queue = QueueLevel(used: 24, capacity: 65_536)
        state.pace = .paused
        state.isSettled = true
        return state
    }

    static let verdicts: [(String, Bool)] = [
        ("queue(3) == 24", true), ("queue(3) != 24", false), ("queue(3) > 23 and queue(3) <= 24", true),
        ("queue(6) == 7", true), ("queue(9) == 0", false), ("queue(9) != 0", false), ("not queue(9) == 0", true),
        ("edges(3) == 2", true), ("edges(5, 3) == 2", true), ("edges(4, 3) == 2", false), ("told(3) == 1", true),
        ("told(3) < edges(3)", true), ("told(3) == edges(3)", false), ("reports(3) == 1", true),
        ("armed(3) == 1", true), ("waits(5) == 9", true), ("waits(3) == 9", false),
        ("registered(5, 3)", true), ("registered(5, 4)", false), ("registered(4, 3)", false),
        ("ready(5) contains 3", true), ("ready(5) contains 4", false), ("ready(5) is empty", false),
        ("ready(8) is empty", false),
        ("T1 before epoll_wait", true), ("T1 before epoll_wait(5)", true), ("T1 before epoll_wait(4)", false),
        ("T1 before fd_read", false), ("T1 in epoll_wait", false), ("T1 asleep", false),
        ("T2 asleep", true), ("T2 in fd_read(4)", true), ("T2 in read(4)", true), ("T2 in read", true),
        ("T2 before read", false), ("T3 asleep", false), ("T3 ended", false), ("T1 ended", false),
        ("T1 after fd_write(3)", true), ("T1 after write", true), ("T1 after fd_read", false),
        ("T2 after fd_write", false), ("asleep", false), ("exited", false), ("start", false),
        ("start or queue(3) == 24", true), ("not (start or exited)", true), ("not start and not exited", true),
        ("start and exited or queue(3) == 24", true), ("start and (exited or queue(3) == 24)", false),
    ]

    @Test(arguments: verdicts)
    func holdsOrNot(_ text: String, _ expected: Bool) throws {
        let condition = try #require(Self.condition(text), "\(text)")
        var write = Fixture.thread(1, .fdWrite, fd: 3, state: .running).thread
        write.pausedAt = .beforeCall
        let last = try #require(PendingCall(write))
        let situation = LessonSituation(Self.state(), lastCalls: [.main: last])
        #expect(situation.holds(condition) == expected)
    }

    @Test func ofAnEndedGuestOnlyTheEndIsLeft() throws {
        var state = Self.state()
        state.guest = .exited(code: 0)
        state.threads = []
        let situation = LessonSituation(state)
        #expect(situation.holds(.exited))
        let ended = try #require(Self.condition("T1 ended"))
        let asleep = try #require(Self.condition("T1 asleep or asleep"))
        #expect(situation.holds(ended))
        #expect(!situation.holds(asleep))
    }

    @Test(arguments: [
        "queue(3)", "queue(3) ==", "queue 3 == 1", "queue() == 1", "queue(3, 4) == 1", "== 3", "and", "not", "(",
        "(start", "start)", "start start", "T1", "T1 before", "T1 before nothing", "T1 before epoll_wait(", "T0 asleep",
        "T99999999999 asleep", "ready(5)", "ready(5) contains", "ready(5) is", "ready(5) is full", "registered(5)",
        "queue(99999999999) == 1", "queue(3) == 99999999999999999999999", "3", "3 = 3", "quue(3) == 1", "edges(3)",
        "start && exited", "!start", "queue(3) == 1,", "T1 beforeepoll_wait", "étart",
    ])
    func whatIsNoConditionIsRefused(_ text: String) { #expect(Self.condition(text) == nil) }
}
