import Diagnosis
import Model
import Testing
import Trace
import WasixABI

/// Waits in words: who could end them, and how the things are that they wait for.
@Suite struct WakeTextTests {
    private let one = ThreadID(rawValue: 1)

    /// Long and short, of T1.
    private func texts(_ threads: [ThreadRow], _ descriptors: [DescriptorRow] = [], _ items: [ItemRow] = [])
        -> [String?]
    {
        let state = Fixture.state(threads, descriptors: descriptors, epolls: [Fixture.instance(items)])
        let graph = WaitGraph(state, users: ObjectUsers())
        return [graph.whoCanWake(one, at: state.now), graph.whoCanWakeInShort(one, at: state.now)]
    }

    @Test func everyEndHasItsWords() {
        let wait = Fixture.thread(1, .epollWait, fd: 4)
        #expect(texts([Fixture.running(1)]) == [nil, nil])
        #expect(texts([wait]) == ["nobody", "nobody"])
        let timed = Fixture.thread(1, .threadSleep, deadline: Fixture.now + 3_200_000_000)
        #expect(texts([timed]) == ["a timer in 3.2s", "timer 3.2s"])
        let tcp = texts([wait], [Fixture.descriptor(7, .tcp)], [Fixture.row(7, .notReady, ready: [])])
        #expect(tcp == ["the outside: fd 7 tcp", "fd 7 tcp"])
    }

    @Test func threadsAreNamedWithWhatTheyDo() {
        let join = Fixture.joiner(1, of: 2)
        #expect(texts([join, Fixture.running(2)]) == ["T2, which runs", "T2"])
        let reader = Fixture.thread(2, .sockConnect)
        #expect(texts([join, reader]) == ["T2, which waits, too", "T2"])
        #expect(texts([join, Fixture.joiner(2, of: 1)]) == ["only T2, which is asleep", "T2, asleep"])
    }

    @Test func whatIsAGuessIsCalledLikely() {
        let sleeper = Fixture.sleeper(1, on: 0x100)
        func others(_ count: UInt32, _ row: (UInt32) -> ThreadRow) -> [ThreadRow] {
            [sleeper] + (0..<count).map { row($0 + 2) }
        }
        let running = Fixture.running
        #expect(texts(others(1, running)) == ["likely T2, which runs", "likely T2"])
        #expect(texts(others(3, running)) == ["likely T2, T3 or T4", "likely T2, T3 or T4"])
        #expect(texts(others(4, running)) == ["likely 4 threads", "likely 4 threads"])
        let asleep = texts(others(2) { Fixture.sleeper($0, on: 0x200) })
        #expect(asleep == ["likely one of T2 or T3, all asleep", "likely T2 or T3, asleep"])
    }

    // MARK: what is waited for

    private func states(_ thread: ThreadRow, _ descriptors: [DescriptorRow], _ items: [ItemRow] = []) -> [SourceState] {
        let state = Fixture.state([thread], descriptors: descriptors, epolls: [Fixture.instance(items)])
        let node = WaitGraph(state, users: ObjectUsers()).nodes[one]
        return node?.sources.map { SourceState($0, of: node!, state) } ?? []
    }

    @Test func aChannelIsFullForItsWriterAndEmptyForItsReader() throws {
        let full = try #require(states(Fixture.thread(1, .fdWrite, fd: 6), Fixture.pipe(5, 6, used: 65_536)).first)
        #expect(full.text == "FULL" && full.tone == .attention && full.fill?.used == 65_536)
        let empty = try #require(states(Fixture.thread(1, .fdRead, fd: 5), Fixture.pipe(5, 6)).first)
        #expect(empty.text == "empty" && empty.tone == .plain)
        let some = try #require(states(Fixture.thread(1, .fdRead, fd: 5), Fixture.pipe(5, 6, used: 3)).first)
        #expect(some.text == "3 there")
        let counter = states(Fixture.thread(1, .fdRead, fd: 7), [Fixture.descriptor(7, .eventCounter, count: 0)])
        #expect(counter.map(\.text) == ["count 0"])
    }

    @Test func aWriterToAPairLooksAtTheOtherEnd() throws {
        var pair = Fixture.pair(5, 6)
        pair[0].descriptor.queue = QueueLevel(used: 9, capacity: 10)
        pair[1].descriptor.queue = QueueLevel(used: 0, capacity: 10)
        let writer = try #require(states(Fixture.thread(1, .sockSend, fd: 6), pair).first)
        #expect(writer.text == "FULL" && writer.fill?.used == 9)
        let reader = try #require(states(Fixture.thread(1, .sockRecv, fd: 6), pair).first)
        #expect(reader.text == "empty")
    }

    @Test func aWordHasTheValueThatItHadBeforeTheSleep() {
        #expect(states(Fixture.sleeper(1, on: 0x100, expecting: 7), []).map(\.text) == ["7 when it slept"])
    }

    @Test func anInstanceShowsFirstWhatNobodyWillHearOf() throws {
        let state = Fixture.state(
            [Fixture.thread(1, .epollWait, fd: 4)], descriptors: Fixture.pair(5, 6) + Fixture.pipe(7, 8),
            epolls: [
                Fixture.instance([
                    Fixture.row(7, .notReady, ready: [], unread: 0, kind: .pipeRead),
                    Fixture.row(5, .edgeSpent, ready: .in, kind: .socketPair),
                ])
            ])
        let node = try #require(WaitGraph(state, users: ObjectUsers()).nodes[one])
        let main = try #require(node.mainSource(state))
        #expect(main.source.fd?.rawValue == 5 && main.others == 1)
        #expect(SourceState(main.source, of: node, state).text == "16 unread, EDGE 5 SPENT")
    }

    // MARK: whose code it is

    @Test func theInnermostFunctionOfTheProgramIsNamed() {
        func own(_ functions: (String, String?)...) -> String? {
            functions.map { GuestFrame(function: $0.0, file: $0.1, line: 1) }.innermostOwn?.function
        }
        #expect(own() == nil)
        #expect(own(("__wasi_fd_read", nil), ("read", nil), ("serve", nil), ("main", nil)) == "serve")
        #expect(own(("memcpy_slow", "/build/wasix-libc/memcpy.c"), ("serve", "server.c")) == "serve")
        #expect(own(("mio::poll::Poll::poll", nil), ("tokio::park", nil), ("app::main", "src/main.rs")) == "app::main")
        #expect(own(("read", nil), ("__main_void", nil)) == "read")
    }
}
