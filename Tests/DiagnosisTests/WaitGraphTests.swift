import Diagnosis
import Model
import Testing
import Trace
import WasixABI

/// Who waits for whom, from one state and what the calls before it showed.
@Suite struct WaitGraphTests {
    private func id(_ thread: UInt32) -> ThreadID { ThreadID(rawValue: thread) }
    private func ids(_ threads: UInt32...) -> [ThreadID] { threads.map { ThreadID(rawValue: $0) } }

    private func graph(_ state: ModelState) -> WaitGraph { WaitGraph(state, users: ObjectUsers()) }

    /// Of `state`, after `calls`.
    private func graph(_ state: ModelState, after calls: RecordedCall...) -> WaitGraph {
        var story = Story(state)
        for call in calls { story.calls(call) }
        return story.look().graph
    }

    // MARK: what is certain

    @Test func threadsThatOnlyTheProgramCouldWakeStandStill() {
        let state = Fixture.state(
            [Fixture.thread(1, .fdRead, fd: 5, for: 9000), Fixture.thread(2, .fdRead, fd: 7, for: 4000)],
            descriptors: Fixture.pipe(5, 6) + Fixture.pipe(7, 8))
        let graph = graph(state)
        #expect(graph.standstillSince == Fixture.ago(4000))
        #expect(graph.stuck == Set(ids(1, 2)) && graph.alive == 2)
        #expect(graph.nodes[id(1)]?.end == .stuck(ids(2)))
        #expect(graph.nodes[id(1)]?.sources.map(\.kind) == [.channel(Fixture.object(5))])
        #expect(graph.tone(of: id(1)) == .attention)
    }

    @Test func theRestOfTheWorldEndsAnyWait() {
        let listener = Fixture.row(7, .notReady, ready: [], mask: .in, kind: .tcpListener)
        func end(_ rows: [ItemRow]) -> WaitGraph.End? {
            let state = Fixture.state(
                [Fixture.thread(1, .epollWait, fd: 4), Fixture.joiner(2, of: 1)],
                descriptors: [Fixture.descriptor(7, .tcpListener), Fixture.descriptor(8, .tcp)]
                    + Fixture.pipe(5, 6), epolls: [Fixture.instance(rows)])
            let graph = graph(state)
            #expect(graph.standstillSince == nil && graph.stuck.isEmpty)
            return graph.nodes[id(1)]?.end
        }
        #expect(end([listener]) == .outside("fd 7 tcp-ls"))
        #expect(end([listener, Fixture.row(8, .notReady, ready: [])]) == .outside("fd 7 tcp-ls and 1 more"))
        let pipe = Fixture.row(5, .notReady, ready: [], kind: .pipeRead)
        #expect(end([pipe, listener]) == .outside("fd 7 tcp-ls"))
    }

    @Test func aTimeoutEndsAWait() {
        let state = Fixture.state(
            [Fixture.thread(1, .fdRead, fd: 5, deadline: Fixture.now + 7), Fixture.joiner(2, of: 1)],
            descriptors: Fixture.pipe(5, 6))
        let graph = graph(state)
        #expect(graph.standstillSince == nil && graph.stuck.isEmpty)
        #expect(graph.nodes[id(1)]?.end == .timer(at: Fixture.now + 7))
        #expect(graph.nodes[id(2)]?.end == .threads(ids(1)))
    }

    @Test func joiningWaitsForOneThreadAlone() throws {
        let graph = graph(Fixture.state([Fixture.joiner(1, of: 2), Fixture.running(2), Fixture.running(3)]))
        let source = try #require(graph.nodes[id(1)]?.sources.first)
        #expect(source.kind == .thread(id(2)) && source.name == "the end of T2" && source.isKnown)
        #expect(graph.nodes[id(1)]?.end == .threads(ids(2)))
        #expect(graph.cycles.isEmpty && graph.standstillSince == nil)
    }

