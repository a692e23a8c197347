import Foundation
import Kernel
import Testing
import Trace
import WasixABI

@testable import Syscalls

/// What whoever inspects the guest does to its calls.
@Suite struct WhatIfCallTests {
    @Test func aWaitForEventsEndsWithEINTR() throws {
        let guest = try FileGuest()
        let place = guest.room(8)
        #expect(guest.thread.answer(.epollCreate, [place]) == .success)
        let instance = UInt64(guest.load(place, as: UInt32.self))
        let (events, count) = (guest.room(EpollEventLayout.size), guest.room(4))
        let waiter = try #require(guest.process.makeThread(by: guest.thread.id))
        let done = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var answer = Errno.success
        Thread.detachNewThread {
            waiter.begin()
            answer = waiter.answer(.epollWait, [instance, events, 1, .max, count])
            waiter.end()
            done.signal()
        }
        try awaitCondition("the thread waits") { guest.process.snapshot().threads.contains { $0.state == .blocked } }
        #expect(guest.kernel.act(.interrupt(waiter.id)) == .done)
        #expect(done.wait(timeout: .now() + .seconds(30)) == .success)
        #expect(answer == .intr)
    }

    @Test func aReadIsCutOnce() throws {
        let guest = try FileGuest()
        let (reader, writer) = guest.pipe()
        #expect(guest.write(writer, "hello").count == 5)
        let object = try #require(
            guest.process.snapshot().descriptors.first { $0.fd.rawValue == UInt32(reader) }?.object)
        let target = WhatIf.Target(object: object, fd: FdNumber(rawValue: UInt32(reader)))
        #expect(guest.kernel.act(.shortRead(target, most: 2)) == .done)
        #expect(guest.read(reader).text == "he" && guest.read(reader).text == "llo")
    }
}
