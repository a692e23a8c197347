import Foundation
import Glibc
import Testing
import WasixABI

@testable import Kernel
@testable import Syscalls

/// A call keeps what it works on open, whatever another thread does to the number meanwhile (Linux: fdget).
@Suite struct ClosedMeanwhileTests {
    /// A call under way on a second thread of the guest.
    private final class Pending: @unchecked Sendable {
        // Safe to share: the errno is written once before the semaphore says so.
        private let thread: GuestThread
        private let done = DispatchSemaphore(value: 0)
        private var errno = Errno.success

        init(_ guest: FileGuest, _ id: CallID, _ arguments: [UInt64]) throws {
            thread = guest.process.makeThread()!
            Thread.detachNewThread { [self] in
                thread.begin()
                errno = thread.answer(id, arguments)
                thread.end()
                done.signal()
            }
            let limit = ContinuousClock.now + .seconds(30)
            while !thread.kernel.locked({ thread.blockedSince != 0 }) {
                try #require(ContinuousClock.now < limit, "the call does not wait")
                sched_yield()
            }
        }

        func end() throws -> Errno {
            try #require(done.wait(timeout: .now() + .seconds(30)) == .success, "the call does not end")
            return errno
        }
    }

    @Test func aReadEndsWithItsData() throws {
        let guest = try FileGuest()
        let (reader, writer) = guest.pipe()
        let (buffer, result) = (guest.room(16), guest.room(4))
        let read = try Pending(guest, .fdRead, [reader, guest.vectors([(buffer, 16)]), 1, result])
        #expect(guest.call(.fdClose, reader) == .success)
        #expect(guest.write(writer, "late").errno == .success)
        #expect(try read.end() == .success)
        #expect(guest.text(buffer, Int(guest.load(result, as: UInt32.self))) == "late")
        #expect(guest.write(writer, "x").errno == .pipe, "it went with the call")
    }

    @Test func aWriteGoesOnToItsEnd() throws {
        let guest = try FileGuest()
        let (reader, writer) = guest.pipe()
        let text = String(repeating: "0123456789", count: 20_000)
        let result = guest.room(4)
        let write = try Pending(
            guest, .fdWrite, [writer, guest.vectors([(guest.put(text), text.utf8.count)]), 1, result])
        #expect(guest.call(.fdClose, writer) == .success)
        let (buffer, count) = (guest.room(4096), guest.room(4))
        let vectors = guest.vectors([(buffer, 4096)])
        var received: [UInt8] = []
        while guest.call(.fdRead, reader, vectors, 1, count) == .success, guest.load(count, as: UInt32.self) > 0 {
            received += guest.bytes(buffer, Int(guest.load(count, as: UInt32.self)))
        }
        #expect(received == Array(text.utf8))
        #expect(try write.end() == .success)
        #expect(guest.load(result, as: UInt32.self) == 200_000)
    }

    @Test func aReceiveEndsWithItsData() throws {
        let guest = try FileGuest()
        let (one, other) = (guest.room(4), guest.room(4))
        #expect(guest.call(.sockPair, 1, 1, 0, one, other) == .success)
        let (near, far) = (UInt64(guest.load(one, as: UInt32.self)), UInt64(guest.load(other, as: UInt32.self)))
        let (buffer, count, flags) = (guest.room(4), guest.room(4), guest.room(2))
        let waitAll = UInt64(RiFlags.waitAll.rawValue)
        let receive = try Pending(guest, .sockRecv, [near, guest.vectors([(buffer, 4)]), 1, waitAll, count, flags])
        #expect(guest.call(.fdClose, near) == .success)
        #expect(guest.write(far, "ab").errno == .success)
        #expect(guest.write(far, "cd").errno == .success)
        #expect(try receive.end() == .success)
        #expect(guest.text(buffer, Int(guest.load(count, as: UInt32.self))) == "abcd")
    }

    @Test func aPollReportsWhatItWaitedFor() throws {
        let guest = try FileGuest()
        let (reader, writer) = guest.pipe()
        var subscription = [UInt8](repeating: 0, count: SubscriptionLayout.size)
        subscription[SubscriptionLayout.userData] = 9
        subscription[SubscriptionLayout.tag] = EventType.fdRead.rawValue
        subscription[SubscriptionLayout.fd] = UInt8(reader)
        let (events, count) = (guest.room(EventLayout.size), guest.room(4))
        let poll = try Pending(guest, .pollOneoff, [guest.put(subscription), events, 1, count])
        #expect(guest.call(.fdClose, reader) == .success)
        #expect(guest.write(writer, "abc").errno == .success)
        #expect(try poll.end() == .success)
        #expect(guest.load(count, as: UInt32.self) == 1)
        #expect(guest.load(events, as: UInt64.self) == 9)
        #expect(guest.load(events + UInt64(EventLayout.byteCount), as: UInt64.self) == 3)
    }

    @Test func anEpollWaitGoesOn() throws {
        let guest = try FileGuest()
        let (reader, writer) = guest.pipe()
        let fd = guest.room(4)
        #expect(guest.call(.epollCreate, fd) == .success)
        let epoll = UInt64(guest.load(fd, as: UInt32.self))
        var event = [UInt8](repeating: 0, count: EpollEventLayout.size)
        event[EpollEventLayout.events] = 1
        event[EpollEventLayout.data2] = 7
        #expect(guest.call(.epollCtl, epoll, 0, reader, guest.put(event)) == .success)
        let (events, count) = (guest.room(EpollEventLayout.size), guest.room(4))
        let wait = try Pending(guest, .epollWait, [epoll, events, 1, .max, count])
        #expect(guest.call(.fdClose, epoll) == .success)
        #expect(guest.write(writer, "x").errno == .success)
        #expect(try wait.end() == .success)
        #expect(guest.load(events + UInt64(EpollEventLayout.data2), as: UInt64.self) == 7)
    }
}
