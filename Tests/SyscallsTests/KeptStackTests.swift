import Decode
import Foundation
import Kernel
import Synchronization
import Testing
import Trace
import WasixABI

@testable import Syscalls

/// Stacks that calls keep when it happens, and requests that are served between two calls.
@Suite struct KeptStackTests {
    private final class FrameRunner: GuestRunner {
        static let frames = [GuestFrame(function: "serve"), GuestFrame(function: "main")]
        let served = Mutex(0)

        func canStart(_ entry: ThreadEntry) -> Bool { false }
        func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool { false }
        func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool { false }
        func destroy(_ value: ThreadLocalValue, on thread: GuestThread) {}
        func stack(of thread: GuestThread) -> [GuestFrame] { Self.frames }
        func serve(_ requests: Interrupts, on thread: GuestThread) {
            served.withLock { $0 += 1 }
            if requests.contains(.stack) { thread.keepStack(stack(of: thread)) }
        }
    }

    private let guest: SocketGuest
    private let runner = FrameRunner()

    init() { guest = Self.guest(.none, runner) }

    private static func guest(_ stacks: TraceOptions.StackChoice, _ runner: FrameRunner) -> SocketGuest {
        var options = TraceOptions()
        options.stacks = stacks
        let guest = SocketGuest(tracer: Tracer(options: options))
        guest.process.image.runner = runner
        return guest
    }

    /// Two calls of a guest, of which the first sleeps for a while.
    /// - Returns: the stacks that their records have.
    private func stacks(_ choice: TraceOptions.StackChoice) -> [[GuestFrame]] {
        let guest = Self.guest(choice, runner)
        #expect(guest.call(.threadSleep, 3_000_000) == .success)
        #expect(guest.call(.clockTimeGet, 1, 1, guest.room(8)) == .success)
        var stacks: [[GuestFrame]] = []
        guest.thread.channel!.ring.drain { record, payload in
            stacks.append(CallFields(record, payload: payload)?.stack ?? [])
        }
        return stacks
    }

    @Test func recordsHaveTheStacksThatWereAskedFor() {
        #expect(stacks(.none) == [[], []])
        #expect(stacks(.all) == [FrameRunner.frames, FrameRunner.frames])
        #expect(stacks(.afterWait(1_000_000)) == [FrameRunner.frames, []])
        #expect(stacks(.afterWait(60_000_000_000)) == [[], []])
    }

    // MARK: faults and wishes

    /// The stacks of the calls that `make` makes, of a guest whose faults are looked for.
    private func faults(_ make: (SocketGuest, Tracer) -> Void) -> [[GuestFrame]] {
        var options = TraceOptions()
        options.keepsFaults = true
        let tracer = Tracer(options: options)
        let guest = SocketGuest(tracer: tracer)
        guest.process.image.runner = runner
        make(guest, tracer)
        var stacks: [[GuestFrame]] = []
        guest.thread.channel!.ring.drain { record, payload in
            stacks.append(CallFields(record, payload: payload)?.stack ?? [])
        }
        return stacks
    }

