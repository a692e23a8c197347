import Kernel
import Testing
import Trace
import WasixABI

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
        guest.process.signalCallback = Array("handler".utf8)
        let outside = guest.put("../outside")
        let directory = guest.directory
        guest.process.runner = HandlerThatCalls { thread in
            #expect(CallID(rawValue: thread.frame.pointee.call) == .procRaise)
            #expect(thread.answer(.pathUnlinkFile, [directory, outside, 10]) == .notcapable)
            #expect(CallID(rawValue: thread.frame.pointee.call) == .procRaise)
        }
        let ring = guest.thread.channel!.ring
        ring.drain { _, _ in }
        let (errno, frame) = guest.thread.framed(.procRaise, [UInt64(Signal.usr1.rawValue)])
        #expect(errno == .success)
        #expect(frame.objects == (0, 0))
        #expect(frame.note.reason == .none)
        var records: [TraceRecord] = []
        ring.drain { record, _ in records.append(record) }
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
}
