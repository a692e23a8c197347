import Foundation
import Synchronization
import Testing
import Trace
import WasixABI

@testable import Kernel

/// Which thread takes a signal, when, and in what order (Kernel.docc/Signals).
@Suite struct SignalTests {
    /// Notes what is delivered; the export that signals go to is there unless it is named `missing`.
    private final class Runner: GuestRunner {
        let delivered = Mutex<[(signal: UInt8, thread: ThreadID)]>([])
        let onDelivery: @Sendable (UInt8, GuestThread) -> Void
        let startsServices: Bool

        init(startsServices: Bool = true, _ onDelivery: @escaping @Sendable (UInt8, GuestThread) -> Void = { _, _ in })
        {
            self.startsServices = startsServices
            self.onDelivery = onDelivery
        }

        func canStart(_ entry: ThreadEntry) -> Bool { false }
        func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool { false }
        func destroy(_ value: ThreadLocalValue, on thread: GuestThread) {}
        func hasHandler(_ name: [UInt8]) -> Bool { name != Array("missing".utf8) }
        func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool {
            onDelivery(signal, thread)
            delivered.withLock { $0.append((signal, thread.id)) }
            return true
        }
        func startService(_ body: @escaping @Sendable () -> Void) -> Bool {
            if startsServices { Thread.detachNewThread(body) }
            return startsServices
        }

        var signals: [UInt8] { delivered.withLock { $0.map(\.signal) } }
    }

    private func guest(_ runner: Runner, callback: String = "handler", freezesClock: Bool = false) -> KernelGuest {
        let guest = KernelGuest(freezesClock: freezesClock)
        guest.process.image.runner = runner
        guest.process.setSignalCallback(Array(callback.utf8), on: guest.main)
        return guest
    }

    @Test func signalsThatCameTogetherAreHandledTheLastOneFirst() {
        let runner = Runner()
        let guest = guest(runner)
        for signal in [Signal.usr1, .term, .usr2, .usr1] { guest.process.send(signal, to: guest.main) }
        guest.process.send(.hup)
        #expect(runner.signals.isEmpty && guest.main.pendingInterrupts.contains(.signal))
        guest.main.deliverSignals()
        // Of the thread 10, 12, 15, then of the process 1: as Linux lays their frames.
        #expect(runner.signals == [1, 15, 12, 10])
        #expect(guest.main.pendingInterrupts.isEmpty)
        guest.main.deliverSignals()
        #expect(runner.signals.count == 4)
    }

    @Test func aSignalWaitsWhileItsHandlerRuns() {
        let depth = Mutex((now: 0, most: 0, sent: false))
        let runner = Runner { signal, thread in
            let isFirst = depth.withLock { depth in
                depth.now += 1
                depth.most = max(depth.most, depth.now)
                defer { depth.sent = true }
                return !depth.sent
            }
            if isFirst {
                for signal in [Signal.usr1, .usr2] { thread.process.send(signal, to: thread) }
                thread.deliverSignals()
            }
            depth.withLock { $0.now -= 1 }
        }
        let guest = guest(runner)
        guest.process.send(.usr1, to: guest.main)
        guest.main.deliverSignals()
        #expect(runner.signals == [12, 10, 10])
        #expect(depth.withLock { $0.most } == 2, "the other one's handler runs at once")
    }

    @Test func withoutTheNamedExportSignalsAreKept() {
        let runner = Runner()
        let guest = guest(runner, callback: "missing")
        guest.process.send(.usr2, to: guest.main)
        guest.process.send(.usr1)
        guest.main.deliverSignals()
        #expect(runner.signals.isEmpty && guest.main.pendingInterrupts.isEmpty, "waits are not interrupted")
        guest.process.setSignalCallback(Array("handler".utf8), on: guest.main)
        guest.main.deliverSignals()
        #expect(runner.signals == [10, 12])
    }

    /// libc masks signals thread by thread, by the name that it gives.
    @Test func oneThreadHoldsSignalsBackAndAnotherTakesThem() {
        let runner = Runner()
        let guest = guest(runner)
        let other = guest.process.makeThread()!
        guest.process.setSignalCallback(Array("missing".utf8), on: guest.main)
        guest.process.send(.usr1, to: guest.main)
        guest.process.send(.usr2, to: other)
        #expect(guest.main.pendingInterrupts.isEmpty && other.pendingInterrupts.contains(.signal))
        other.deliverSignals()
        #expect(runner.signals == [12])
        guest.process.send(.term)
        #expect(other.pendingInterrupts.contains(.signal), "main holds them back")
        other.deliverSignals()
        #expect(runner.signals == [12, 15])
        guest.process.setSignalCallback(Array("handler".utf8), on: guest.main)
        guest.main.deliverSignals()
        #expect(runner.signals == [12, 15, 10])
        other.end()
    }

