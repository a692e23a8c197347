import Decode
import Foundation
import Synchronization
import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// The road of a call: frames, records, results.
@Suite struct CallRoadTests {
    /// A signal handler that reads from a descriptor that is not open.
    private final class HandlerThatCalls: GuestRunner {
        let deliver: @Sendable (GuestThread) -> Void

        init(_ deliver: @escaping @Sendable (GuestThread) -> Void) { self.deliver = deliver }

        func canStart(_ entry: ThreadEntry) -> Bool { false }
        func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool { false }
        func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool {
            deliver(thread)
            return true
        }
        func destroy(_ value: ThreadLocalValue, on thread: GuestThread) {}
    }

    private func enter(_ id: CallID, _ arguments: [UInt64], _ guest: FileGuest) -> (goesOn: Bool, result: UInt64) {
        var slots: [UInt64] = arguments.flatMap { [$0, UInt64(0)] } + [0, 0]
        let goesOn = slots.withUnsafeMutableBufferPointer {
            CallRoad.enter(CallSite.of(id, .bits32), guest.thread, $0.baseAddress!)
        }
        return (goesOn, slots[0])
    }

    @Test func callsOfASignalHandlerLeaveTheInterruptedCallAsItWas() throws {
        let guest = try FileGuest()
        let outside = guest.put("../outside")
        let directory = guest.directory
        guest.process.image.runner = HandlerThatCalls { thread in
            #expect(CallID(rawValue: thread.frame.pointee.call) == .procRaise)
            #expect(thread.answer(.pathUnlinkFile, [directory, outside, 10]) == .notcapable)
            #expect(CallID(rawValue: thread.frame.pointee.call) == .procRaise)
        }
        guest.process.setSignalCallback(Array("handler".utf8), on: guest.thread)
        let ring = guest.thread.channel!.ring
        ring.drain { _, _ in }
        let (errno, frame) = guest.thread.framed(.procRaise, [UInt64(Signal.usr1.rawValue)])
        #expect(errno == .success)
        #expect(frame.objects == (0, 0))
        #expect(guest.thread.refusalNote(of: frame) == nil)
        var records: [TraceRecord] = []
        ring.drain { record, _ in records.append(record) }
        let signal = records.removeFirst()
        #expect(signal.kind == RecordKind.signal.rawValue && signal.result == UInt32(Signal.usr1.rawValue))
        #expect(records.map { CallID(rawValue: $0.call) } == [.pathUnlinkFile, .procRaise])
        #expect(records.map(\.errno) == [Errno.notcapable.rawValue, Errno.success.rawValue])
        #expect(records[0].objects.0 != 0 && records[1].objects == (0, 0))
        #expect(records[0].payloadLength > 0 && records[1].payloadLength == 0)
    }

    @Test func betweenCallsAThreadIsInNone() throws {
        let guest = try FileGuest()
        #expect(guest.thread.frame.pointee.call == CallFrame.noCall)
        #expect(enter(.fdClose, [999], guest) == (true, UInt64(Errno.badf.rawValue)))
        #expect(guest.thread.frame.pointee.call == CallFrame.noCall)
    }

    @Test func aThreadThatIsNotStartedIsANegatedErrno() throws {
        let guest = try FileGuest()
        let (goesOn, result) = enter(.wasiThreadSpawn, [0], guest)
        #expect(goesOn && Int32(truncatingIfNeeded: result) == -Int32(Errno.notcapable.rawValue))
    }

    @Test func theGuestDoesNotGoOnOnceItsProcessHasEnded() throws {
        let guest = try FileGuest()
        #expect(enter(.procExit, [3], guest).goesOn == false)
        #expect(enter(.fdClose, [999], guest).goesOn == false)
    }

    /// Its process ends while it serves a request at the end of its call.
    private final class EndsWhileServing: GuestRunner {
        func canStart(_ entry: ThreadEntry) -> Bool { false }
        func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool { false }
        func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool { false }
        func destroy(_ value: ThreadLocalValue, on thread: GuestThread) {}
        func serve(_ requests: Interrupts, on thread: GuestThread) { thread.process.end(.exited(code: 3)) }
    }

    @Test func theGuestDoesNotGoOnWhenItsProcessEndsAtTheVeryEndOfACall() async throws {
        let guest = try FileGuest()
        guest.process.image.runner = EndsWhileServing()
        nonisolated(unsafe) let thread = guest.thread
        let goesOn = await withCheckedContinuation { answer in
            Thread.detachNewThread {
                thread.begin()
                _ = thread.process.snapshot(asksForStacks: true)
                var slots: [UInt64] = [0, 0]
                answer.resume(
                    returning: slots.withUnsafeMutableBufferPointer {
                        CallRoad.enter(CallSite.of(.schedYield, .bits32), thread, $0.baseAddress!)
                    })
            }
        }
        #expect(!goesOn)
    }

    @Test func everyRowHasOneCallSiteAWidth() {
        for spec in CallTable.all {
            #expect(CallSite.of(spec.id, .bits32) === CallSite.of(spec.id, .bits32))
            #expect(CallSite.of(spec.id, .bits32) !== CallSite.of(spec.id, .bits64))
        }
    }

