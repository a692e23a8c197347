import Foundation
import Synchronization
import Testing
import Trace
import WasixABI

@testable import Kernel

@Suite struct ThreadTests {
    @Test func joiningWaitsForTheEnd() throws {
        let guest = KernelGuest()
        let counter = guest.counter()
        let worker = guest.start { guest.take(counter, $0).value }
        try worker.untilBlocked()
        let joiners = (0..<3).map { _ in
            guest.start { thread in guest.locked { guest.process.join(worker.thread.id, thread) } }
        }
        for joiner in joiners { try joiner.untilBlocked() }
        _ = guest.add(counter, 1)
        for joiner in joiners { #expect(try joiner.value() == .woken) }
        #expect(guest.locked { worker.thread.hasEnded })
    }

    @Test func aThreadThatIsGoneIsJoinedAtOnce() throws {
        let guest = KernelGuest()
        let worker = guest.start { _ in 1 }
        #expect(try worker.value() == 1)
        try awaitCondition("it is gone") { guest.locked { worker.thread.hasEnded } }
        #expect(guest.locked { guest.process.join(worker.thread.id, guest.main) } == .woken)
        #expect(guest.locked { guest.process.join(ThreadID(rawValue: 999), guest.main) } == .woken)
    }

    @Test func theEndOfTheProcessInterruptsAJoin() throws {
        let guest = KernelGuest()
        let joiner = guest.start { thread in guest.locked { guest.process.join(guest.main.id, thread) } }
        try joiner.untilBlocked()
        guest.process.end(.exited(code: 0))
        #expect(try joiner.value() == .interrupted)
    }

    @Test func numbersStartAtTheProcesssOwnAndAreNotUsedAgain() throws {
        let guest = KernelGuest()
        #expect(guest.main.id.rawValue == guest.process.id.rawValue)
        let first = guest.start { $0.id.rawValue }
        let second = guest.start { $0.id.rawValue }
        #expect(try [first.value(), second.value()] == [2, 3])
        #expect(try guest.start { $0.id.rawValue }.value() == 4)
    }

    @Test func aProcessEndsOnce() {
        let guest = KernelGuest()
        let told = Mutex<[GuestState]>([])
        guest.process.whenEnded { state in told.withLock { $0.append(state) } }
        guest.process.end(.exited(code: 3))
        guest.process.end(.signalled(signal: 9))
        guest.process.whenEnded { state in told.withLock { $0.append(state) } }
        #expect(told.withLock { $0 } == [.exited(code: 3), .exited(code: 3)])
        #expect(guest.locked { guest.process.state } == .exited(code: 3))
        #expect(guest.process.makeThread() == nil, "nothing begins in it any more")
        #expect(guest.locked { guest.main.sleep(until: .max) } == .interrupted)
    }

    /// Whoever inspects sees them end.
    @Test(arguments: [false, true])
    func withoutAnInspectorNobodyWaitsForTheProcessesThatEndWithTheFirst(isInspected: Bool) throws {
        let guest = KernelGuest(tracer: isInspected ? Tracer() : nil)
        let child = try guest.child().process
        let hadEnded = Mutex<Bool?>(nil)
        guest.process.whenEnded { _ in
            let state = guest.locked { child.state }
            hadEnded.withLock { $0 = state.hasEnded }
        }
        guest.process.end(.exited(code: 0))
        #expect(hadEnded.withLock { $0 } == isInspected)
        #expect(guest.locked { child.state } == .signalled(signal: 9))
    }

    @Test func theLastThreadThatLeavesEndsTheProcess() throws {
        let guest = KernelGuest()
        let counter = guest.counter()
        let worker = guest.start { guest.take(counter, $0).value }
        try worker.untilBlocked()
        guest.main.end()
        #expect(guest.locked { guest.process.state } == .running)
        _ = guest.add(counter, 1)
        #expect(try worker.value() == 1)
        try awaitCondition("the process ends") { guest.locked { guest.process.state } == .exited(code: 0) }
    }

    @Test func sleepEndsAtItsTimeAndNoWakeUpEndsItSooner() throws {
        let guest = KernelGuest()
        #expect(guest.locked { guest.main.sleep(until: KernelGuest.after(milliseconds: 10)) } == .timedOut)
        let sleeper = guest.start { thread in guest.locked { thread.sleep(until: .max) } }
        try sleeper.untilBlocked()
        for _ in 0..<3 { guest.locked { sleeper.thread.wake() } }
        try awaitCondition("it woke and sleeps on") {
            guest.locked { sleeper.thread.wakes > 0 && sleeper.thread.blockedSince != 0 }
        }
        guest.process.end(.exited(code: 0))
        #expect(try sleeper.value() == .interrupted)
    }

    @Test func aSnapshotTellsWhoWaitsForWhat() throws {
        let guest = KernelGuest(tracer: Tracer())
        let epoll = guest.epoll()
        _ = guest.locked { try! guest.process.descriptors.install(epoll) }
        let waiter = guest.startWait(epoll)
        try waiter.untilBlocked()
        let snapshot = guest.process.snapshot()
        let thread = try #require(snapshot.threads.first { $0.thread == waiter.thread.id })
        #expect(thread.state == .blocked && thread.blockedSince > 0 && thread.deadline == nil && !thread.isMain)
        #expect(snapshot.threads.first { $0.isMain }?.state == .running)
        #expect(snapshot.epolls.map(\.waiters) == [[waiter.thread.id]])
        #expect(snapshot.guest == .running)
        guest.process.end(.exited(code: 0))
        _ = try waiter.value()
        try awaitCondition("it is gone") { guest.locked { guest.process.liveThreads.map(\.isMain) } == [true] }
    }
}
