import Dispatch
import Synchronization
import Testing
import Trace

@testable import Kernel

/// Values that host threads make for guests' threads.
@Suite struct SharedLoadsTests {
    private struct Refusal: Error, Equatable {
        let number: Int
    }

    private typealias Loads = SharedLoads<Int, String, Refusal>

    /// Makes "VALUE N" for its Nth call, after it was let go.
    private final class Maker: Sendable {
        private let gate = DispatchSemaphore(value: 0)
        private let calls = Mutex(0)
        let fails: Bool

        init(isOpen: Bool = false, fails: Bool = false) {
            self.fails = fails
            if isOpen { open() }
        }

        func open() { gate.signal() }
        var count: Int { calls.withLock { $0 } }

        func make() -> Result<String, Refusal> {
            let number = calls.withLock { calls in
                calls += 1
                return calls
            }
            gate.wait()
            gate.signal()
            return fails ? .failure(Refusal(number: number)) : .success("value \(number)")
        }
    }

    private let guest = KernelGuest()

    private func loads(mostKept: Int = 8, mostThreads: Int = 4, hasRoom: Bool = true) -> Loads {
        Loads(mostKept: mostKept, mostThreads: mostThreads) { body in
            guard hasRoom else { return false }
            DispatchQueue(label: "load").async(execute: body)
            return true
        }
    }

    private func ask(
        _ loads: Loads, _ key: Int, _ maker: Maker, as thread: GuestThread? = nil
    ) -> Running<Result<String, Refusal>?> {
        guest.start(as: thread) { thread in loads.value(key, for: thread) { maker.make() } }
    }

    @Test func manyWhoAskAtOnceGetOneValue() throws {
        let (loads, maker) = (loads(), Maker())
        let asking = (0..<8).map { _ in ask(loads, 1, maker) }
        for one in asking { try one.untilBlocked() }
        maker.open()
        for one in asking { #expect(try one.value() == .success("value 1")) }
        #expect(try ask(loads, 1, maker).value() == .success("value 1"))
        #expect(maker.count == 1)
    }

    @Test func threadWhoseProcessEndsDoesNotWait() throws {
        let (loads, maker) = (loads(), Maker())
        let child = try guest.child()
        let asking = ask(loads, 1, maker, as: child)
        try asking.untilBlocked()
        child.process.end(.exited(code: 9))
        #expect(try asking.value() == nil)
        // What was begun is for the next.
        let next = ask(loads, 1, maker)
        try next.untilBlocked()
        maker.open()
        #expect(try next.value() == .success("value 1"))
        #expect(maker.count == 1)
    }

    @Test func whatNobodyWantsAnyMoreIsNotBegun() throws {
        let loads = loads(mostThreads: 1)
        let (first, unwanted, last) = (Maker(), Maker(isOpen: true), Maker(isOpen: true))
        let one = ask(loads, 1, first)
        try one.untilBlocked()
        let child = try guest.child()
        let two = ask(loads, 2, unwanted, as: child)
        try two.untilBlocked()
        let three = ask(loads, 3, last)
        try three.untilBlocked()
        child.process.end(.exited(code: 9))
        #expect(try two.value() == nil)
        first.open()
        #expect(try three.value() == .success("value 1"))
        #expect(unwanted.count == 0)
        #expect(try ask(loads, 2, unwanted).value() == .success("value 1"))
    }

    @Test func signalDoesNotEndTheWaitAndIsTakenAfterwards() throws {
        let (loads, maker) = (loads(), Maker())
        let asking = ask(loads, 1, maker)
        try asking.untilBlocked()
        guest.locked { asking.thread.interrupt(.signal) }
        maker.open()
        #expect(try asking.value() == .success("value 1"))
        #expect(asking.thread.pendingInterrupts.contains(.signal))
    }

    @Test func failureIsToldToAllAndTheNextTriesAgain() throws {
        let (loads, maker) = (loads(), Maker(fails: true))
        let asking = (0..<3).map { _ in ask(loads, 1, maker) }
        for one in asking { try one.untilBlocked() }
        maker.open()
        for one in asking { #expect(try one.value() == .failure(Refusal(number: 1))) }
        #expect(try ask(loads, 1, maker).value() == .failure(Refusal(number: 2)))
    }

    @Test func withoutRoomForAThreadTheAskerMakesIt() throws {
        let (loads, maker) = (loads(hasRoom: false), Maker(isOpen: true))
        #expect(try ask(loads, 1, maker).value() == .success("value 1"))
        #expect(try ask(loads, 2, maker).value() == .success("value 2"))
    }

    @Test func withMoreThanAreKeptAllAreForgotten() throws {
        let (loads, maker) = (loads(mostKept: 2), Maker(isOpen: true))
        for key in 1...3 { #expect(try ask(loads, key, maker).value() == .success("value \(key)")) }
        #expect(try ask(loads, 3, maker).value() == .success("value 3"))
        #expect(try ask(loads, 1, maker).value() == .success("value 4"))
        loads.keep("brought", for: 7, guest.kernel)
        #expect(try ask(loads, 7, maker).value() == .success("brought"))
    }
}