    @Test func aRowThatNobodyHasWrittenAnswersNosys() throws {
        let guest = try FileGuest()
        for spec in CallTable.all where !CallBodies.isImplemented(spec.id) {
            #expect(guest.thread.answer(spec.id, spec.arguments.map { _ in 0 }) == .nosys, "\(spec.name)")
        }
    }

    private func lastRecord(_ guest: FileGuest) -> TraceRecord? {
        var last: TraceRecord?
        guest.thread.channel!.ring.drain { record, _ in last = record }
        return last
    }

    /// The guest never sees an answer of a call that the end of its process cut off.
    @Test func aCallThatTheEndCutsOffHasNoResultAndNoError() throws {
        let guest = try FileGuest()
        let ends = guest.room(8)
        #expect(guest.thread.answer(.fdPipe, [ends, ends + 4]) == .success)
        let empty = UInt64(guest.load(ends, as: UInt32.self))
        // As `GuestProcess.end` asks it; that also closes the pipe, and the call is to be in progress by then.
        guest.kernel.locked { guest.thread.interrupt(.ending) }
        #expect(guest.thread.answer(.fdRead, [empty, guest.put([0, 0, 0, 0, 1, 0, 0, 0]), 1, guest.room(4)]) == .intr)
        let record = try #require(lastRecord(guest))
        #expect(record.call == CallID.fdRead.rawValue)
        #expect(record.flags & TraceRecord.Flags.unfinished != 0)
        let count = guest.thread.channel!.counters[.fdRead]
        #expect(count.calls == 1 && count.errors == 0)
    }

    /// To libc an interrupted futex_wait is a wake-up; but what the end cuts off, libc never sees.
    @Test func aFutexWaitThatTheEndCutsOffHasNoResultEither() throws {
        let guest = try FileGuest()
        guest.kernel.locked { guest.thread.interrupt(.ending) }
        let word = (guest.room(8) + 3) & ~3
        #expect(guest.thread.answer(.futexWait, [word, 0, guest.room(16), guest.room(1)]) == .intr)
        let record = try #require(lastRecord(guest))
        #expect(record.flags & TraceRecord.Flags.unfinished != 0)
    }

    /// A call that was held up before it got hold of its object takes effect no sooner than one that was not.
    @Test func aCallTakesEffectWhenItLooksUpItsDescription() throws {
        let guest = try FileGuest()
        let ends = guest.room(8)
        #expect(guest.thread.answer(.fdPipe, [ends, ends + 4]) == .success)
        let writer = UInt64(guest.load(ends + 4, as: UInt32.self))
        let other = guest.process.makeThread()!
        guest.kernel.lock()
        let done = DispatchSemaphore(value: 0)
        let vector = guest.put([0, 0, 0, 0, 1, 0, 0, 0])
        let count = guest.room(4)
        Thread.detachNewThread {
            _ = other.answer(.fdWrite, [writer, vector, 1, count])
            done.signal()
        }
        while other.channel!.ring.earliestNext == .max { sched_yield() }
        let released = TickClock.now()
        guest.kernel.unlock()
        done.wait()
        var moment: UInt64 = 0
        var longest: UInt64 = 0
        other.channel!.ring.drain { record, _ in
            moment = record.moment
            longest = record.delay
        }
        #expect(moment >= released || longest == 65_535, "what cannot be told is cut")
        other.end()
    }

    @Test func whatACallSleptIsCountedApart() throws {
        let guest = try FileGuest()
        #expect(guest.thread.answer(.threadSleep, [2_000_000]) == .success)
        let slept = try #require(lastRecord(guest))
        #expect(slept.flags & TraceRecord.Flags.waited != 0)
        #expect(slept.moment > slept.start && slept.moment <= slept.end)
        let count = guest.thread.channel!.counters[.threadSleep]
        #expect(count.waitTicks > 0 && count.waitTicks <= count.ticks)
        #expect(guest.thread.answer(.clockTimeGet, [1, 1, guest.room(8)]) == .success)
        let read = try #require(lastRecord(guest))
        #expect(read.flags & TraceRecord.Flags.waited == 0 && read.moment == read.start)
        #expect(guest.thread.channel!.counters[.clockTimeGet].waitTicks == 0)
    }

    /// Between calls nothing is announced, so that a reader waits for nothing.
    @Test func aRecordIsAnnouncedUntilItIsThere() throws {
        let guest = try FileGuest()
        let ring = guest.thread.channel!.ring
        #expect(ring.earliestNext == .max)
        let seen = Mutex<UInt64>(0)
        guest.process.image.runner = HandlerThatCalls { _ in seen.withLock { $0 = ring.earliestNext } }
        guest.process.setSignalCallback(Array("handler".utf8), on: guest.thread)
        let before = TickClock.now()
        #expect(guest.thread.answer(.procRaise, [UInt64(Signal.usr1.rawValue)]) == .success)
        #expect((before...TickClock.now()).contains(seen.withLock { $0 }))
        #expect(ring.earliestNext == .max)
    }