    @Test func anEmptyInterestListWaitsForWhoeverMightFillIt() {
        let spent = Fixture.row(7, .oneShotSpent, ready: [], mask: [.in, .oneshot])
        for rows in [[], [spent]] {
            func node(_ others: [ThreadRow]) -> WaitGraph.Node? {
                graph(
                    Fixture.state([Fixture.thread(1, .epollWait, fd: 4)] + others, epolls: [Fixture.instance(rows)])
                ).nodes[id(1)]
            }
            #expect(node([])?.sources.map(\.kind) == [.nothing])
            #expect(node([])?.end == .nobody)
            #expect(node([])?.isEventWait == true)
            #expect(node([Fixture.running(2)])?.end == .threads(ids(2)))
            #expect(node([Fixture.running(2)])?.sources.first?.isKnown == false)
        }
    }

    @Test func instancesThatWatchEachOtherEnd() {
        let state = Fixture.state(
            [Fixture.thread(1, .epollWait, fd: 4)],
            descriptors: Fixture.pipe(7, 8),
            epolls: [
                Fixture.instance([Fixture.row(5, .notReady, ready: [], kind: .epoll)], fd: 4),
                Fixture.instance(
                    [
                        Fixture.row(4, .notReady, ready: [], epoll: 5, kind: .epoll),
                        Fixture.row(7, .notReady, ready: [], epoll: 5, kind: .pipeRead),
                    ], fd: 5),
            ])
        #expect(graph(state).nodes[id(1)]?.sources.map(\.kind) == [.channel(Fixture.object(7))])
    }

    // MARK: what is likely

    /// T1 reads a pipe whose other end fd 6 has; others run.
    private func reader(_ others: [ThreadRow]) -> ModelState {
        Fixture.state([Fixture.thread(1, .fdRead, fd: 5)] + others, descriptors: Fixture.pipe(5, 6))
    }

    @Test func whoWroteBeforeIsExpectedToWriteAgain() {
        let state = reader([Fixture.running(2), Fixture.running(3)])
        let before = graph(state).nodes[id(1)]?.sources.first
        #expect(before?.wakers == ids(2, 3) && before?.isKnown == false)
        let after = graph(state, after: .write(6, thread: 3)).nodes[id(1)]?.sources.first
        #expect(after?.wakers == ids(3) && after?.isKnown == true)
        let failed = graph(state, after: .write(6, thread: 3, errno: .again)).nodes[id(1)]?.sources.first
        #expect(failed?.isKnown == false)
    }

    @Test func whoWokeAWordBeforeIsExpectedToWakeItAgain() {
        let state = Fixture.state([Fixture.sleeper(1, on: 0x100), Fixture.running(2), Fixture.running(3)])
        let after = graph(state, after: .wake(0x100, thread: 2, found: true), .wake(0x104, thread: 3))
        #expect(after.nodes[id(1)]?.sources.first?.wakers == ids(2))
        #expect(after.nodes[id(1)]?.sources.first?.name == "the word at 0x100")
    }

    @Test func whoHasEndedIsNotExpectedAnyMore() {
        let gone = Fixture.thread(3, nil, state: .ended)
        let after = graph(reader([Fixture.running(2), gone]), after: .write(6, thread: 3)).nodes[id(1)]?.sources.first
        #expect(after?.wakers == ids(2) && after?.isKnown == false)
    }

    /// What it did last may not have reached those that it woke.
    @Test func aThreadThatHasJustEndedCountsForAMoment() {
        func standstill(endedFor milliseconds: UInt64) -> UInt64? {
            var gone = Fixture.thread(2, nil, state: .ended)
            gone.mark.closedAt = Fixture.ago(milliseconds)
            return graph(reader([gone])).standstillSince
        }
        #expect(standstill(endedFor: 499) == nil)
        #expect(standstill(endedFor: 500) != nil)
    }

    @Test func whoCanOnlyBeWokenByTheStuckIsStuck() {
        let threads = [Fixture.thread(2, .fdRead, fd: 7), Fixture.joiner(3, of: 2), Fixture.running(4)]
        var state = reader(threads)
        state.descriptors += Fixture.pipe(7, 8)
        let after = graph(state, after: .write(6, thread: 2), .write(8, thread: 1))
        #expect(after.stuck == Set(ids(1, 2, 3)))
        #expect(after.nodes[id(3)]?.end == .stuck(ids(2)))
        #expect(after.nodes[id(1)]?.end == .stuck(ids(2)))
        #expect(after.standstillSince == nil)
    }