    @Test func aSignalEndsAWait() throws {
        let runner = Runner()
        let guest = guest(runner)
        let epoll = guest.epoll()
        let waiting = guest.startWait(epoll)
        try waiting.untilBlocked()
        guest.process.send(.usr1, to: waiting.thread)
        #expect(try waiting.value() == SeenWait(errno: .intr))
        #expect(runner.signals.isEmpty, "whoever made the call runs the handler")
    }

    @Test func theMainThreadTakesWhatIsForTheProcess() {
        let runner = Runner()
        let guest = guest(runner)
        let other = guest.process.makeThread()!
        guest.process.send(.usr1)
        #expect(guest.main.pendingInterrupts.contains(.signal) && other.pendingInterrupts.isEmpty)
        other.deliverSignals()
        #expect(runner.delivered.withLock { $0.map(\.thread) } == [other.id], "another one may come first")
        other.end()
    }

    @Test(arguments: [
        (Signal.term, GuestState.signalled(signal: 15)), (.kill, .signalled(signal: 9)), (.chld, .running),
        (.none, .running),
    ])
    func withoutAHandlerTheDefaultActionIsTaken(signal: Signal, state: GuestState) {
        let guest = KernelGuest()
        guest.process.send(signal)
        #expect(guest.locked { guest.process.state } == state)
    }

    @Test func killIsNotOfferedToTheHandler() {
        let runner = Runner()
        let guest = guest(runner)
        guest.process.send(.kill, to: guest.main)
        #expect(runner.signals.isEmpty && guest.locked { guest.process.state } == .signalled(signal: 9))
    }

    // MARK: what a signal interrupts

    /// Nobody knows whether there is a handler for it: reads go on, as after one with SA_RESTART, and waits for events end.
    @Test(arguments: [CallID.fdRead, .procJoin, .sockRecv, .futexWait, .epollWait, .pollOneoff, .threadSleep])
    func aSignalThatMayBeIgnoredEndsWaitsForEvents(call: CallID) throws {
        let guest = guest(Runner())
        let endsIt = [.epollWait, .pollOneoff, .threadSleep].contains(call)
        let waiter = guest.start { thread in
            thread.inCall(call) { guest.locked { thread.sleep(until: .max) } }
        }
        try waiter.untilBlocked()
        guest.process.send(.chld, to: waiter.thread)
        if endsIt {
            #expect(try waiter.value() == .interrupted)
        } else {
            #expect(waiter.thread.pendingInterrupts == .quietSignal)
            try waiter.untilBlocked()
            guest.process.send(.usr1, to: waiter.thread)
            #expect(try waiter.value() == .interrupted)
        }
        #expect(waiter.thread.pendingInterrupts.contains(.quietSignal), "it waits for the end of the call")
    }

    /// A handler that waits is not disturbed by the signal it handles, which waits for its end; another one is heard.
    @Test func aHandlerIsInterruptedByOtherSignalsAlone() throws {
        let ends = Mutex<[WaitEnd]>([])
        let runner = Runner { signal, thread in
            guard signal == 10, ends.withLock({ $0.isEmpty }) else { return }
            func wait() {
                let end = thread.kernel.locked { thread.sleep(until: KernelGuest.after(milliseconds: 5)) }
                ends.withLock { $0.append(end) }
            }
            thread.process.send(.usr1, to: thread)
            thread.process.send(.usr1)
            wait()
            thread.process.send(.usr2, to: thread)
            wait()
        }
        let guest = guest(runner)
        guest.process.send(.usr1, to: guest.main)
        guest.main.deliverSignals()
        #expect(ends.withLock { $0 } == [.timedOut, .interrupted])
        #expect(runner.signals.sorted() == [10, 10, 10, 12])
        #expect(guest.main.pendingInterrupts.isEmpty)
    }

    /// What came for it meanwhile is taken by its next call.
    @Test func aHandlerThatJumpsAwayLeavesNoSignalBehind() {
        let runner = Runner { signal, thread in
            thread.process.send(.usr1, to: thread)
            thread.setInterrupt(.jumping)
        }
        let guest = guest(runner)
        guest.process.send(.usr1, to: guest.main)
        guest.main.deliverSignals()
        #expect(guest.main.takeInterrupts(.jumping) == .jumping)
        #expect(guest.main.pendingInterrupts.contains(.signal))
    }

    // MARK: who takes a signal to the process