    @Test func theDescriptorsOfReportedEventsAreKept() throws {
        let guest = try FileGuest()
        let place = guest.room(8)
        #expect(guest.thread.answer(.epollCreate, [place]) == .success)
        let instance = UInt64(guest.load(place, as: UInt32.self))
        #expect(guest.thread.answer(.fdEvent, [1, 0, place]) == .success)
        let counter = guest.load(place, as: UInt32.self)
        let event = guest.put([UInt8](repeating: 1, count: 1) + [UInt8](repeating: 0, count: 31))
        #expect(guest.thread.answer(.epollCtl, [instance, 0, UInt64(counter), event]) == .success)
        #expect(guest.thread.answer(.epollWait, [instance, guest.room(64), 2, 0, place]) == .success)
        var numbers: [UInt32] = []
        guest.thread.channel!.ring.drain { record, payload in
            guard record.call == CallID.epollWait.rawValue else { return }
            numbers = CallFields(record, payload: payload)?.reportedEvents.compactMap { $0.fd?.rawValue } ?? []
        }
        #expect(numbers == [counter])
    }

    /// A call that makes a registration ready says so, and the wait that reports it says which edge it was.
    @Test func anEdgeIsToldByWhoMadeItAndByTheWaitThatReportsIt() throws {
        let guest = try FileGuest()
        let place = guest.room(8)
        #expect(guest.thread.answer(.epollCreate, [place]) == .success)
        let instance = UInt64(guest.load(place, as: UInt32.self))
        #expect(guest.thread.answer(.fdEvent, [0, 0, place]) == .success)
        let counter = guest.load(place, as: UInt32.self)
        let event = guest.put([UInt8](repeating: 1, count: 1) + [UInt8](repeating: 0, count: 31))
        #expect(guest.thread.answer(.epollCtl, [instance, 0, UInt64(counter), event]) == .success)
        let one = guest.put([1, 0, 0, 0, 0, 0, 0, 0])
        let vectors = guest.put([UInt8(one & 0xff), UInt8(one >> 8 & 0xff), UInt8(one >> 16), 0, 8, 0, 0, 0])
        #expect(guest.thread.answer(.fdWrite, [UInt64(counter), vectors, 1, place]) == .success)
        #expect(guest.thread.answer(.epollWait, [instance, guest.room(64), 2, 0, place]) == .success)
        #expect(guest.thread.answer(.epollWait, [instance, guest.room(64), 2, 0, place]) == .success)
        var changes: [CallID: [ReadinessChange]] = [:]
        var edges: [UInt32] = []
        guest.thread.channel!.ring.drain { record, payload in
            guard let fields = CallFields(record, payload: payload) else { return }
            #expect((record.flags & TraceRecord.Flags.hasChanges != 0) == !fields.changes.isEmpty)
            changes[fields.spec.id, default: []] += fields.changes
            edges += fields.reportedEvents.map(\.edge)
        }
        let made = try #require(changes[.fdWrite]?.first)
        #expect(made.kind == .edge && made.fd == counter && made.edge == 1)
        #expect(EpollEvents(rawValue: made.events) == .in && made.instance != 0 && made.object != 0)
        #expect(changes.values.joined().count == 1)
        #expect(edges == [1, 0], "the second report is of what is still ready")
    }

    /// What a thread waits in is told with what it was given; so is a name that a call changed since.
    @Test func aBlockedCallIsToldWithWhatItWasGiven() async throws {
        let guest = try FileGuest()
        let place = guest.room(8)
        #expect(guest.thread.answer(.fdPipe, [place, place + 4]) == .success)
        let empty = UInt64(guest.load(place, as: UInt32.self))
        let vectors = guest.put([0, 16, 0, 0, 7, 0, 0, 0])
        let other = try #require(guest.process.makeThread(by: guest.thread.id))
        let count = guest.room(4)
        nonisolated(unsafe) let reader = other
        let host = Thread {
            var slots: [UInt64] = [empty, 0, vectors, 0, 1, 0, count, 0]
            _ = slots.withUnsafeMutableBufferPointer {
                CallRoad.enter(CallSite.of(.fdRead, .bits32), reader, $0.baseAddress!)
            }
            reader.end()
        }
        host.start()
        var blocked: ThreadSnapshot?
        while blocked == nil {
            blocked = guest.process.snapshot().threads.first { $0.state == .blocked }
            sched_yield()
        }
        let thread = try #require(blocked)
        #expect(thread.call == .fdRead && thread.words == [UInt32(empty), UInt32(vectors), 1, UInt32(count)])
        let text = CallFormatter().unfinished(
            call: .fdRead, words: thread.words, payload: thread.payload, isWide: false, objects: thread.objects)
        #expect(text.text == "fd_read(\(empty), [7 B])")
        guest.process.end(.exited(code: 0))
        while !guest.kernel.locked({ reader.hasEnded }) { sched_yield() }
        var kinds: [UInt8] = []
        other.channel!.ring.drain { record, _ in kinds.append(record.kind) }
        #expect(kinds == [RecordKind.call.rawValue, RecordKind.threadExit.rawValue])
    }
}