    // MARK: circles

    @Test func twoThreadsThatKnowEachOtherAreACircle() {
        let graph = graph(
            Fixture.state([Fixture.joiner(1, of: 2), Fixture.joiner(2, of: 1), Fixture.running(3)]))
        #expect(graph.cycles == [ids(1, 2)])
        #expect(graph.stuck == Set(ids(1, 2)))
    }

    /// T2 waits for a lock that somebody holds, T1 for T2.
    private func locked(expecting value: UInt32, joined: UInt32 = 2, in functions: [String] = []) -> WaitGraph {
        var sleeper = Fixture.sleeper(2, on: 0x100, expecting: value)
        sleeper.thread.stack = functions.map { GuestFrame(function: $0) }
        return graph(Fixture.state([Fixture.joiner(1, of: joined), sleeper, Fixture.running(3)]))
    }

    @Test func aContendedLockMayCloseACircleThoughAThirdThreadRuns() {
        #expect(locked(expecting: 2).cycles == [ids(1, 2)])
        #expect(locked(expecting: 0x8000_000a).cycles == [ids(1, 2)])
        #expect(locked(expecting: 2).nodes[id(2)]?.sources.first?.isLock == true)
    }

    /// musl's recursive and error-checking mutexes name who has them.
    @Test func aLockThatNamesItsOwnerIsNoGuess() throws {
        let mutex = ["__timedwait", "__pthread_mutex_timedlock", "f"]
        #expect(locked(expecting: 0x8000_0001, in: mutex).cycles == [ids(1, 2)])
        let own = try #require(locked(expecting: 0x8000_0001, in: mutex).nodes[id(2)]?.sources.first)
        #expect(own.isKnown && own.namesOwner && own.wakers == ids(1) && own.name == "the lock at 0x100")
        #expect(locked(expecting: 0x8000_0003, in: mutex).cycles.isEmpty, "T3 has it, and runs")
        let gone = locked(expecting: 0x8000_0007, in: mutex).nodes[id(2)]
        #expect(gone?.end == .nobody && gone?.sources.first?.name.hasSuffix("which T7 had when it ended") == true)
    }

    /// Who waited for a lock and has not given it up since has it; who gave it up before has not.
    @Test func whoWaitedForALockBeforeHasIt() {
        let state = Fixture.state([
            Fixture.sleeper(1, on: 0x100, expecting: 2), Fixture.running(2), Fixture.running(3),
        ])
        func source(_ calls: RecordedCall...) -> WaitGraph.Source? {
            var examiner = Story(state)
            for call in calls { examiner.calls(call) }
            examiner.look()
            return examiner.last.graph.nodes[id(1)]?.sources.first
        }
        #expect(source()?.isKnown == false)
        #expect(source(.wake(0x100, thread: 2, found: true))?.isKnown == false)
        let slept = RecordedCall.lock(0x100, thread: 3, took: 1)
        #expect(source(slept)?.wakers == ids(3))
        #expect(source(slept, .wake(0x100, thread: 3))?.isKnown == false)
    }

    /// Two locks, each taken by the thread that waits for the other: who has them is not said, but nobody else is left.
    @Test func twoLocksMakeACircleWhereNobodyRuns() {
        let threads = [
            Fixture.sleeper(2, on: 0x100, expecting: 0x8000_000a),
            Fixture.sleeper(3, on: 0x200, expecting: 0x8000_000a),
        ]
        #expect(graph(Fixture.state([Fixture.joiner(1, of: 2)] + threads)).cycles == [ids(2, 3)])
        #expect(graph(Fixture.state([Fixture.running(1)] + threads)).cycles.isEmpty)
    }

