import Diagnosis
import Model
import Testing
import Trace
import WasixABI

/// Who waits for whom where there are several processes.
@Suite struct ProcessGraphTests {
    private func id(_ thread: UInt32) -> ThreadID { ThreadID(rawValue: thread) }
    private func ids(_ threads: UInt32...) -> [ThreadID] { threads.map { ThreadID(rawValue: $0) } }

    private func graph(
        _ threads: [ThreadRow], _ descriptors: [DescriptorRow] = [], _ processes: [ProcessSnapshot] = [],
        after calls: RecordedCall...
    ) -> WaitGraph {
        var state = Fixture.state(threads, descriptors: descriptors)
        state.processes = processes
        var story = Story(state)
        for call in calls { story.calls(call) }
        return story.look().graph
    }

    private let family = [
        Fixture.process(1, of: 0), Fixture.process(2, of: 1), Fixture.process(3, of: 1), Fixture.process(4, of: 2),
    ]

    @Test func aParentWaitsForTheThreadsOfItsChild() throws {
        let others = [2, 3, 4].map { Fixture.thread(Fixture.running($0 * 10), in: $0) }
        let one = graph([Fixture.parent(1, in: 1, of: 3)] + others, [], family)
        #expect(one.nodes[id(1)]?.sources.map(\.name) == ["the end of P3"])
        #expect(one.nodes[id(1)]?.end == .threads(ids(30)))
        let any = graph([Fixture.parent(1, in: 1, of: 0)] + others, [], family)
        #expect(any.nodes[id(1)]?.sources.map(\.name) == ["the end of a child"])
        #expect(any.nodes[id(1)]?.end == .threads(ids(20, 30)), "not for a grandchild")
    }

    /// As vfork(2) has it: the parent's thread is in no call of its own.
    @Test func aParentWhoseChildHasItsCodeWaitsForThatChild() {
        let parent = Fixture.thread(1, nil)
        let loading = Fixture.thread(Fixture.thread(2, .procExec4), in: 2)
        let one = graph([parent, loading], [], [Fixture.process(1, of: 0), Fixture.process(2, of: 1)])
        #expect(one.nodes[id(1)]?.sources.map(\.name) == ["P2 to end, or to run a program"])
        #expect(one.nodes[id(2)]?.sources.map(\.name) == ["a program to be loaded"])
        #expect(one.nodes[id(1)]?.end == .threads(ids(2)))
        #expect(one.nodes[id(2)]?.end == .outside("a program to be loaded"))
        #expect(one.standstillSince == nil)
        let reader = Fixture.thread(Fixture.thread(2, .fdRead, fd: 5), in: 2)
        let stuck = graph(
            [parent, reader], Fixture.descriptors(Fixture.pipe(5, 6), in: 2),
            [Fixture.process(1, of: 0), Fixture.process(2, of: 1)])
        #expect(stuck.stuck == Set(ids(1, 2)), "\(stuck)")
        #expect(graph([parent], [], [Fixture.process(1, of: 0)]).nodes[id(1)]?.end == .outside("a wait"))
    }

    @Test func anOrphanIsNobodysChild() {
        let graph = graph(
            [Fixture.parent(1, in: 1, of: 0), Fixture.thread(Fixture.running(20), in: 2)], [],
            [Fixture.process(1, of: 0), Fixture.process(2, of: 1, isOrphan: true)])
        #expect(graph.nodes[id(1)]?.end == .nobody)
    }

    /// The end that it waits for can only come from itself: the pipeline of a shell that forgot to close.
    @Test func aReaderThatAloneHoldsTheWriteEndWaitsForNobody() {
        let pipe = Fixture.pipe(5, 6)
        let reader = Fixture.thread(Fixture.thread(2, .fdRead, fd: 5), in: 2)
        let graph = graph(
            [Fixture.parent(1, in: 1, of: 2), reader], Fixture.descriptors(pipe, in: 2),
            [Fixture.process(1, of: 0), Fixture.process(2, of: 1)],
            after: RecordedCall(.fdWrite, [6], thread: 1, result: 3, objects: (Fixture.object(6), .none)))
        #expect(graph.nodes[id(2)]?.end == .nobody, "whoever wrote before has closed it")
        #expect(graph.nodes[id(1)]?.end == .stuck(ids(2)))
        #expect(graph.standstillSince != nil && graph.stuck == Set(ids(1, 2)))
    }

    @Test func whoHoldsTheOtherEndCouldStillWrite() {
        let (reading, writing) = (Fixture.pipe(5, 6)[0], Fixture.pipe(5, 6)[1])
        let threads = [
            Fixture.thread(Fixture.thread(2, .fdRead, fd: 5), in: 2), Fixture.thread(Fixture.running(3), in: 3),
            Fixture.thread(Fixture.running(4), in: 4),
        ]
        let graph = graph(
            threads, Fixture.descriptors([reading], in: 2) + Fixture.descriptors([writing], in: 3), family)
        #expect(graph.nodes[id(2)]?.end == .threads(ids(3)))
    }

    /// The same address means another word in another memory.
    @Test func aWordIsWokenInItsOwnProcess() {
        let threads = [
            Fixture.thread(Fixture.sleeper(1, on: 64), in: 1), Fixture.running(2),
            Fixture.thread(Fixture.running(3), in: 2),
        ]
        #expect(graph(threads, [], family).nodes[id(1)]?.end == .threads(ids(2)))
    }

    @Test func theTreeStandsInTheOrderOfItsBranches() {
        var state = Fixture.state([Fixture.thread(Fixture.running(9), in: 4)])
        state.processes = family + [Fixture.process(5, of: 1, isOrphan: true)]
        state.descriptors = Fixture.descriptors(Fixture.pipe(5, 6), in: 3)
        let tree = state.processTree
        #expect(tree.map(\.id.rawValue) == [1, 2, 4, 3, 5])
        #expect(tree.map(\.isFollowed) == [[], [true], [true, false], [false], []])
        #expect(tree.map(\.threads.count) == [0, 0, 1, 0, 0])
        #expect(tree.map(\.descriptors) == [0, 0, 0, 2, 0])
    }
}
