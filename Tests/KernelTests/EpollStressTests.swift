import Foundation
import Glibc
import Synchronization
import Testing
import WasixABI

@testable import Kernel

/// Several threads wait on one instance while others change what it watches. A lost event or hand-over leaves a thread
/// asleep and fails the test when its patience ends.
@Suite struct EpollStressTests {
    private static let waiters = 4

    /// How often each token was reported.
    private final class Tally: @unchecked Sendable {
        // Safe to share: the lock, one that the thread sanitizer sees, is held for `counts`.
        private let lock = NSLock()
        private var counts: [Int]
        init(_ tokens: Int) { counts = [Int](repeating: 0, count: tokens) }
        func add(_ events: [SeenEvent]) { lock.withLock { for event in events { counts[Int(event.data)] += 1 } } }
        var all: [Int] { lock.withLock { counts } }
    }

    /// Threads that take events until the process ends.
    private func startTakers(_ guest: KernelGuest, _ epoll: Epoll, _ tally: Tally) -> [Running<Void>] {
        (0..<Self.waiters).map { index in
            guest.start { thread in
                while true {
                    let seen = guest.wait(epoll, limit: 1 + index % 3, until: .max, thread)
                    guard seen.errno == .success else { return }
                    tally.add(seen.events)
                }
            }
        }
    }

    private func finish(_ guest: KernelGuest, _ takers: [Running<Void>]) throws {
        guest.process.end(.exited(code: 0))
        for taker in takers { try taker.value() }
    }

    @Test func everyEdgeGoesToExactlyOneThread() throws {
        let guest = KernelGuest()
        let epoll = guest.epoll()
        let counters = (0..<8).map { _ in guest.counter() }
        for (token, counter) in counters.enumerated() {
            #expect(guest.add(epoll, counter, UInt32(token), [.in, .et]) == .success)
        }
        let tally = Tally(counters.count)
        let takers = startTakers(guest, epoll, tally)
        for round in 1...500 {
            for counter in counters { _ = guest.add(counter, 1) }
            try awaitCondition("all edges of round \(round) are reported") { tally.all.allSatisfy { $0 >= round } }
            #expect(tally.all == Array(repeating: round, count: counters.count))
        }
        try finish(guest, takers)
    }

    @Test func everyEdgeOfAnInnerInstanceGoesToExactlyOneThread() throws {
        let guest = KernelGuest()
        let (innermost, inner, outer, counter) = (guest.epoll(), guest.epoll(), guest.epoll(), guest.counter())
        #expect(guest.add(innermost, counter, 0, .in) == .success)
        #expect(guest.add(inner, innermost, 0, [.in, .et]) == .success)
        #expect(guest.add(outer, inner, 0, [.in, .et]) == .success)
        let tally = Tally(1)
        let takers = startTakers(guest, outer, tally)
        for round in 1...1000 {
            _ = guest.add(counter, 1)
            try awaitCondition("edge \(round) is reported") { tally.all[0] >= round }
            #expect(tally.all == [round])
        }
        try finish(guest, takers)
    }