    @Test func whatAThreadWasToTakeWhenItEndedGoesToAnother() {
        let guest = guest(Runner())
        let others = [guest.process.makeThread()!, guest.process.makeThread()!]
        guest.process.setSignalCallback(Array("missing".utf8), on: guest.main)
        guest.process.send(.usr1)
        guest.process.send(.chld)
        #expect(others.map(\.pendingInterrupts) == [[.signal, .quietSignal], []])
        others[0].end()
        #expect(others[1].pendingInterrupts == [.signal, .quietSignal])
        #expect(guest.main.pendingInterrupts.isEmpty)
        others[1].end()
    }

    @Test func whatAThreadWasToTakeWhenItHeldSignalsBackGoesToAnother() {
        let runner = Runner()
        let guest = guest(runner)
        let other = guest.process.makeThread()!
        guest.process.send(.usr1)
        #expect(guest.main.pendingInterrupts == .signal && other.pendingInterrupts.isEmpty)
        guest.process.setSignalCallback(Array("missing".utf8), on: guest.main)
        #expect(other.pendingInterrupts == .signal)
        other.deliverSignals()
        #expect(runner.signals == [10])
        other.end()
    }

    @Test func aThreadThatHandlesTheSignalLeavesTheNextOneToAnother() {
        let asked = Mutex<[Interrupts]>([])
        let runner = Runner { _, thread in
            guard asked.withLock({ $0.isEmpty }) else { return }
            thread.process.send(.usr1)
            let threads = thread.kernel.locked { thread.process.liveThreads }
            asked.withLock { $0 = threads.map(\.pendingInterrupts) }
        }
        let guest = guest(runner)
        let other = guest.process.makeThread()!
        guest.process.send(.usr1, to: guest.main)
        guest.main.deliverSignals()
        #expect(asked.withLock { $0 } == [[], .signal])
        other.deliverSignals()
        #expect(runner.signals == [10, 10])
        other.end()
    }

    // MARK: timers

    @Test func aTimerSendsItsSignalAgainAndAgainUntilItIsTakenBack() throws {
        let runner = Runner()
        let guest = guest(runner)
        for round in 1...3 {
            try guest.process.setTimer(.alrm, 1_000_000, repeats: true)
            try awaitCondition("a signal") { guest.main.pendingInterrupts.contains(.signal) }
            guest.main.deliverSignals()
            #expect(runner.signals.count >= round)
        }
        try guest.process.setTimer(.alrm, 0, repeats: false)
        guest.main.deliverSignals()
        let count = runner.signals.count
        try guest.process.setTimer(.usr1, 20_000_000, repeats: false)
        try awaitCondition("the other timer") { guest.main.pendingInterrupts.contains(.signal) }
        guest.main.deliverSignals()
        #expect(runner.signals.count == count + 1 && runner.signals.last == 10)
        guest.process.end(.exited(code: 0))
    }

    @Test func aTimersTimeStandsWithTheGuestsClock() throws {
        let guest = guest(Runner(), freezesClock: true)
        try guest.process.setTimer(.usr1, 30_000_000, repeats: false)
        guest.kernel.pauseGuest()
        let end = HostClock.now() + 60_000_000
        while HostClock.now() < end { sched_yield() }
        #expect(!guest.main.pendingInterrupts.contains(.signal))
        guest.kernel.resumeGuest()
        try awaitCondition("the timer") { guest.main.pendingInterrupts.contains(.signal) }
        guest.process.end(.exited(code: 0))
    }

    @Test func withoutRoomForItsThreadThereIsNoTimer() throws {
        let guest = guest(Runner(startsServices: false))
        #expect(throws: Errno.again) { try guest.process.setTimer(.alrm, 1000, repeats: false) }
        try guest.process.setTimer(.alrm, 0, repeats: false)
    }

    // MARK: broken pipes

    @Test func aWriteThatNobodyReadsRaisesAPipeSignalForStreamsAlone() {
        let runner = Runner()
        let guest = guest(runner)
        guest.main.raiseBrokenPipe(FdNumber(rawValue: 99))
        #expect(guest.main.pendingInterrupts.isEmpty)
        for isStream in [true, false] {
            let fd = guest.locked { () -> FdNumber in
                let pair = SocketPairEnd.makePair(guest.kernel, isStream: isStream)
                return try! guest.process.descriptors.install(pair.0)
            }
            guest.main.raiseBrokenPipe(fd)
            #expect(guest.main.pendingInterrupts.contains(.signal) == isStream)
            guest.main.deliverSignals()
        }
        #expect(runner.signals == [13])
    }
}
