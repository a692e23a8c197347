import Diagnosis
import Model
import Testing
import Trace
import WasixABI

@Suite struct UnwatchedQueuesTests {
    private func rows(_ threads: [ThreadRow], _ descriptors: [DescriptorRow]) -> [UInt32] {
        var story = Story(Fixture.state(threads, descriptors: descriptors))
        let examination = story.look()
        return UnwatchedQueues(ExaminedState(model: story.state, examination: examination)).rows
            .map(\.descriptor.fd.rawValue)
    }

    private static let loop = Fixture.thread(1, .epollWait, fd: 4)

    @Test func whatNobodyWatchesOrReadsIsNamed() {
        let queues = [
            Fixture.descriptor(5, .tcp, used: 27), Fixture.descriptor(6, .tcpListener, used: 1),
            Fixture.descriptor(7, .eventCounter, count: 3), Fixture.descriptor(8, .pipeRead, used: 1),
        ]
        #expect(rows([Self.loop], queues) == [5, 6, 7, 8])
        #expect(
            queues.map { UnwatchedQueues.text($0) } == [
                "27 bytes unread", "1 connection to accept", "counter is 3", "1 byte unread",
            ])
    }

    @Test func whatIsWatchedReadOrEmptyIsNot() {
        let reader = Fixture.thread(2, .fdRead, fd: 6)
        let others = [
            Fixture.descriptor(5, .tcp, used: 27, watchedBy: [4]), Fixture.descriptor(6, .tcp, used: 27),
            Fixture.descriptor(7, .tcp, used: 0), Fixture.descriptor(8, .eventCounter, count: 0),
            Fixture.descriptor(9, .pipeWrite, used: 9), Fixture.descriptor(10, .file),
        ]
        #expect(rows([Self.loop, reader], others) == [])
    }

    @Test func aPollMayHaveIt() {
        let poller = Fixture.thread(2, .pollOneoff, words: [0, 0, 1, 0])
        #expect(rows([Self.loop, poller], [Fixture.descriptor(5, .tcp, used: 27)]) == [])
    }
}