    /// Who waits for a lock does not have it: another one does, or has ended with it.
    @Test func threadsThatWaitForTheSameLockAreNoCircle() {
        let waiting = (1...2).map { Fixture.sleeper($0, on: 0x100, expecting: 0x8000_000a) }
        #expect(graph(Fixture.state(waiting)).cycles.isEmpty)
        #expect(graph(Fixture.state(waiting)).nodes[id(1)]?.sources.first?.wakers == [])
        let others = (3...5).map { Fixture.sleeper($0, on: 0x100 * $0, expecting: 17) }
        let graph = graph(Fixture.state(waiting + others))
        #expect(graph.nodes[id(1)]?.sources.first?.wakers == ids(3, 4, 5))
        #expect(graph.cycles.allSatisfy { !Set($0).isSuperset(of: ids(1, 2)) })
    }

    /// Of a lock of readers and writers nobody knows who has it: several may.
    @Test func aReadWriteLockMakesNoCircleByItself() {
        var row = Fixture.sleeper(1, on: 0x100, expecting: 0x8000_0001)
        row.thread.stack = ["__timedwait", "pthread_rwlock_timedwrlock", "f"].map { GuestFrame(function: $0) }
        let state = Fixture.state([row, Fixture.sleeper(2, on: 0x200, expecting: 17)])
        let graph = graph(state, after: .lock(0x100, thread: 2, took: 1), .wake(0x200, thread: 1, found: true))
        #expect(graph.nodes[id(1)]?.sources.first?.name == "the read-write lock at 0x100")
        #expect(graph.nodes[id(1)]?.sources.first?.isLock == false && graph.cycles.isEmpty)
    }

    /// A pool without work and who waits for its work to be done: nobody has what the other needs.
    @Test func threadsThatWaitForSignalsAreNoCircle() {
        func waiting(_ number: UInt32, on address: UInt32) -> ThreadRow {
            var row = Fixture.sleeper(number, on: address, expecting: 2)
            row.thread.stack = ["__timedwait", "__pthread_cond_timedwait", "pull"].map { GuestFrame(function: $0) }
            return row
        }
        let state = Fixture.state([waiting(1, on: 0x100), waiting(2, on: 0x200)])
        let graph = graph(state, after: .wake(0x100, thread: 2, found: true), .wake(0x200, thread: 1, found: true))
        #expect(graph.cycles.isEmpty && graph.standstillSince != nil)
        #expect(graph.nodes[id(1)]?.sources.first?.name == "a condition variable (0x100)")
        #expect(graph.nodes[id(1)]?.sources.first?.wakers == ids(2))
    }

    @Test func aPlainWordClosesNoCircleWhileAnotherThreadRuns() {
        for value: UInt32 in [0, 1, 3, 0x7fff_ffff] { #expect(locked(expecting: value).cycles.isEmpty) }
    }

    @Test func twoGuessesAreNoCircle() {
        let state = Fixture.state([
            Fixture.sleeper(1, on: 0x100, expecting: 2), Fixture.sleeper(2, on: 0x200, expecting: 2),
            Fixture.running(3),
        ])
        #expect(graph(state).cycles.isEmpty)
    }

    @Test func aTimeoutOpensACircle() {
        let state = Fixture.state([
            Fixture.joiner(1, of: 2), Fixture.thread(2, .threadJoin, words: [1], deadline: Fixture.now + 1),
        ])
        #expect(graph(state).cycles.isEmpty)
    }

    @Test func eachThreadIsInOneCircleAtMost() {
        let state = Fixture.state(
            [(1, 2), (2, 1), (3, 4), (4, 5), (5, 3), (6, 1)].map { Fixture.joiner($0, of: $1) } + [Fixture.running(7)])
        #expect(graph(state).cycles == [ids(1, 2), ids(3, 4, 5)])
    }

    /// Everybody may hold everybody's lock: an edge for each pair, but one list of threads for all.
    @Test func thousandsOfThreadsShareTheListOfThemAll() {
        let sleepers = (1...3_000).map { Fixture.sleeper($0, on: 0x100 * $0, expecting: 2) }
        let graph = graph(Fixture.state(sleepers))
        #expect(graph.standstillSince != nil && graph.stuck.count == 3_000)
        let lists = graph.nodes.values.flatMap(\.sources).map { $0.wakers.withUnsafeBufferPointer(\.baseAddress) }
        #expect(lists.count == 3_000 && Set(lists).count == 1)
    }
}