    @Test func aCallThatIsAFaultByItselfKeepsItsStack() {
        let stacks = faults { guest, _ in #expect(guest.call(.fdClose, 77) == .badf) }
        #expect(stacks == [FrameRunner.frames])
    }

    @Test func aReadThatFindsNothingIsNoFault() {
        let stacks = faults { guest, _ in
            let counter = guest.make(.fdEvent, 0, UInt64(EventFdFlags.nonblock.rawValue))
            let room = guest.vectors([(guest.room(8), 8)])
            #expect(guest.call(.fdRead, counter, room, 1, guest.room(4)) == .again)
        }
        #expect(stacks == [[], []])
    }

    @Test func theNextCallOfAKindKeepsItsStackForWhoeverAsks() {
        let stacks = faults { guest, tracer in
            tracer.keepStack(StackWish(thread: guest.thread.id, call: .schedYield))
            #expect(guest.call(.clockTimeGet, 1, 1, guest.room(8)) == .success)
            #expect(guest.call(.schedYield) == .success)
            #expect(guest.call(.schedYield) == .success)
        }
        #expect(stacks == [[], FrameRunner.frames, []])
    }

    private func watch(_ fd: UInt64, _ events: EpollEvents) -> UInt64 {
        let epoll = guest.make(.epollCreate)
        let event = guest.put([UInt8](repeating: 0, count: EpollEventLayout.size))
        guest.store(events.rawValue, at: event)
        #expect(guest.call(.epollCtl, epoll, 0, fd, event) == .success)
        return epoll
    }

    private func wait(_ epoll: UInt64) -> UInt32 {
        let count = guest.room(4)
        #expect(guest.call(.epollWait, epoll, guest.room(EpollEventLayout.size * 8), 8, 0, count) == .success)
        return guest.load(count)
    }

    private func write(_ fd: UInt64, _ count: Int) {
        let bytes = guest.put([UInt8](repeating: 7, count: count))
        #expect(guest.call(.fdWrite, fd, guest.vectors([(bytes, count)]), 1, guest.room(4)) == .success)
    }

    private func read(_ fd: UInt64, _ count: Int) {
        let vectors = guest.vectors([(guest.room(count), count)])
        #expect(guest.call(.fdRead, fd, vectors, 1, guest.room(4)) == .success)
    }

    private var kept: [GuestFrame]? { guest.process.snapshot().epolls.first?.items.first?.shortRead }

    @Test func aReadThatLeavesSomethingOfAnEdgeKeepsItsStack() {
        let pipe = guest.pipe()
        let epoll = watch(pipe.reader, [.in, .et])
        write(pipe.writer, 48)
        #expect(wait(epoll) == 1)
        #expect(kept == [])
        read(pipe.reader, 32)
        #expect(kept == FrameRunner.frames)
    }

    @Test func soDoesAReceive() {
        let (one, other) = (guest.room(4), guest.room(4))
        #expect(guest.call(.sockPair, 1, 1, 0, one, other) == .success)
        let ends = (UInt64(guest.load(one, as: UInt32.self)), UInt64(guest.load(other, as: UInt32.self)))
        let epoll = watch(ends.0, [.in, .et])
        write(ends.1, 48)
        #expect(wait(epoll) == 1)
        #expect(guest.receive(ends.0, 32).bytes.count == 32)
        #expect(kept == FrameRunner.frames)
    }

    /// Others may wait in the listener's queue.
    @Test(arguments: [(EpollEvents([.in, .et]), FrameRunner.frames), (EpollEvents.in, [])])
    func soDoesAnAcceptOfAListenerThatIsWatchedForEdges(events: EpollEvents, frames: [GuestFrame]) {
        let (listener, port) = guest.listener()
        let epoll = watch(listener, events)
        for _ in 0..<2 {
            #expect(guest.call(.sockConnect, guest.socket(), guest.address(port: port)) == .success)
        }
        #expect(wait(epoll) == 1)
        #expect(guest.call(.sockAcceptV2, listener, 0, guest.room(4), guest.room(20)) == .success)
        #expect(kept == frames)
    }

    @Test func aReadOfEverythingKeepsNone() {
        let pipe = guest.pipe()
        let epoll = watch(pipe.reader, [.in, .et])
        write(pipe.writer, 48)
        #expect(wait(epoll) == 1)
        read(pipe.reader, 48)
        #expect(kept == [])
    }

    @Test func aCallThatTakesAHighNumberKeepsItsStack() throws {
        var last: UInt64 = 0
        while last < 40 { last = guest.make(.fdEvent, 0, 0) }
        let openings = guest.process.snapshot().openings
        let opening = try #require(openings.first)
        #expect(openings.count == 1 && opening.call == .fdEvent && opening.fd.rawValue == 32)
        #expect(opening.frames == FrameRunner.frames && opening.thread == guest.thread.id)
    }

    @Test func lowNumbersKeepNone() {
        while guest.make(.fdEvent, 0, 0) < 31 {}
        #expect(guest.process.snapshot().openings.isEmpty)
    }

    /// Which is what a thread does that computes and makes calls that do not wait.
    @Test func aRequestIsServedAtTheEndOfACall() throws {
        let (guest, runner) = (guest, runner)
        let isDone = DispatchSemaphore(value: 0)
        let seen = Mutex<[[GuestFrame]]>([])
        nonisolated(unsafe) let body = {
            guest.thread.begin()
            func look(asks: Bool) {
                let threads = guest.process.snapshot(asksForStacks: asks).threads
                seen.withLock { $0.append(threads.first?.stack ?? []) }
            }
            look(asks: true)
            look(asks: false)
            var slots: [UInt64] = [0, 0]
            let goesOn = slots.withUnsafeMutableBufferPointer {
                CallRoad.enter(CallSite.of(.schedYield, .bits32), guest.thread, $0.baseAddress!)
            }
            if goesOn { look(asks: false) }
            isDone.signal()
        }
        Thread.detachNewThread { body() }
        try #require(isDone.wait(timeout: .now() + .seconds(30)) == .success)
        #expect(seen.withLock { $0 } == [[], [], FrameRunner.frames])
        #expect(runner.served.withLock { $0 } == 1)
    }
}
