import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel

/// Snapshots are put together in portions, between which the guest goes on.
@Suite struct SnapshotTests {
    private func add(_ counter: EventCounter, _ number: UInt32, to epoll: Epoll) -> Errno {
        outcome { () throws(Errno) in
            try epoll.add(
                counter, FdNumber(rawValue: number), events: .in,
                data: EpollData(pointer: 0, fd: 0, data1: 0, data2: 0))
        }
    }

    @Test func everyRegistrationIsThereWhateverThePortions() {
        let guest = KernelGuest(tracer: Tracer())
        let epoll = guest.epoll()
        let counters = (0..<10).map { guest.counter($0 % 2) }
        guest.locked {
            for (index, counter) in counters.enumerated() {
                #expect(add(counter, UInt32(index), to: epoll) == .success)
            }
        }
        for portion in [1, 3, 10, 64] {
            let picture = epoll.snapshot(guest.process.descriptors, fd: FdNumber(rawValue: 50), portion: portion)
            #expect(picture.items.map(\.fd.rawValue) == Array(0..<10))
            #expect(picture.items.map(\.ready) == (0..<10).map { $0 % 2 == 0 ? [.out] : [.in, .out] })
            #expect(picture.readyOrder.map(\.rawValue) == [1, 3, 5, 7, 9])
        }
        for counter in counters { guest.close(counter) }
        guest.close(epoll)
    }

    @Test func aRegistrationThatEndsIsSteppedOver() throws {
        let guest = KernelGuest(tracer: Tracer())
        let epoll = guest.epoll()
        let counters = (0..<3).map { _ in guest.counter() }
        try guest.kernel.locked { () throws(Errno) in
            for (index, counter) in counters.enumerated() { _ = add(counter, UInt32(index), to: epoll) }
            epoll.snapshotCursor = epoll.firstItem?.pointee.nextItem
            try epoll.delete(counters[1], FdNumber(rawValue: 1))
            #expect(epoll.snapshotCursor?.pointee.fd == 2)
            try epoll.delete(counters[2], FdNumber(rawValue: 2))
            #expect(epoll.snapshotCursor == nil)
        }
        for counter in counters { guest.close(counter) }
        guest.close(epoll)
    }

    /// The host is asked for descriptors and registrations alike, without the lock.
    @Test func whatTheHostKnowsIsFilledIn() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll()
        lab.add(epoll.file, server.file, server.fd, [.in, .et])
        lab.send(client.file, [1, 2, 3])
        let picture = epoll.file.snapshot(lab.process.descriptors, fd: epoll.fd, portion: 64)
        #expect(picture.items.map(\.ready) == [[.in, .out]])
        #expect(picture.items.map(\.reason) == [.reportedEdge])
        #expect(picture.items.map(\.isArmed) == [true])
        let whole = lab.process.snapshot()
        let row = try #require(whole.descriptors.first { $0.fd == server.fd })
        #expect(row.queue?.used == 3 && row.ready == [.in, .out])
    }

    @Test func snapshotsWhileRegistrationsComeAndGo() throws {
        let guest = KernelGuest(tracer: Tracer())
        let epoll = guest.epoll()
        _ = guest.locked { try! guest.process.descriptors.install(epoll) }
        let counters = (0..<200).map { _ in guest.counter(1) }
        let changer = guest.start { thread -> Int in
            var rounds = 0
            while !thread.isInterrupted {
                for (index, counter) in counters.enumerated() {
                    guest.locked {
                        let number = FdNumber(rawValue: UInt32(index + 100))
                        if self.add(counter, number.rawValue, to: epoll) == .exist {
                            try? epoll.delete(counter, number)
                        }
                    }
                }
                rounds += 1
            }
            return rounds
        }
        for _ in 0..<200 {
            let items = guest.process.snapshot().epolls.flatMap(\.items).map(\.fd)
            #expect(Set(items).count == items.count, "nothing stands there twice")
        }
        guest.process.end(.exited(code: 0))
        _ = try changer.value()
        for counter in counters { guest.close(counter) }
        guest.close(epoll)
    }
}