    @Test func oneShotsAreReportedOnceForEachArming() throws {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter(1))
        #expect(guest.add(epoll, counter, 0, [.in, .oneshot]) == .success)
        let tally = Tally(1)
        let takers = startTakers(guest, epoll, tally)
        for round in 1...1000 {
            try awaitCondition("arming \(round) is reported") { tally.all[0] >= round }
            #expect(tally.all == [round])
            #expect(guest.modify(epoll, counter, 0, [.in, .oneshot]) == .success)
        }
        try finish(guest, takers)
    }

    @Test func aSemaphoreUnderContentionLosesNothing() throws {
        let guest = KernelGuest()
        let (epoll, semaphore) = (guest.epoll(), guest.counter(0, [.semaphore, .nonblock]))
        #expect(guest.add(epoll, semaphore, 0, .in) == .success)
        let wanted = 5000
        let taken = Atomic(0)
        let takers = (0..<Self.waiters).map { _ in
            guest.start { thread in
                while guest.wait(epoll, limit: 1, until: .max, thread).errno == .success {
                    if guest.take(semaphore, thread).errno == .success { taken.add(1, ordering: .relaxed) }
                }
            }
        }
        for value in 0..<wanted / 5 {
            _ = guest.add(semaphore, UInt64(value % 2 == 0 ? 1 : 9))
        }
        try awaitCondition("all are taken") { taken.load(ordering: .relaxed) == wanted }
        #expect(guest.take(semaphore).errno == .again)
        try finish(guest, takers)
    }

    @Test func blockedReadersOfASemaphoreAreLetInOneByOne() throws {
        let guest = KernelGuest()
        let semaphore = guest.counter(0, .semaphore)
        let readers = (0..<Self.waiters).map { _ in guest.start { guest.take(semaphore, $0) } }
        for reader in readers { try reader.untilBlocked() }
        _ = guest.add(semaphore, UInt64(Self.waiters - 1))
        try awaitCondition("all but one are through") { guest.waiterCount(semaphore) == 1 }
        _ = guest.add(semaphore, 1)
        for reader in readers {
            let (errno, value) = try reader.value()
            #expect(errno == .success && value == 1)
        }
        #expect(guest.readiness(semaphore) == .out)
    }

    /// One write wakes one of several readers, who must pass on what it leaves.
    @Test func blockedReadersOfASocketPairShareWhatComes() throws {
        let guest = KernelGuest()
        let (one, other) = guest.pair()
        let readers = (0..<Self.waiters).map { _ in guest.start { guest.read(other, 1, $0).bytes } }
        for reader in readers { try reader.untilBlocked() }
        #expect(guest.write(one, [1, 2, 3, 4]).count == 4)
        #expect(try Set(readers.map { try $0.value() }) == [[1], [2], [3], [4]])
    }

    @Test func registrationsComeAndGoUnderWaitingThreads() throws {
        let guest = KernelGuest()
        let (epoll, steady) = (guest.epoll(), guest.counter())
        #expect(guest.add(epoll, steady, 0, [.in, .et]) == .success)
        let tally = Tally(3)
        let takers = startTakers(guest, epoll, tally)
        let changing = (1...2).map { number in
            guest.start { thread in
                for round in 0..<2000 {
                    let counter = guest.counter(UInt64(round % 2))
                    _ = guest.add(epoll, counter, UInt32(number), round % 3 == 0 ? .in : [.in, .et])
                    _ = guest.add(counter, 1, thread)
                    if round % 4 == 0 { _ = guest.modify(epoll, counter, UInt32(number), [.out, .oneshot]) }
                    if round % 5 == 0 { _ = guest.delete(epoll, counter, UInt32(number)) }
                    guest.close(counter)
                }
            }
        }
        for thread in changing { try thread.value() }
        #expect(guest.locked { epoll.itemCount } == 1)
        _ = guest.add(steady, 1)
        try awaitCondition("the one that stayed is reported") { tally.all[0] == 1 }
        try finish(guest, takers)
        #expect(guest.locked { epoll.ready.isEmpty })
    }

    @Test(arguments: [false, true])
    func instancesAreClosedUnderWaitingThreads(_ hasHostObject: Bool) throws {
        let guest = KernelGuest()
        let (host, hostWriter) = guest.hostPipe()
        for _ in 0..<100 {
            let (epoll, counter) = (guest.epoll(), guest.counter())
            #expect(guest.add(epoll, counter, 3, .in) == .success)
            if hasHostObject { #expect(guest.add(epoll, host, 4, .in) == .success) }
            let waiting = (0..<3).map { _ in guest.startWait(epoll) }
            for thread in waiting { try thread.untilBlocked() }
            guest.close(epoll)
            _ = guest.add(counter, 1)
            for thread in waiting { #expect(try thread.value().events == [SeenEvent(3, .in)]) }
            #expect(guest.locked { counter.watchers == nil && host.watchers == nil })
            guest.close(counter)
        }
        Glibc.close(hostWriter)
    }
}
